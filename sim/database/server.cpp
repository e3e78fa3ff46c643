#include <ports/task/race.hpp>
#include <sim/database/server.hpp>

namespace chronofault::sim {

Duration DatabaseConditions::latency(std::string_view table, db::StatementKind kind) const noexcept {
  Duration sum;
  for (const Slow& s : slow) {
    if ((s.table.empty() || s.table == table) && (!s.kind || *s.kind == kind)) sum += s.by;
  }
  return sum;
}

namespace {

EngineSettings engine_settings(const DatabaseServerOptions& options) {
  EngineSettings settings;
  settings.default_isolation = options.default_isolation;
  settings.snapshot_isolation = options.snapshot_isolation;
  return settings;
}

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

DatabaseServer::DatabaseServer(Ports& ports, DatabaseStorage& storage, const DatabaseConditions& conditions,
                               DatabaseServerOptions options)
    : ports_(ports),
      storage_(storage),
      conditions_(conditions),
      options_(options),
      engine_(storage, engine_settings(options), this),
      following_(options.replica_of.has_value()),
      sessions_(ports.executor) {}

// The end of the process is a crash: what it told its clients was committed may not have reached the disk.
DatabaseServer::~DatabaseServer() {
  if (options_.durability_lag == Duration()) return;
  undurable_.take(ports_.clock.mono());
  if (!undurable_.empty()) storage_.lose_after(undurable_.next_commit() - 1);
}

Task<> DatabaseServer::main() {
  if (options_.recovery_time > Duration()) co_await ports_.clock.sleep_for(options_.recovery_time);
  if (following_) {
    sessions_.spawn("replica-io", follow());
    sessions_.spawn("replica-apply", apply_relay());
  }
  const std::unique_ptr<Listener> listener = ports_.network.listen(options_.port);
  for (;;) {
    std::unique_ptr<Connection> connection = co_await listener->accepted().receive();
    sessions_.spawn("session", serve(std::move(connection)));
  }
}

Task<> DatabaseServer::serve(std::unique_ptr<Connection> accepted) {
  const std::unique_ptr<Connection> connection = std::move(accepted);
  const bool refused = peers_.size() >= options_.max_connections;
  const SessionId id = engine_.open();
  Peer& peer = peers_[id];
  peer.connection = connection.get();
  for (;;) {
    Connection::Received received;
    bool ended = false;
    try {
      received = co_await connection->receive();
    } catch (const NetworkError&) {
      ended = true;
    }
    if (ended || !engine_.alive(id)) break;
    ports_.events.begin_unit(received.record);
    const StatementRequest* request = received.body.as<StatementRequest>();
    CF_ASSERT(request != nullptr);
    if (request->command == DatabaseCommand::replicate) {
      co_await ship(connection.get(), request->position);
      break;
    }
    const CommitNumber before = engine_.committed_until();
    Answer answer;
    if (refused) {
      answer = Answer(db::ErrorClass::too_many_connections, "Too many connections");
    } else {
      switch (request->command) {
        case DatabaseCommand::connect:
          peer.lock_wait_timeout = request->lock_wait_timeout;
          peer.statement_timeout = request->statement_timeout;
          break;
        case DatabaseCommand::begin:
          answer = engine_.begin(id, request->isolation);
          break;
        case DatabaseCommand::commit:
          if (options_.base_latency > Duration()) co_await ports_.clock.sleep_for(options_.base_latency);
          if (engine_.alive(id)) {
            engine_.commit(id);
          } else {
            answer = Answer(db::ErrorClass::connection_lost, "killed");
          }
          break;
        case DatabaseCommand::rollback:
          engine_.rollback(id);
          break;
        case DatabaseCommand::reset:
          engine_.reset(id);
          break;
        case DatabaseCommand::ping:
        case DatabaseCommand::replicate:
          break;
        case DatabaseCommand::execute: {
          std::shared_ptr<const db::Statement> statement = request->statement;
          answer = co_await perform(id, std::move(statement));
        }
      }
      wake_runnable();
    }
    if (const CommitNumber after = engine_.committed_until(); options_.semi_sync && after > before) {
      co_await await_replica(after);
    }
    connection->send(body_of(StatementResult(std::move(answer))));
    if (refused || !engine_.alive(id)) break;
  }
  if (engine_.alive(id)) engine_.disconnect(id);
  peers_.erase(id);
  wake_runnable();
}

Task<Answer> DatabaseServer::perform(SessionId id, std::shared_ptr<const db::Statement> statement) {
  Peer& peer = peers_.at(id);
  const MonoTime started = ports_.clock.mono();
  const Duration latency =
      options_.base_latency + conditions_.latency(db::table_of(*statement), db::kind_of(*statement));
  const std::optional<Duration> limit = peer.statement_timeout ? peer.statement_timeout : options_.statement_timeout;
  if (limit && latency >= *limit) {
    co_await ports_.clock.sleep_for(*limit);
    co_return Answer(db::ErrorClass::statement_timeout, "the statement took too long");
  }
  if (latency > Duration()) co_await ports_.clock.sleep_for(latency);
  if (!engine_.alive(id)) co_return Answer(db::ErrorClass::connection_lost, "killed");

  purge_due();
  engine_.settings().read_only = conditions_.read_only || following_;
  engine_.settings().disk_full = conditions_.disk_full;
  const WallTime now = ports_.clock.wall();
  std::optional<MonoTime> deadline;
  if (limit) deadline = started + *limit;
  std::optional<Answer> answer = engine_.execute(id, std::move(statement), now);
  while (!answer) {
    wake_runnable();
    co_await await_lock(id, deadline);
    answer = engine_.resume(id);
  }
  co_return std::move(*answer);
}

Task<> DatabaseServer::await_lock(SessionId id, std::optional<MonoTime> statement_deadline) {
  Peer& peer = peers_.at(id);
  const bool innodb = storage_.dialect() == Dialect::innodb;
  std::optional<Duration> patience = peer.lock_wait_timeout ? peer.lock_wait_timeout : options_.lock_wait_timeout;
  if (!patience && innodb) patience = Duration::seconds(50);
  const MonoTime began = ports_.clock.mono();
  bool deadlock_checked = innodb;  // it looks at once
  while (!peer.runnable) {
    std::optional<MonoTime> until;
    db::ErrorClass error = db::ErrorClass::none;
    const auto consider = [&](MonoTime at, db::ErrorClass why) {
      if (until && *until <= at) return;
      until = at;
      error = why;
    };
    if (patience) consider(began + *patience, db::ErrorClass::lock_timeout);
    if (statement_deadline) consider(*statement_deadline, db::ErrorClass::statement_timeout);
    if (!deadlock_checked) consider(began + options_.deadlock_timeout, db::ErrorClass::deadlock);
    if (!until) {
      co_await peer.changed.wait();
      continue;
    }
    const auto changed = peer.changed.wait();
    const auto timeout = ports_.clock.sleep_until(*until);
    const auto first = co_await race(changed, timeout);
    if (first.index() == 0 || peer.runnable) continue;
    if (error == db::ErrorClass::deadlock) {
      deadlock_checked = true;
      engine_.check_deadlock(id);
    } else {
      engine_.end_wait(id, error);
    }
    wake_runnable();
  }
  peer.runnable = false;
}

void DatabaseServer::wake_runnable() {
  note_commits();
  while (const std::size_t runnable = engine_.runnable()) {
    const bool draw = options_.random_resume_order && runnable > 1;
    const std::size_t chosen = draw ? ports_.random.stream("resume-order").below(runnable) : 0;
    const SessionId id = engine_.take_runnable(chosen);
    if (const auto peer = peers_.find(id); peer != peers_.end()) {
      peer->second.runnable = true;
      peer->second.changed.notify_one();
    } else {
      engine_.resume(id);  // a held lock's: nobody waits for its answer
    }
  }
}

// --- what follows a commit ------------------------------------------------------------------------------------------

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

SessionId DatabaseServer::hold_lock(std::string table, db::Values primary_key) {
  const SessionId id = engine_.open();
  const std::string& name = holds_.emplace(id, std::move(table)).first->second;
  db::Select select(name);
  if (!primary_key.empty()) {
    select.where.via = "pk";
    select.where.eq = std::move(primary_key);
  }
  select.lock = db::Lock::update;
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

void DatabaseServer::read(RecordId record) { ports_.events.read(record); }

RecordId DatabaseServer::wrote(const db::Statement& statement) {
  if (!ports_.events.tracing()) return 0;
  std::string what(db::name_of(db::kind_of(statement)));
  what += ' ';
  what += db::table_of(statement);
  return ports_.events.wrote(what, "");
}

}  // namespace chronofault::sim
