// The sessions as the server that expires them sees them: the leader's, or the standalone server's (zookeeper 4).
//
// A touch moves a session to the bucket floor((now + T) / tick + 1) x tick of this server's monotonic clock. Buckets
// are polled one per boundary, in a burst if the tracker was late. Where upstream's thread wakes at each boundary,
// nothing is polled between occupied ones: an empty bucket has no effect.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include <ports/time.hpp>
#include <sim/zookeeper/txn.hpp>

namespace chronofault::sim {

class SessionTracker {
 public:
  explicit SessionTracker(Duration tick) : tick_(tick) {}
  SessionTracker(const SessionTracker&) = delete;
  SessionTracker& operator=(const SessionTracker&) = delete;

  void track(zk::SessionId session, std::int64_t timeout_ms, MonoTime now);
  /// False: unknown or closing, and nothing was done.
  bool touch(zk::SessionId id, std::int64_t timeout_ms, MonoTime now);
  /// False: unknown or closing.
  bool known(zk::SessionId id) const;
  void remove(zk::SessionId id);
  void set_closing(zk::SessionId id);

  /// SESSIONEXPIRED: unknown or closing. SESSIONMOVED: another server has it. The first server to ask for a session
  /// without an owner becomes its owner.
  zk::Code check(zk::SessionId id, std::int32_t server);
  void set_owner(zk::SessionId id, std::int32_t server);

  /// When the next occupied bucket is due.
  std::optional<MonoTime> next_expiry() const;
  /// Takes one bucket that is due at `now`: its sessions are closing from here on. Empty: none is due.
  std::vector<zk::SessionId> poll(MonoTime now);

 private:
  struct Session {
    MonoTime bucket;
    std::int32_t owner = 0;  // id of a server; 0: not known yet
    bool closing = false;
    bool ticking = false;  // in a bucket
  };
  void leave_bucket(zk::SessionId id, Session& session);

  Duration tick_;
  std::map<zk::SessionId, Session> sessions_;
  std::map<MonoTime, std::set<zk::SessionId>> buckets_;
};

}  // namespace chronofault::sim
