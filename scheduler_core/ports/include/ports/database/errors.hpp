// How statements fail (database 1.4). Each class is a type of its own, thrown by what awaits the statement; all derive
// from DatabaseError. What an error does to the transaction depends on the server's dialect:
//   innodb      Deadlock rolls the whole transaction back; every other error undoes the statement only, and its locks
//               stay until the transaction ends.
//   postgresql  any error rolls the transaction back; until commit or rollback each statement throws
//               InFailedTransaction, and commit then rolls back without an error.
#pragma once

#include <string>
#include <string_view>

namespace chronofault::db {

/// As it travels from the server to the client. Part of the digest: numbers are never reused.
enum class ErrorClass {
  none = 0,
  duplicate_key = 1,
  deadlock = 2,
  lock_timeout = 3,
  no_wait = 4,
  serialization = 5,
  statement_timeout = 6,
  in_failed_transaction = 7,
  connection_lost = 8,
  pool_timeout = 9,
  read_only = 10,
  disk_full = 11,
  not_null = 12,
  too_many_connections = 13,
  not_supported = 14,
  bad_statement = 15,
};
std::string_view name_of(ErrorClass error) noexcept;

struct DatabaseError {
  DatabaseError(ErrorClass error, std::string what) : error(error), what(std::move(what)) {}
  ErrorClass error;
  std::string what;  // for people; DuplicateKey: the index
};

/// Spring's DataIntegrityViolationException: DuplicateKey or NotNullViolation.
struct IntegrityError : DatabaseError {
  using DatabaseError::DatabaseError;
};
struct DuplicateKey : IntegrityError {
  explicit DuplicateKey(std::string index) : IntegrityError(ErrorClass::duplicate_key, std::move(index)) {}
};
struct NotNullViolation : IntegrityError {
  explicit NotNullViolation(std::string column) : IntegrityError(ErrorClass::not_null, std::move(column)) {}
};
struct Deadlock : DatabaseError {
  explicit Deadlock(std::string what) : DatabaseError(ErrorClass::deadlock, std::move(what)) {}
};
struct LockTimeout : DatabaseError {
  explicit LockTimeout(std::string what) : DatabaseError(ErrorClass::lock_timeout, std::move(what)) {}
};
struct NoWait : DatabaseError {
  explicit NoWait(std::string what) : DatabaseError(ErrorClass::no_wait, std::move(what)) {}
};
struct Serialization : DatabaseError {
  explicit Serialization(std::string what) : DatabaseError(ErrorClass::serialization, std::move(what)) {}
};
struct StatementTimeout : DatabaseError {
  explicit StatementTimeout(std::string what) : DatabaseError(ErrorClass::statement_timeout, std::move(what)) {}
};
struct InFailedTransaction : DatabaseError {
  explicit InFailedTransaction(std::string what) : DatabaseError(ErrorClass::in_failed_transaction, std::move(what)) {}
};
/// The connection broke, was closed by a socket timeout, or was killed. The transaction is rolled back, sooner or
/// later, unless `outcome_unknown`: a commit or an autocommit statement was under way and may have been done.
struct ConnectionLost : DatabaseError {
  ConnectionLost(std::string what, bool outcome_unknown)
      : DatabaseError(ErrorClass::connection_lost, std::move(what)), outcome_unknown(outcome_unknown) {}
  bool outcome_unknown;
};
/// The pool had no connection to lend within connectionTimeout: all are lent, or none can be made.
struct PoolTimeout : DatabaseError {
  explicit PoolTimeout(std::string what) : DatabaseError(ErrorClass::pool_timeout, std::move(what)) {}
};
struct ReadOnly : DatabaseError {
  explicit ReadOnly(std::string what) : DatabaseError(ErrorClass::read_only, std::move(what)) {}
};
struct DiskFull : DatabaseError {
  explicit DiskFull(std::string what) : DatabaseError(ErrorClass::disk_full, std::move(what)) {}
};
struct TooManyConnections : DatabaseError {
  explicit TooManyConnections(std::string what) : DatabaseError(ErrorClass::too_many_connections, std::move(what)) {}
};
/// The server refuses what was asked for, and nothing has changed: postgresql's SERIALIZABLE (database 4.8).
struct NotSupported : DatabaseError {
  explicit NotSupported(std::string what) : DatabaseError(ErrorClass::not_supported, std::move(what)) {}
};

/// The statement itself is wrong, and nothing has changed: it names a table, index or column that does not exist, a
/// value of another type than its column, or needs a transaction and has none. `what` names it. What db::Table and the
/// members of a row struct say is checked when it is compiled (ports/database/typed.hpp); this is for the rest.
struct BadStatement : DatabaseError {
  explicit BadStatement(std::string what) : DatabaseError(ErrorClass::bad_statement, std::move(what)) {}
};

/// Throws the type that belongs to `error`, which is not none. `outcome_unknown` matters to ConnectionLost alone.
[[noreturn]] void throw_error(ErrorClass error, std::string what, bool outcome_unknown);

}  // namespace chronofault::db
