// One statement under way: a coroutine of its dialect that is carried on until it ends or must wait for a lock. What a
// dialect reads here is the statement, its transaction and the server's clock; what it writes is the result.
//
// A wait: the dialect's lock tables say in Transaction::waiting that the transaction stands in a queue, the coroutine
// awaits wait(), and the engine resumes it after the wait ended. A wait that somebody ended with an error (a timeout, a
// deadlock, a kill) throws that Failure where it was awaited.
#pragma once

#include <coroutine>
#include <memory>
#include <string>
#include <utility>

#include <ports/database.hpp>
#include <ports/events.hpp>
#include <ports/task/task.hpp>
#include <sim/database/storage.hpp>

namespace chronofault::sim {

using SessionId = std::uint64_t;

/// How a statement ends when it fails; caught by the engine.
struct Failure {
  Failure(db::ErrorClass error, std::string what) : error(error), what(std::move(what)) {}
  db::ErrorClass error;
  std::string what;
};

/// The trace, as the engine sees it: called in the step that carries the statement on.
class StatementObserver {
 public:
  /// The statement rests on the record that wrote a row version.
  virtual void read(RecordId record) = 0;
  /// The statement writes: once, before its first change.
  virtual RecordId wrote(const db::Statement& statement) = 0;

 protected:
  ~StatementObserver() = default;
};

/// What every dialect's transaction has.
struct Transaction {
  Transaction(SessionId session, db::Isolation level, bool autocommit)
      : session(session), level(level), autocommit(autocommit) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  virtual ~Transaction() = default;

  SessionId session;
  db::Isolation level;
  bool autocommit;           // it ends with its only statement
  bool waiting = false;      // its statement stands in a lock queue
  std::uint64_t waited = 0;  // number of waits so far; of the present one while `waiting`
};

class StatementRun {
 public:
  StatementRun(Transaction& transaction, std::shared_ptr<const db::Statement> statement, WallTime now,
               StatementObserver* observer)
      : transaction_(&transaction), statement_(std::move(statement)), now_(now), observer_(observer) {}
  StatementRun(const StatementRun&) = delete;
  StatementRun& operator=(const StatementRun&) = delete;

  // For the dialect.

  Transaction& transaction() const noexcept { return *transaction_; }
  const db::Statement& statement() const noexcept { return *statement_; }
  WallTime now() const noexcept { return now_; }
  db::Result& result() noexcept { return result_; }
  void cite(RecordId record) {
    if (observer_ != nullptr && record != 0) observer_->read(record);
  }
  /// The record that stands for all changes of this statement.
  RecordId record() {
    if (observer_ != nullptr && !std::exchange(wrote_, true)) record_ = observer_->wrote(*statement_);
    return record_;
  }

  /// Goes on at once if the transaction does not wait.
  class Wait {
   public:
    explicit Wait(StatementRun& run) : run_(run) {}
    bool await_ready() const noexcept { return !run_.transaction_->waiting; }
    void await_suspend(std::coroutine_handle<> self) noexcept { run_.leaf_ = self; }
    void await_resume() {
      if (run_.pending_ != db::ErrorClass::none) throw Failure(run_.pending_, "the wait for a lock was ended");
    }

   private:
    StatementRun& run_;
  };
  Wait wait() noexcept { return Wait(*this); }

  // For the engine.

  /// True: it ended; throws the Failure in which it ended. False: it waits.
  bool start(Task<> task);
  bool resume();
  /// What the wait, which has ended, throws.
  void fail(db::ErrorClass error) noexcept { pending_ = error; }

 private:
  Transaction* transaction_;
  std::shared_ptr<const db::Statement> statement_;
  WallTime now_;
  StatementObserver* observer_;
  db::Result result_;
  RecordId record_ = 0;
  bool wrote_ = false;
  db::ErrorClass pending_ = db::ErrorClass::none;
  std::coroutine_handle<> leaf_;
  std::optional<Task<>> task_;
};

}  // namespace chronofault::sim
