// What the server does beside its clients' requests: durability and purge after commits, and what an administrator or a
// fault does to sessions.
#include <sim/database/server.hpp>

namespace chronofault::sim {

namespace {

/// Keyed by seed and commit, as draws of a stream are, but none of the run's draws: most of these moments nobody sees,
/// and a run in which nobody does is the same whatever they are.
Duration purge_delay(const DatabaseServerOptions& options, CommitNumber commit) {
  std::uint64_t h = (options.purge_seed ^ commit) * 0x9e37'79b9'7f4a'7c15u;
  h = (h ^ (h >> 32)) * 0xd6e8'feb8'6659'fd93u;
  const std::int64_t span = (options.purge_delay_max - options.purge_delay_min).count_us() + 1;
  return options.purge_delay_min +
         Duration::us(static_cast<std::int64_t>((h >> 33) % static_cast<std::uint64_t>(span)));
}

}  // namespace

void DatabaseServer::note_commits() {
  const CommitNumber last = engine_.committed_until();
  const MonoTime now = ports_.clock.mono();
  if (storage_.binlog() != nullptr) binlog_grew_.notify_all();
  if (options_.durability_lag > Duration()) {
    if (last > undurable_.last()) undurable_.add(last, now + options_.durability_lag);
    undurable_.take(now);
    storage_.keep_from("durability", undurable_.empty() ? last : undurable_.next_commit() - 1);
  }
  if (!engine_.purgeable()) return;
  if (last > to_purge_.last()) {
    to_purge_.add(last, now + purge_delay(options_, last));
  }
  if (purging_ || to_purge_.empty() || engine_.waiting_sessions() == 0) return;
  purging_ = true;
  sessions_.spawn("purge", purge_while_somebody_waits());
}

void DatabaseServer::purge_due() {
  if (const std::optional<CommitNumber> until = to_purge_.take(ports_.clock.mono())) engine_.purge(*until);
}

Task<> DatabaseServer::purge_while_somebody_waits() {
  while (!to_purge_.empty() && engine_.waiting_sessions() > 0) {
    co_await ports_.clock.sleep_until(to_purge_.next());
    purge_due();
    wake_runnable();
  }
  purging_ = false;
}

SessionId DatabaseServer::hold_lock(std::string table, db::Values primary_key, db::Lock lock) {
  const SessionId id = engine_.open();
  const std::string& name = holds_.emplace(id, std::move(table)).first->second;
  db::Select select(name);
  if (!primary_key.empty()) {
    select.where.via = "pk";
    select.where.eq = std::move(primary_key);
  }
  select.lock = lock;
  engine_.begin(id, std::nullopt);
  engine_.execute(id, std::make_shared<const db::Statement>(std::move(select)), ports_.clock.wall());
  wake_runnable();
  return id;
}

void DatabaseServer::release_hold(SessionId hold) {
  if (!engine_.alive(hold)) return;
  engine_.disconnect(hold);
  wake_runnable();
  if (!engine_.alive(hold)) holds_.erase(hold);
}

void DatabaseServer::kill(SessionId session) {
  const auto peer = peers_.find(session);
  if (peer == peers_.end() || !engine_.alive(session)) return;
  if (peer->second.syncing) {  // a commit that is written takes place
    peer->second.connection->close();
    return;
  }
  engine_.kill(session);
  if (!engine_.alive(session)) peer->second.connection->close();
  wake_runnable();
}

std::vector<SessionId> DatabaseServer::client_sessions() const {
  std::vector<SessionId> all;
  for (const auto& [id, peer] : peers_) {
    if (id != applier_) all.push_back(id);
  }
  return all;
}

}  // namespace chronofault::sim
