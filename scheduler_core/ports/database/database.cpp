#include <ports/assert.hpp>
#include <ports/database.hpp>

namespace chronofault {

namespace db {

std::string_view name_of(ErrorClass error) noexcept {
  switch (error) {
    case ErrorClass::none:
      return "none";
    case ErrorClass::duplicate_key:
      return "duplicate_key";
    case ErrorClass::deadlock:
      return "deadlock";
    case ErrorClass::lock_timeout:
      return "lock_timeout";
    case ErrorClass::no_wait:
      return "nowait";
    case ErrorClass::serialization:
      return "serialization";
    case ErrorClass::statement_timeout:
      return "statement_timeout";
    case ErrorClass::in_failed_transaction:
      return "in_failed_transaction";
    case ErrorClass::connection_lost:
      return "connection_lost";
    case ErrorClass::pool_timeout:
      return "pool_timeout";
    case ErrorClass::read_only:
      return "read_only";
    case ErrorClass::disk_full:
      return "disk_full";
    case ErrorClass::not_null:
      return "not_null";
    case ErrorClass::too_many_connections:
      return "too_many_connections";
    case ErrorClass::not_supported:
      return "not_supported";
    case ErrorClass::bad_statement:
      return "bad_statement";
  }
  return "";
}

void throw_error(ErrorClass error, std::string what, bool outcome_unknown) {
  switch (error) {
    case ErrorClass::none:
      break;
    case ErrorClass::duplicate_key:
      throw DuplicateKey(std::move(what));
    case ErrorClass::deadlock:
      throw Deadlock(std::move(what));
    case ErrorClass::lock_timeout:
      throw LockTimeout(std::move(what));
    case ErrorClass::no_wait:
      throw NoWait(std::move(what));
    case ErrorClass::serialization:
      throw Serialization(std::move(what));
    case ErrorClass::statement_timeout:
      throw StatementTimeout(std::move(what));
    case ErrorClass::in_failed_transaction:
      throw InFailedTransaction(std::move(what));
    case ErrorClass::connection_lost:
      throw ConnectionLost(std::move(what), outcome_unknown);
    case ErrorClass::pool_timeout:
      throw PoolTimeout(std::move(what));
    case ErrorClass::read_only:
      throw ReadOnly(std::move(what));
    case ErrorClass::disk_full:
      throw DiskFull(std::move(what));
    case ErrorClass::not_null:
      throw NotNullViolation(std::move(what));
    case ErrorClass::too_many_connections:
      throw TooManyConnections(std::move(what));
    case ErrorClass::not_supported:
      throw NotSupported(std::move(what));
    case ErrorClass::bad_statement:
      throw BadStatement(std::move(what));
  }
  CF_ASSERT(false && "an error class that is not an error");
}

namespace {

/// After an error inside a transaction: rolls back as far as that is possible; the first error is what counts.
Task<> roll_back_quietly(Session* session) {
  if (!session->usable()) co_return;
  try {
    co_await session->rollback();
  } catch (const DatabaseError&) {
  }
}

Task<Result> execute_and_commit(Session* session, Statement statement) {
  Result result = co_await session->execute(std::move(statement));
  co_await session->commit();
  co_return result;
}

bool differs(const Row& stored, const Insert& row) {
  for (std::size_t i = 0; i < row.columns.size(); ++i) {
    if (stored[row.columns[i]] != row.values[i]) return true;
  }
  return false;
}

Task<std::optional<std::int64_t>> save_and_commit(Session* session, Insert row, std::string_view key_column,
                                                  bool generated_key) {
  std::size_t key = 0;
  while (key < row.columns.size() && row.columns[key] != key_column) ++key;
  CF_ASSERT(key < row.columns.size());

  std::optional<Row> stored;
  if (!std::holds_alternative<Null>(row.values[key])) {
    Values keys(1, row.values[key]);
    Statement select = Select(row.table, Where("pk", std::move(keys)));
    Result found = co_await session->execute(std::move(select));
    if (!found.rows.empty()) stored = found.rows.front();
  }
  std::optional<std::int64_t> id;
  if (!stored) {
    Statement insert = std::move(row);
    // JPA persists a row that is gone as a new one: a generated key is drawn anew (powerjob 2.1).
    if (generated_key) std::get<Insert>(insert).values[key] = Null{};
    Result inserted = co_await session->execute(std::move(insert));
    id = inserted.generated_id;
  } else if (differs(*stored, row)) {
    Assignments set;
    for (std::size_t i = 0; i < row.columns.size(); ++i) {
      if (i != key) set.emplace_back(row.columns[i], row.values[i]);
    }
    Values keys(1, row.values[key]);
    Statement update = Update(row.table, Where("pk", std::move(keys)), std::move(set));
    co_await session->execute(std::move(update));
  }
  co_await session->commit();
  co_return id;
}

}  // namespace
}  // namespace db

Task<db::PooledConnection> Database::acquire_replica() { return acquire(); }

Task<db::Result> Database::execute(db::Statement statement) {
  db::PooledConnection connection = co_await acquire();
  db::Result result = co_await connection->execute(std::move(statement));
  co_return result;
}

Task<db::Result> Database::transact(db::Statement statement) {
  db::PooledConnection connection = co_await acquire();
  const std::optional<db::Isolation> server_default;
  co_await connection->begin(server_default);
  db::Session* session = &*connection;
  std::exception_ptr error;
  try {
    db::Result result = co_await db::execute_and_commit(session, std::move(statement));
    co_return result;
  } catch (const db::DatabaseError&) {
    error = std::current_exception();
  }
  co_await db::roll_back_quietly(session);
  std::rethrow_exception(error);
}

Task<std::optional<std::int64_t>> Database::save(db::Insert row, std::string_view key_column, bool generated_key) {
  db::PooledConnection connection = co_await acquire();
  const std::optional<db::Isolation> server_default;
  co_await connection->begin(server_default);
  db::Session* session = &*connection;
  std::exception_ptr error;
  try {
    std::optional<std::int64_t> id = co_await db::save_and_commit(session, std::move(row), key_column, generated_key);
    co_return id;
  } catch (const db::DatabaseError&) {
    error = std::current_exception();
  }
  co_await db::roll_back_quietly(session);
  std::rethrow_exception(error);
}

}  // namespace chronofault
