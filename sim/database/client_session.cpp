#include "client_session.hpp"

#include <ports/task/race.hpp>

namespace chronofault::sim {

ClientSession::ClientSession(Clock& clock, std::unique_ptr<Connection> connection,
                             std::optional<Duration> socket_timeout)
    : clock_(clock),
      connection_(std::move(connection)),
      socket_timeout_(socket_timeout),
      opened_(clock.mono()),
      last_used_(opened_) {}

Task<db::Result> ClientSession::request(StatementRequest request, bool commits, std::optional<Duration> within) {
  if (!usable_) throw db::ConnectionLost("the connection is closed", false);
  CF_ASSERT(!busy_);
  busy_ = true;
  connection_->send(body_of(std::move(request)));

  Fiber& self = co_await this_fiber;
  const MonoTime deadline = clock_.mono() + within.value_or(Duration());
  Connection::Received received;
  std::string lost;
  bool interrupted = false;
  for (;;) {
    try {
      if (within) {
        Task<Connection::Received> answer = connection_->receive();
        const auto timeout = clock_.sleep_until(deadline);
        auto first = co_await race(std::move(answer), timeout);
        if (first.index() == 0) {
          received = std::get<0>(std::move(first));
        } else {
          lost = "no answer within the socket timeout";
        }
      } else {
        received = co_await connection_->receive();
      }
      break;
    } catch (const Interrupted&) {
      interrupted = true;  // a driver's socket read goes on; the flag is up again afterwards
    } catch (const ConnectionClosed&) {
      lost = "the server closed the connection";
      break;
    } catch (const NetworkError&) {
      lost = "connection reset";
      break;
    }
  }
  if (interrupted) self.interrupt();
  if (!lost.empty()) {
    close();
    throw db::ConnectionLost(std::move(lost), commits);
  }
  busy_ = false;
  last_used_ = clock_.mono();
  const StatementResult* result = received.body.as<StatementResult>();
  CF_ASSERT(result != nullptr);
  if (result->answer.error == db::ErrorClass::connection_lost) usable_ = false;
  if (result->answer.error != db::ErrorClass::none) {
    db::throw_error(result->answer.error, result->answer.what, commits);
  }
  co_return result->answer.result;
}

void ClientSession::close() noexcept {
  usable_ = false;
  connection_->close();
}

Task<> ClientSession::hello(db::PoolOptions options) {
  StatementRequest connect(DatabaseCommand::connect);
  connect.lock_wait_timeout = options.lock_wait_timeout;
  connect.statement_timeout = options.statement_timeout;
  const std::optional<Duration> within = options.connect_timeout.value_or(options.connection_timeout);
  co_await request(std::move(connect), false, within);
}

Task<bool> ClientSession::alive(Duration within) {
  try {
    const std::optional<Duration> limit = within;
    co_await request(StatementRequest(DatabaseCommand::ping), false, limit);
    co_return true;
  } catch (const db::DatabaseError&) {
    close();
  }
  co_return false;
}

Task<> ClientSession::begin(std::optional<db::Isolation> isolation) {
  StatementRequest begin(DatabaseCommand::begin);
  begin.isolation = isolation;
  co_await request(std::move(begin), false, socket_timeout_);
  autocommit_ = false;
  isolation_set_ = isolation_set_ || isolation.has_value();
}

Task<> ClientSession::commit() {
  co_await request(StatementRequest(DatabaseCommand::commit), true, socket_timeout_);
  autocommit_ = true;
}

Task<> ClientSession::rollback() {
  co_await request(StatementRequest(DatabaseCommand::rollback), false, socket_timeout_);
  autocommit_ = true;
}

Task<> ClientSession::reset() {
  co_await request(StatementRequest(DatabaseCommand::reset), false, socket_timeout_);
  autocommit_ = true;
  isolation_set_ = false;
}

Task<db::Result> ClientSession::execute(db::Statement statement) {
  const db::Select* const select = std::get_if<db::Select>(&statement);
  if (autocommit_ && select != nullptr && select->lock != db::Lock::none) {
    throw db::BadStatement("a locking select of '" + std::string(select->table) +
                           "' outside a transaction: its locks would end with it");
  }
  const bool commits = autocommit_ && db::kind_of(statement) != db::StatementKind::select;
  db::Result result = co_await request(StatementRequest(std::move(statement)), commits, socket_timeout_);
  co_return result;
}

}  // namespace chronofault::sim
