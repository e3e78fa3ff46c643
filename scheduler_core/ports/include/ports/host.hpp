// The machine on which this process runs, as the process sees it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <ports/task/scope.hpp>
#include <ports/task/task.hpp>

namespace chronofault {

/// What a heartbeat reports. Memory in bytes; load as the operating system's load average; cores are whole.
struct HostMetrics {
  int cores = 0;
  double load = 0;
  std::int64_t memory_total = 0;
  std::int64_t memory_used = 0;
  std::int64_t process_memory_max = 0;
  std::int64_t process_memory_used = 0;
  std::int64_t disk_total = 0;
  std::int64_t disk_used = 0;
};

class Host {
 public:
  virtual const std::string& name() const noexcept = 0;          // "lz.host"
  virtual const std::string& process_name() const noexcept = 0;  // "lz"
  virtual const std::string& zone() const noexcept = 0;
  virtual const std::string& ip() const noexcept = 0;
  virtual int pid() const noexcept = 0;
  virtual HostMetrics metrics() const noexcept = 0;
  /// The ip that a name stands for, seen from this host's zone; an ip stands for itself. None: unknown host.
  virtual std::optional<std::string> resolve(std::string_view name) const = 0;
  /// System.exit: shutdown hooks run as tasks while all other tasks go on; when the last ends, the rest is a crash.
  virtual void exit(int code) noexcept = 0;
  /// Runtime.addShutdownHook: `hook` makes the task that is spawned at a graceful stop.
  virtual void on_shutdown(std::string_view name, std::function<Task<>()> hook) = 0;

 protected:
  ~Host() = default;
};

}  // namespace chronofault
