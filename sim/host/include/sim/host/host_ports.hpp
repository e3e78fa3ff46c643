// The ports that concern one machine alone: Clock, Files, Host, Random, Events, as one life of a process sees them.
#pragma once

#include <functional>

#include <ports/system.hpp>
#include <sim/host/process.hpp>

namespace chronofault::sim {

class ClockPort final : public Clock {
 public:
  ClockPort(Trace& trace, Process& process) : trace_(trace), machine_(process.machine()), clock_(machine_.clock()) {}
  WallTime wall() const noexcept override {
    trace_.read(machine_.wall_because());
    return clock_.wall();
  }
  MonoTime mono() const noexcept override { return clock_.mono(); }
  const TimeZone& zone() const noexcept override {
    trace_.read(machine_.zone_because());
    return clock_.zone();
  }
  void wait(TickWaiter& waiter) noexcept override { clock_.wait(waiter); }

 private:
  Trace& trace_;
  Machine& machine_;
  HostClock& clock_;
};

class FilesPort final : public Files {
 public:
  FilesPort(Process& process, TaskExecutor& executor) : machine_(process.machine()), executor_(executor) {}
  std::optional<std::string> read(std::string_view path) const override;
  void write(std::string_view path, std::string content) override;
  void append(std::string_view path, std::string_view content) override;
  bool remove(std::string_view path) override;
  std::vector<std::string> list(std::string_view prefix) const override;

 private:
  void require_space() const;
  Machine& machine_;
  TaskExecutor& executor_;
};

/// Name resolution: (name, zone of the asker) -> ip.
using Resolver = std::function<std::optional<std::string>(std::string_view name, const std::string& zone)>;

class HostPort final : public Host {
 public:
  HostPort(Process& process, TaskExecutor& executor, const Resolver& resolver)
      : process_(process), executor_(executor), resolver_(resolver) {}
  const std::string& name() const noexcept override { return process_.machine().name(); }
  const std::string& process_name() const noexcept override { return process_.name(); }
  const std::string& zone() const noexcept override { return process_.machine().options().zone; }
  const std::string& ip() const noexcept override { return process_.machine().options().ip; }
  int pid() const noexcept override { return process_.pid(); }
  HostMetrics metrics() const noexcept override { return process_.machine().metrics(process_); }
  std::optional<std::string> resolve(std::string_view name) const override;
  void exit(int code) noexcept override;
  void on_shutdown(std::string_view name, std::function<Task<>()> hook) override;

 private:
  Process& process_;
  TaskExecutor& executor_;
  const Resolver& resolver_;
};

class EventsPort final : public Events {
 public:
  EventsPort(Trace& trace, Process& process, TaskExecutor& executor)
      : trace_(trace), process_(process.id()), executor_(executor) {}
  RecordId emit(const Event& event) override;
  bool tracing() const noexcept override { return trace_.kept(); }
  void begin_unit(RecordId trigger) noexcept override { trace_.begin_unit(trigger); }
  void read(RecordId record) noexcept override { trace_.read(record); }
  RecordId wrote(std::string_view what, std::string_view routes) override;
  void absent(const Absence& absence) override;

 private:
  Trace& trace_;
  ProcessId process_;
  TaskExecutor& executor_;
};

}  // namespace chronofault::sim
