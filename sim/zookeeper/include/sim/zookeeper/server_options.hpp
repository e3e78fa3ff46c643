// Settings of a server, with upstream's keys and defaults (zookeeper 12).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ports/network.hpp>
#include <ports/time.hpp>

namespace chronofault::sim {

struct ZooKeeperPeer {
  ZooKeeperPeer() = default;
  ZooKeeperPeer(std::int32_t id, std::string ip) : id(id), ip(std::move(ip)) {}
  std::int32_t id = 0;
  std::string ip;
};

struct ZooKeeperOptions {
  ZooKeeperOptions() {}
  std::int32_t id = 1;                                   // myid
  std::vector<ZooKeeperPeer> ensemble;                   // server.N, this one among them; empty or one: standalone
  int client_port = 2181;                                // clientPort
  int quorum_port = 2888;                                // followers connect to the leader's
  int election_port = 3888;                              // votes
  Duration tick = Duration::ms(2000);                    // tickTime
  int init_limit_ticks = 10;                             // initLimit
  int sync_limit_ticks = 5;                              // syncLimit
  std::optional<Duration> min_session_timeout;           // minSessionTimeout; none: 2 ticks
  std::optional<Duration> max_session_timeout;           // maxSessionTimeout; none: 20 ticks
  std::int64_t jute_max_buffer = 0xfffff;                // jute.maxbuffer: bytes of a client's message
  bool extended_types = false;                           // zookeeper.extendedTypesEnabled: TTL nodes
  Duration container_check = Duration::minutes(1);       // znode.container.checkIntervalMs
  int container_per_minute_max = 10'000;                 // znode.container.maxPerMinute
  Duration container_never_used;                         // znode.container.maxNeverUsedIntervalMs; zero: off
  Duration idle_connection_grid = Duration::ms(10'000);  // zookeeper.nio.sessionlessCnxnTimeout
  Duration log_flush = Duration::ms(1);                  // time of one disk flush; several writes share one
  std::size_t snapshot_every = 100'000;                  // snapCount
  std::size_t committed_log_max = 500;         // zookeeper.commitLogCount: a follower farther behind is copied
  Duration finalize_wait = Duration::ms(200);  // finalizeWait
  Duration notification_min = Duration::ms(200);
  Duration notification_max = Duration::ms(60'000);  // zookeeper.fastleader.maxNotificationInterval
  std::uint64_t order_seed = 0;                      // of all hash orders; the same on every server

  bool standalone() const noexcept { return ensemble.size() <= 1; }
  std::size_t quorum() const noexcept { return ensemble.size() / 2 + 1; }
  /// What a session gets that asks for so much (zookeeper 4).
  std::int64_t granted_ms(std::int64_t requested_ms) const noexcept;
};

}  // namespace chronofault::sim
