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

DatabaseServer::DatabaseServer(Ports& ports, DatabaseStorage& storage, const DatabaseConditions& conditions,
                               DatabaseServerOptions options)
    : ports_(ports),
      conditions_(conditions),
      options_(options),
      engine_(storage, EngineSettings{options.default_isolation, false, false}, this),
      sessions_(ports.executor) {}

DatabaseServer::~DatabaseServer() = default;

Task<> DatabaseServer::main() {
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
  for (;;) {
    Connection::Received received;
    bool ended = false;
    try {
      received = co_await connection->receive();
    } catch (const NetworkError&) {
      ended = true;
    }
    if (ended) break;
    ports_.events.begin_unit(received.record);
    const StatementRequest* request = received.body.as<StatementRequest>();
    CF_ASSERT(request != nullptr);
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
          engine_.begin(id, request->isolation);
          break;
        case DatabaseCommand::commit:
          if (options_.base_latency > Duration()) co_await ports_.clock.sleep_for(options_.base_latency);
          engine_.commit(id);
          break;
        case DatabaseCommand::rollback:
          engine_.rollback(id);
          break;
        case DatabaseCommand::reset:
          engine_.reset(id);
          break;
        case DatabaseCommand::ping:
          break;
        case DatabaseCommand::execute: {
          std::shared_ptr<const db::Statement> statement = request->statement;
          answer = co_await perform(id, std::move(statement));
        }
      }
      wake_runnable();
    }
    connection->send(body_of(StatementResult(std::move(answer))));
    if (refused) break;
  }
  engine_.disconnect(id);
  peers_.erase(id);
  wake_runnable();
}

Task<Answer> DatabaseServer::perform(SessionId id, std::shared_ptr<const db::Statement> statement) {
  Peer& peer = peers_.at(id);
  const MonoTime started = ports_.clock.mono();
  const Duration latency =
      options_.base_latency + conditions_.latency(db::table_of(*statement), db::kind_of(*statement));
  const Duration lock_wait = peer.lock_wait_timeout.value_or(options_.lock_wait_timeout);
  const std::optional<Duration> limit = peer.statement_timeout ? peer.statement_timeout : options_.statement_timeout;
  if (limit && latency >= *limit) {
    co_await ports_.clock.sleep_for(*limit);
    co_return Answer(db::ErrorClass::statement_timeout, "the statement took too long");
  }
  if (latency > Duration()) co_await ports_.clock.sleep_for(latency);

  engine_.settings().read_only = conditions_.read_only;
  engine_.settings().disk_full = conditions_.disk_full;
  const WallTime now = ports_.clock.wall();
  std::optional<Answer> answer = engine_.execute(id, std::move(statement), now);
  while (!answer) {
    wake_runnable();
    // The lock wait timeout counts anew for every single wait of a statement (database 3.6).
    MonoTime deadline = ports_.clock.mono() + lock_wait;
    db::ErrorClass error = db::ErrorClass::lock_timeout;
    if (limit && started + *limit < deadline) {
      deadline = started + *limit;
      error = db::ErrorClass::statement_timeout;
    }
    while (!peer.runnable) {
      const auto changed = peer.changed.wait();
      const auto timeout = ports_.clock.sleep_until(deadline);
      const auto first = co_await race(changed, timeout);
      if (first.index() == 0 || peer.runnable) continue;
      engine_.end_wait(id, error);
      wake_runnable();
    }
    peer.runnable = false;
    answer = engine_.resume(id);
  }
  co_return std::move(*answer);
}

void DatabaseServer::wake_runnable() {
  while (const std::optional<SessionId> id = engine_.take_runnable()) {
    if (const auto peer = peers_.find(*id); peer != peers_.end()) {
      peer->second.runnable = true;
      peer->second.changed.notify_one();
    } else {
      engine_.resume(*id);  // a held lock's: nobody waits for its answer
    }
  }
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

void DatabaseServer::read(RecordId record) { ports_.events.read(record); }

RecordId DatabaseServer::wrote(const db::Statement& statement) {
  if (!ports_.events.tracing()) return 0;
  std::string what(db::name_of(db::kind_of(statement)));
  what += ' ';
  what += db::table_of(statement);
  return ports_.events.wrote(what, "");
}

}  // namespace chronofault::sim
