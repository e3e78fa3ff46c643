#include <algorithm>

#include <ports/task/race.hpp>
#include <sim/zookeeper/election.hpp>

namespace chronofault::sim {

namespace {
Vote vote_in(const ZkVote& message) { return Vote(message.leader, message.zxid, message.epoch); }
}  // namespace

Task<> Election::receive_votes() {
  const std::unique_ptr<Listener> listener = ports_.network.listen(options_.election_port);
  for (;;) {
    const Delivery delivery = co_await listener->inbox().receive();
    ports_.events.begin_unit(delivery.record);
    const ZkVote* vote = delivery.body.as<ZkVote>();
    CF_ASSERT(vote != nullptr);
    std::uint64_t& newest = newest_[vote->from];
    if (vote->sequence <= newest) continue;
    newest = vote->sequence;
    const bool looking = vote->state == ServerState::looking;
    if (state_ != ServerState::looking) {
      if (looking) tell(vote->from);
      continue;
    }
    if (looking && vote->round < round_) tell(vote->from);
    notifications_.push(*vote);
  }
}

void Election::tell(std::int32_t peer) {
  const auto to = std::find_if(options_.ensemble.begin(), options_.ensemble.end(),
                               [peer](const ZooKeeperPeer& one) { return one.id == peer; });
  CF_ASSERT(to != options_.ensemble.end());
  ZkVote message;
  message.from = options_.id;
  message.state = state_;
  message.leader = vote_.leader;
  message.zxid = vote_.zxid;
  message.epoch = vote_.epoch;
  message.round = round_;
  message.sequence = ++sequence_;
  if (peer == options_.id) {
    notifications_.push(message);
  } else {
    ports_.network.send(Address(to->ip, options_.election_port), body_of(message));
  }
}

void Election::tell_all() {
  for (const ZooKeeperPeer& peer : options_.ensemble) tell(peer.id);
}

bool Election::quorum_for(const Ballots& ballots, const Vote& vote, ServerState state) const {
  const auto agrees = [&](const auto& entry) {
    const Heard& heard = entry.second;
    const bool looks = state == ServerState::looking || heard.state == ServerState::looking;
    return looks ? heard.vote == vote : heard.vote.same_leader(vote);
  };
  return static_cast<std::size_t>(std::count_if(ballots.begin(), ballots.end(), agrees)) >= options_.quorum();
}

bool Election::leader_confirms(const Ballots& ballots, std::int32_t leader, std::int64_t round) const {
  if (leader == options_.id) return round == round_;
  const auto found = ballots.find(leader);
  return found != ballots.end() && found->second.state == ServerState::leading;
}

Task<Vote> Election::look(Vote mine) {
  state_ = ServerState::looking;
  notifications_.clear();
  ballots_.clear();
  outside_.clear();
  ++round_;
  vote_ = mine;
  tell_all();
  Duration patience = options_.notification_min;
  for (bool elected = false; !elected;) {
    const auto received = notifications_.receive();
    const auto timeout = ports_.clock.sleep_for(patience);
    auto first = co_await race(received, timeout);
    if (first.index() == 1) {
      tell_all();
      patience = std::min(patience * 2, options_.notification_max);
      continue;
    }
    const ZkVote& heard = std::get<0>(first);
    if (heard.state != ServerState::looking) {
      elected = heard_settled(heard);
      continue;
    }
    if (!heard_looking(heard, mine)) continue;
    // A quorum agrees: is there a better one still?
    elected = true;
    while (elected) {
      const auto more = notifications_.receive();
      const auto finalize = ports_.clock.sleep_for(options_.finalize_wait);
      auto last = co_await race(more, finalize);
      if (last.index() == 1) break;
      const ZkVote& late = std::get<0>(last);
      if (late.state == ServerState::looking && vote_in(late).beats(vote_)) {
        notifications_.push(late);
        elected = false;
      }
    }
  }
  state_ = vote_.leader == options_.id ? ServerState::leading : ServerState::following;
  co_return vote_;
}

bool Election::heard_looking(const ZkVote& heard, const Vote& mine) {
  const Vote theirs = vote_in(heard);
  if (heard.round > round_) {
    round_ = heard.round;
    ballots_.clear();
    vote_ = theirs.beats(mine) ? theirs : mine;
    tell_all();
  } else if (heard.round < round_) {
    return false;
  } else if (theirs.beats(vote_)) {
    vote_ = theirs;
    tell_all();
  }
  ballots_[heard.from] = Heard{theirs, heard.round, heard.state};
  return quorum_for(ballots_, vote_, ServerState::looking);
}

bool Election::heard_settled(const ZkVote& heard) {
  const Vote theirs = vote_in(heard);
  if (heard.round == round_) {
    ballots_[heard.from] = Heard{theirs, heard.round, heard.state};
    if (quorum_for(ballots_, theirs, heard.state) && leader_confirms(ballots_, heard.leader, heard.round)) {
      vote_ = theirs;
      return true;
    }
  }
  outside_[heard.from] = Heard{theirs, heard.round, heard.state};
  if (!quorum_for(outside_, theirs, heard.state) || !leader_confirms(outside_, heard.leader, heard.round)) return false;
  round_ = heard.round;
  vote_ = theirs;
  return true;
}

}  // namespace chronofault::sim
