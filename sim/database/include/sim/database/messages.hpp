// What client and server say to each other: one request, one answer, in order, on one connection.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <ports/database.hpp>
#include <ports/message.hpp>
#include <sim/database/engine.hpp>

namespace chronofault::sim {

/// Part of the digest: numbers are never reused.
enum class DatabaseCommand {
  connect = 0,
  begin = 1,
  commit = 2,
  rollback = 3,
  reset = 4,
  ping = 5,
  execute = 6,
  replicate = 7
};
std::string_view name_of(DatabaseCommand command) noexcept;

struct StatementRequest {
  static constexpr std::string_view kind = "Statement";

  explicit StatementRequest(DatabaseCommand command) : command(command) {}
  explicit StatementRequest(db::Statement statement)
      : command(DatabaseCommand::execute), statement(std::make_shared<const db::Statement>(std::move(statement))) {}

  DatabaseCommand command;
  std::shared_ptr<const db::Statement> statement;  // execute
  std::optional<db::Isolation> isolation;          // begin
  std::optional<Duration> lock_wait_timeout;       // connect: of the session; none: the server's
  std::optional<Duration> statement_timeout;
  BinlogPosition position = 0;  // replicate: what the replica has already

  std::uint64_t hash() const noexcept;
  /// For people and fault patterns: what is done, to which table, and the whole statement as text.
  template <class V>
  void fields(V&& visit) const {
    visit("command", name_of(command));
    if (isolation) visit("isolation", *isolation);
    if (!statement) return;
    visit("table", db::table_of(*statement));
    visit("operation", db::name_of(db::kind_of(*statement)));
    visit("statement", db::to_string(*statement));
  }
};

struct StatementResult {
  static constexpr std::string_view kind = "StatementResult";

  explicit StatementResult(Answer answer) : answer(std::move(answer)) {}
  Answer answer;

  std::uint64_t hash() const noexcept;
  template <class V>
  void fields(V&& visit) const {
    if (answer.error != db::ErrorClass::none) {
      visit("error", db::name_of(answer.error));
      visit("what", answer.what);
      return;
    }
    visit("count", answer.result.count);
    if (answer.result.generated_id) visit("generatedId", *answer.result.generated_id);
    if (!answer.result.rows.empty()) visit("rows", rows_text());
  }

 private:
  std::string rows_text() const;
};

/// From the primary to a replica, after `replicate`: one commit after the other.
struct ReplicatedCommit {
  static constexpr std::string_view kind = "ReplicatedCommit";

  explicit ReplicatedCommit(BinlogEntry entry) : entry(std::move(entry)) {}
  BinlogEntry entry;

  std::uint64_t hash() const noexcept;
  template <class V>
  void fields(V&& visit) const {
    visit("position", static_cast<std::int64_t>(entry.position));
    visit("rows", static_cast<std::int64_t>(entry.rows->size()));
  }
};

/// From a replica: it has received everything up to this position.
struct ReplicaReceived {
  static constexpr std::string_view kind = "ReplicaReceived";

  explicit ReplicaReceived(std::int64_t position) : position(position) {}
  std::int64_t position;
  template <class V>
  void fields(V&& visit) const {
    visit("position", position);
  }
};

}  // namespace chronofault::sim
