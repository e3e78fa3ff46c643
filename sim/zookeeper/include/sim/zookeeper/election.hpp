// Fast leader election (zookeeper 8): each server votes for the best it has heard of, by (epoch, last logged zxid, id),
// and tells everybody when its vote changes. Once a quorum agrees it waits a little for a better vote. Servers that are
// not looking answer with what they follow, so that a late one joins.
//
// Votes are single messages with a number per sender. Upstream sends them over connections of their own; here a lost
// one is replaced by the next notification, and one that was overtaken is dropped.
#pragma once

#include <map>
#include <tuple>

#include <ports/system.hpp>
#include <sim/zookeeper/peer_messages.hpp>

namespace chronofault::sim {

struct Vote {
  Vote() = default;
  Vote(std::int32_t leader, Zxid zxid, std::int64_t epoch) : leader(leader), zxid(zxid), epoch(epoch) {}
  std::int32_t leader = 0;
  Zxid zxid = 0;
  std::int64_t epoch = 0;
  bool same_leader(const Vote& other) const noexcept { return leader == other.leader && epoch == other.epoch; }
  bool beats(const Vote& other) const noexcept {
    return std::tie(epoch, zxid, leader) > std::tie(other.epoch, other.zxid, other.leader);
  }
  friend bool operator==(const Vote&, const Vote&) = default;
};

class Election {
 public:
  /// A server that was started again counts its messages from a later instant, from its first one on.
  Election(Ports& ports, const ZooKeeperOptions& options)
      : ports_(ports), options_(options), sequence_(static_cast<std::uint64_t>(ports.clock.mono().us())) {}
  Election(const Election&) = delete;
  Election& operator=(const Election&) = delete;

  /// The thread that takes votes from the network, in every state.
  Task<> receive_votes();
  /// The elected leader serves in this epoch from now on: votes of servers that settled at different times agree again.
  void settled(std::int64_t epoch) noexcept { vote_.epoch = epoch; }
  /// Looks for a leader, with `mine` as the first vote. Until the next call this server answers as one that follows (or
  /// is) the elected one.
  Task<Vote> look(Vote mine);

 private:
  struct Heard {
    Vote vote;
    std::int64_t round = 0;
    ServerState state = ServerState::looking;
  };
  using Ballots = std::map<std::int32_t, Heard>;

  void tell(std::int32_t peer);
  void tell_all();
  /// Votes of servers that look are compared whole; of settled ones, who leads in which epoch.
  bool quorum_for(const Ballots& ballots, const Vote& vote, ServerState state) const;
  bool leader_confirms(const Ballots& ballots, std::int32_t leader, std::int64_t round) const;
  /// A vote of a server that is looking. True: a quorum agrees with mine.
  bool heard_looking(const ZkVote& heard, const Vote& mine);
  /// Of one that is not. True: that leader is to be joined.
  bool heard_settled(const ZkVote& heard);

  Ports& ports_;
  const ZooKeeperOptions& options_;
  Queue<ZkVote> notifications_;
  std::map<std::int32_t, std::uint64_t> newest_;  // by sender
  std::uint64_t sequence_;
  ServerState state_ = ServerState::looking;
  Vote vote_;
  std::int64_t round_ = 0;
  Ballots ballots_;  // of this round
  Ballots outside_;  // of servers that are not looking
};

}  // namespace chronofault::sim
