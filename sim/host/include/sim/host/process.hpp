// A process and its lives. Each start runs the factory anew on what was durable; nothing else survives.
//
// Crash (kill -9, power): marked dead first, so that every port call of its destructors does nothing; then its frames,
// innermost first; then its program; then its connections (reset, or silent when the machine is gone). Its frames and
// tracked objects are counted and must then be none. A kill is only ever carried out between two steps.
// Graceful stop: the shutdown hooks start as tasks while all others go on; when the last hook ends, or the killer's
// patience does, the rest is a crash.
// Pause: its tasks stop and its clocks run; what arrives waits in its buffers.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ports/system.hpp>
#include <sim/host/machine.hpp>

namespace chronofault::sim {

class Process;

/// The ports of one life of a process. Made before its program, destroyed after it.
class ProcessPorts {
 public:
  virtual ~ProcessPorts() = default;
  virtual Ports& ports() noexcept = 0;
  /// The frames are gone: end what the outside still sees (connections, listeners). Silent: the machine is gone too.
  virtual void ended(bool silent) noexcept = 0;
};
using MakePorts = std::function<std::unique_ptr<ProcessPorts>(Process& process, TaskExecutor& executor)>;
using MakeProgram = std::function<std::unique_ptr<Program>(Ports& ports)>;

struct ProcessOptions {
  std::string name;
  std::string role;
  std::int64_t memory = std::int64_t{256} << 20;  // resident size without work
};

enum class Ending { crash, exit, power };

/// What whoever follows the lives of processes is told of.
enum class LifeChange { started, ended, stopped, resumed };  // stopped: paused or frozen
using LifeListener = std::function<void(Process& process, LifeChange change)>;

class Process final : public Mortal {
 public:
  Process(Kernel& kernel, Trace& trace, Machine& machine, ProcessOptions options, MakePorts ports, MakeProgram program);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  ProcessId id() const noexcept { return id_; }
  const std::string& name() const noexcept { return options_.name; }
  const std::string& role() const noexcept { return options_.role; }
  const ProcessOptions& options() const noexcept { return options_; }
  Machine& machine() noexcept { return machine_; }
  const Machine& machine() const noexcept { return machine_; }
  int pid() const noexcept { return pid_; }
  /// Counts starts; messages in flight name a life by it.
  std::uint32_t life() const noexcept { return life_; }

  bool alive() const noexcept { return executor_ != nullptr; }
  bool paused() const noexcept { return paused_; }
  TaskExecutor* executor() noexcept { return executor_.get(); }
  Program* program() noexcept { return program_.get(); }
  std::int64_t memory() const noexcept { return alive() ? options_.memory + work_memory_ : 0; }
  void add_work_memory(std::int64_t bytes) noexcept { work_memory_ += bytes; }

  /// Starts a new life. Not while alive, nor while the machine is off.
  void start(RecordId cause = 0);
  /// Asks for a crash: carried out after the present step; between steps, by the next Kernel::settle() (the agenda and
  /// after_each_step call it).
  void request_kill(Ending ending, RecordId cause = 0);
  /// Mortal: carries it out.
  void kill() noexcept override;
  /// Graceful stop; after `patience` the rest is a crash (zero: no limit).
  void stop(Duration patience, RecordId cause = 0);
  void pause(RecordId cause = 0);
  void resume(RecordId cause = 0);
  bool hang_pool(std::string_view pool, RecordId cause = 0);
  void release_pool(std::string_view pool, RecordId cause = 0);

  void on_life(LifeListener listener) { listener_ = std::move(listener); }
  /// For the machine: it froze or thawed.
  void tell(LifeChange change) {
    if (listener_) listener_(*this, change);
  }
  void add_shutdown_hook(std::string name, std::function<Task<>()> hook);

 private:
  struct Hooked {
    std::string name;
    std::function<Task<>()> make;
  };
  static Task<> run_hook(Process* process, Task<> hook);
  class Patience;

  Kernel& kernel_;
  Trace& trace_;
  Machine& machine_;
  ProcessOptions options_;
  MakePorts make_ports_;
  MakeProgram make_program_;
  ProcessId id_;
  int pid_ = 0;
  std::uint32_t life_ = 0;
  bool paused_ = false;
  bool stopping_ = false;
  std::size_t open_hooks_ = 0;
  Ending ending_ = Ending::crash;
  RecordId ending_cause_ = 0;
  std::int64_t work_memory_ = 0;
  LifeListener listener_;
  std::vector<Hooked> hooks_;

  // One life, in the order of its making; kill() takes it down in its own order.
  std::unique_ptr<TaskExecutor> executor_;
  std::unique_ptr<ProcessPorts> ports_;
  std::unique_ptr<Scope> scope_;
  std::unique_ptr<Program> program_;
  std::unique_ptr<Patience> patience_;
};

}  // namespace chronofault::sim
