#include <algorithm>

#include <sim/zookeeper/server_options.hpp>
#include <sim/zookeeper/session_tracker.hpp>

namespace chronofault::sim {

std::int64_t ZooKeeperOptions::granted_ms(std::int64_t requested_ms) const noexcept {
  const std::int64_t low = min_session_timeout.value_or(tick * 2).count_ms();
  const std::int64_t high = max_session_timeout.value_or(tick * 20).count_ms();
  return std::min(std::max(requested_ms, low), high);
}

void SessionTracker::track(zk::SessionId session, std::int64_t timeout_ms, MonoTime now) {
  sessions_.try_emplace(session);
  touch(session, timeout_ms, now);
}

bool SessionTracker::touch(zk::SessionId id, std::int64_t timeout_ms, MonoTime now) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second.closing) return false;
  Session& session = found->second;
  const std::int64_t tick_ms = tick_.count_ms();
  const MonoTime bucket = MonoTime::from_ms(((now.ms() + timeout_ms) / tick_ms + 1) * tick_ms);
  if (session.ticking && session.bucket == bucket) return true;
  leave_bucket(id, session);
  session.bucket = bucket;
  session.ticking = true;
  buckets_[bucket].insert(id);
  return true;
}

void SessionTracker::leave_bucket(zk::SessionId id, Session& session) {
  if (!session.ticking) return;
  session.ticking = false;
  const auto bucket = buckets_.find(session.bucket);
  bucket->second.erase(id);
  if (bucket->second.empty()) buckets_.erase(bucket);
}

bool SessionTracker::known(zk::SessionId id) const {
  const auto found = sessions_.find(id);
  return found != sessions_.end() && !found->second.closing;
}

void SessionTracker::remove(zk::SessionId id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  leave_bucket(id, found->second);
  sessions_.erase(found);
}

void SessionTracker::set_closing(zk::SessionId id) {
  if (const auto found = sessions_.find(id); found != sessions_.end()) found->second.closing = true;
}

zk::Code SessionTracker::check(zk::SessionId id, std::int32_t server) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end() || found->second.closing) return zk::Code::session_expired;
  if (found->second.owner == 0) found->second.owner = server;
  return found->second.owner == server ? zk::Code::ok : zk::Code::session_moved;
}

void SessionTracker::set_owner(zk::SessionId id, std::int32_t server) {
  if (const auto found = sessions_.find(id); found != sessions_.end()) found->second.owner = server;
}

std::optional<MonoTime> SessionTracker::next_expiry() const {
  if (buckets_.empty()) return std::nullopt;
  return buckets_.begin()->first;
}

std::vector<zk::SessionId> SessionTracker::poll(MonoTime now) {
  std::vector<zk::SessionId> expired;
  if (buckets_.empty() || buckets_.begin()->first > now) return expired;
  const std::set<zk::SessionId> due = std::move(buckets_.begin()->second);
  buckets_.erase(buckets_.begin());
  for (const zk::SessionId id : due) {
    Session& session = sessions_.at(id);
    session.ticking = false;
    if (session.closing) continue;  // its closeSession is ordered already
    session.closing = true;
    expired.push_back(id);
  }
  return expired;
}

}  // namespace chronofault::sim
