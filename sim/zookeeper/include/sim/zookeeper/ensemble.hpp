// The servers of one ensemble as the world keeps them: their disks, what faults do to them, and the process of each.
// Outlives the processes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <sim/host/process.hpp>
#include <sim/zookeeper/server.hpp>

namespace chronofault::sim {

class ZooKeeperEnsemble {
 public:
  /// `common`: the settings of all servers; id and ensemble are filled in. One peer: a standalone server.
  ZooKeeperEnsemble(ZooKeeperOptions common, std::vector<ZooKeeperPeer> peers);
  ZooKeeperEnsemble(const ZooKeeperEnsemble&) = delete;
  ZooKeeperEnsemble& operator=(const ZooKeeperEnsemble&) = delete;

  /// What the process of server `id` runs.
  MakeProgram program(std::int32_t id);
  /// That process; said once, before anything is asked below.
  void seat(std::int32_t id, Process& process) { seats_.at(id).process = &process; }

  const std::vector<ZooKeeperPeer>& peers() const noexcept { return options_.ensemble; }
  /// "10.0.0.1:2181,10.0.0.2:2181"
  std::string connect_string() const;
  Process& process(std::int32_t id) const { return *seats_.at(id).process; }
  ZooKeeperConditions& conditions(std::int32_t id) { return seats_.at(id).conditions; }
  ZooKeeperStorage& storage(std::int32_t id) { return seats_.at(id).storage; }
  /// Null while it is down.
  ZooKeeperServer* server(std::int32_t id) const noexcept;
  /// The one that serves as leader (or alone) and is not paused; 0: none. Of two that believe it, the one with the
  /// newer epoch.
  std::int32_t leader() const noexcept;
  /// Between steps: expires all sessions that clients presented last from the ip, connected or not. Returns how many; 0
  /// also while nobody leads.
  std::size_t expire_sessions_from(std::string_view ip);

 private:
  struct Seat {
    ZooKeeperStorage storage;
    ZooKeeperConditions conditions;
    Process* process = nullptr;
  };
  ZooKeeperOptions options_;
  std::map<std::int32_t, Seat> seats_;
  SessionHomes homes_;
};

}  // namespace chronofault::sim
