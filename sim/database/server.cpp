#include <algorithm>

#include <ports/task/race.hpp>
#include <sim/database/server.hpp>

namespace chronofault::sim {

Duration DatabaseConditions::latency(std::string_view table, db::StatementKind kind, bool after) const noexcept {
  Duration sum;
  for (const Slow& s : slow) {
    if (s.after == after && (s.table.empty() || s.table == table) && (!s.kind || *s.kind == kind)) sum += s.by;
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

}  // namespace

DatabaseServer::DatabaseServer(Ports& ports, DatabaseStorage& storage, DatabaseConditions& conditions,
                               DatabaseServerOptions options)
    : ports_(ports),
      storage_(storage),
      conditions_(conditions),
      options_(options),
      engine_(storage, engine_settings(options), this),
      following_(options.replica_of.has_value()),
      sessions_(ports.executor) {
  CF_ASSERT(storage.binlog() != nullptr || (!options_.replica_of && options_.semi_sync == SemiSync::off));
}

// The end of the process is a crash: what it told its clients was committed may not have reached the disk.
DatabaseServer::~DatabaseServer() {
  if (options_.durability_lag == Duration()) return;
  undurable_.take(ports_.clock.mono());
  if (!undurable_.empty()) storage_.lose_after(undurable_.next_commit() - 1);
}

Task<> DatabaseServer::main() {
  if (options_.recovery_time > Duration()) co_await ports_.clock.sleep_for(options_.recovery_time);
  if (!following_) {
    co_await finish_commits();
  } else {
    open_applier();
    sessions_.spawn("replica-io", receive_binlog());
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
    Answer answer;
    if (refused) {
      answer = Answer(db::ErrorClass::too_many_connections, "Too many connections");
    } else {
      peer.committed = false;
      answer = co_await obey(id, request);
      wake_runnable();
    }
    if (options_.semi_sync == SemiSync::after_commit && peer.committed) co_await await_replica(peer.written);
    if (peer.committed && loses_acknowledgement(peer)) break;
    connection->send(body_of(StatementResult(std::move(answer))));
    if (refused || !engine_.alive(id)) break;
  }
  if (engine_.alive(id)) engine_.disconnect(id);
  peers_.erase(id);
  wake_runnable();
}

Task<Answer> DatabaseServer::obey(SessionId id, const StatementRequest* request) {
  Peer& peer = peers_.at(id);
  Answer answer;
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
        co_await commit(id);
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
  co_return answer;
}

Task<Answer> DatabaseServer::perform(SessionId id, std::shared_ptr<const db::Statement> statement) {
  Peer& peer = peers_.at(id);
  const MonoTime started = ports_.clock.mono();
  const std::string_view table = db::table_of(*statement);
  const db::StatementKind kind = db::kind_of(*statement);
  const Duration before = options_.base_latency + conditions_.latency(table, kind, false);
  const Duration after = conditions_.latency(table, kind, true);
  const std::optional<Duration> limit = peer.statement_timeout ? peer.statement_timeout : options_.statement_timeout;
  if (limit && before >= *limit) {
    co_await ports_.clock.sleep_for(*limit);
    co_return Answer(db::ErrorClass::statement_timeout, "the statement took too long");
  }
  if (before > Duration()) co_await ports_.clock.sleep_for(before);
  if (!engine_.alive(id)) co_return Answer(db::ErrorClass::connection_lost, "killed");

  purge_due();
  engine_.settings().read_only = conditions_.read_only || following_;
  if (kind != db::StatementKind::select) {
    const HostMetrics host = ports_.host.metrics();
    engine_.settings().disk_full = host.disk_used >= host.disk_total;
  }
  std::optional<MonoTime> deadline;
  if (limit) deadline = started + *limit;
  std::optional<Answer> answer = carry_on(id, std::move(statement));
  while (!answer) {
    wake_runnable();
    co_await await_lock(id, deadline);
    answer = carry_on(id, nullptr);
  }
  if (engine_.held(id)) co_await commit(id);
  if (after > Duration()) {
    wake_runnable();
    co_await ports_.clock.sleep_for(after);
  }
  co_return std::move(*answer);
}

std::optional<Answer> DatabaseServer::carry_on(SessionId id, std::shared_ptr<const db::Statement> statement) {
  const CommitNumber before = engine_.committed_until();
  engine_.settings().hold_commits = options_.semi_sync == SemiSync::after_sync;
  std::optional<Answer> answer =
      statement ? engine_.execute(id, std::move(statement), ports_.clock.wall()) : engine_.resume(id);
  if (answer && answer->error == db::ErrorClass::none) note_commit(id, before);
  return answer;
}

// Both wait points of semi-synchronous replication; AFTER_COMMIT waits in serve(), AFTER_SYNC here.
Task<> DatabaseServer::commit(SessionId id) {
  if (options_.semi_sync == SemiSync::after_sync) {
    std::vector<RowImage> rows = engine_.changes(id);
    if (!rows.empty()) {
      Peer& peer = peers_.at(id);
      const BinlogPosition position = storage_.binlog()->prepare(std::move(rows));
      peer.syncing = true;
      wake_runnable();
      co_await await_replica(position);
      peer.syncing = false;
      storage_.binlog()->finish(position);
    }
  }
  const CommitNumber before = engine_.committed_until();
  engine_.commit(id);
  note_commit(id, before);
}

void DatabaseServer::note_commit(SessionId id, CommitNumber before) {
  if (engine_.committed_until() == before) return;
  const auto peer = peers_.find(id);
  if (peer == peers_.end()) return;
  peer->second.committed = true;
  if (const Binlog* binlog = storage_.binlog()) peer->second.written = binlog->last();
}

bool DatabaseServer::loses_acknowledgement(const Peer& peer) {
  const std::string ip = peer.connection->peer().ip;
  for (DatabaseConditions::LostAcknowledgements& lost : conditions_.lost_acknowledgements) {
    const bool meant =
        lost.clients.empty() || std::find(lost.clients.begin(), lost.clients.end(), ip) != lost.clients.end();
    if (lost.left == 0 || !meant) continue;
    --lost.left;
    ports_.events.read(lost.because);
    return true;
  }
  return false;
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

void DatabaseServer::read(RecordId record) { ports_.events.read(record); }

RecordId DatabaseServer::wrote(const db::Statement& statement) {
  if (!ports_.events.tracing()) return 0;
  std::string what(db::name_of(db::kind_of(statement)));
  what += ' ';
  what += db::table_of(statement);
  return ports_.events.wrote(what, "");
}

}  // namespace chronofault::sim
