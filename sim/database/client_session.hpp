// A driver's connection: one request, one answer.
#pragma once

#include <memory>

#include <ports/clock.hpp>
#include <ports/database.hpp>
#include <ports/network.hpp>
#include <sim/database/messages.hpp>

namespace chronofault::sim {

class ClientSession final : public db::Session {
 public:
  ClientSession(Clock& clock, std::unique_ptr<Connection> connection, std::optional<Duration> socket_timeout);

  /// The handshake.
  Task<> hello(db::PoolOptions options);
  /// Whether the server answers within the time.
  Task<bool> alive(Duration within);
  /// Rolls back and returns to the state of a new connection.
  Task<> reset();

  Task<> begin(std::optional<db::Isolation> isolation) override;
  Task<> commit() override;
  Task<> rollback() override;
  Task<db::Result> execute(db::Statement statement) override;
  bool autocommit() const noexcept override { return autocommit_; }
  bool usable() const noexcept override { return usable_; }

  /// Gives the connection up.
  void close() noexcept;
  /// A request is under way; its caller may be gone.
  bool busy() const noexcept { return busy_; }
  /// Not as a new connection: to be reset before it is lent again.
  bool dirty() const noexcept { return !autocommit_ || isolation_set_; }
  MonoTime opened() const noexcept { return opened_; }
  MonoTime last_used() const noexcept { return last_used_; }

 private:
  /// Throws the error that the server answers, or ConnectionLost.
  Task<db::Result> request(StatementRequest request, bool commits, std::optional<Duration> within);

  Clock& clock_;
  std::unique_ptr<Connection> connection_;
  std::optional<Duration> socket_timeout_;
  MonoTime opened_;
  MonoTime last_used_;
  bool autocommit_ = true;
  bool isolation_set_ = false;
  bool usable_ = true;
  bool busy_ = false;
};

}  // namespace chronofault::sim
