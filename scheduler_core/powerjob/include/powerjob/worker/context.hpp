// What the parts of one worker share (powerjob 2.3).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <ports/system.hpp>
#include <powerjob/exception.hpp>
#include <powerjob/messages.hpp>
#include <powerjob/millis.hpp>
#include <powerjob/profile.hpp>

namespace chronofault::powerjob {

/// Settings of one worker with upstream's keys and defaults.
struct WorkerConfig {
  WorkerConfig() = default;
  Profile profile;                                // with the settings below already in it
  std::string app_name;                           // powerjob.worker.app-name
  int port = 27777;                               // powerjob.worker.port
  std::vector<std::string> servers;               // powerjob.worker.server-address: "host:port", HTTP
  std::string tag;                                // powerjob.worker.tag
  std::string protocol = "AKKA";                  // powerjob.worker.protocol
  Duration restart_wait = Duration::seconds(10);  // of the service manager, after a start that failed; not upstream
};

class LogReporter;
class ServerDiscovery;
class TaskTrackers;
class ProcessorTrackers;

class WorkerContext {
 public:
  WorkerContext(Ports& ports, WorkerConfig config)
      : ports(ports),
        config(std::move(config)),
        profile(this->config.profile),
        address(to_string(Address(ports.host.ip(), this->config.port))),
        current_server(ports.events, "current server", std::nullopt, WorkerHeartbeat::kind),
        threads(ports.executor) {}
  WorkerContext(const WorkerContext&) = delete;
  WorkerContext& operator=(const WorkerContext&) = delete;

  WallTime now() const { return millis(ports.clock.wall()); }
  int cores() const { return ports.host.metrics().cores; }
  /// A tell to the current server. False: none is known.
  bool tell_server(Body body);
  /// A tell to another worker or to itself; a text that is no address goes nowhere.
  void tell(const std::string& to, Body body);
  /// Whether an ask of 5000 ms was answered with success.
  Task<bool> asked(std::string to, Body body);

  Ports& ports;
  const WorkerConfig config;
  const Profile& profile;
  const std::string address;  // "ip:27777"
  std::int64_t app_id = 0;
  /// "ip:port" of the actor; none: unknown. Chooses who gets the heartbeats.
  Tracked<std::optional<std::string>> current_server;
  Scope threads;

  LogReporter* logs = nullptr;
  TaskTrackers* task_trackers = nullptr;
  ProcessorTrackers* processor_trackers = nullptr;
};

/// A thread of a tracker's own pool: `body` again and again until its scope ends. Each pass is a unit of work. Not a
/// declared loop: it ends with its tracker.
enum class Repeat { fixed_rate, fixed_delay };
Task<> repeat(WorkerContext* worker, Repeat kind, Duration initial, Duration period, std::function<Task<>()> body);

}  // namespace chronofault::powerjob
