#include <algorithm>

#include <ports/assert.hpp>
#include <sim/database/engine.hpp>

#include "dialect.hpp"
#include "innodb/innodb.hpp"
#include "postgresql/postgresql.hpp"

namespace chronofault::sim {

namespace {

/// Statements are the server's memory, as sessions and rows are: their frames are none of its process's tasks, and go
/// with the engine.
class ChargedToNobody {
 public:
  ChargedToNobody() : before_(set_current_ledger(nullptr)) {}
  ChargedToNobody(const ChargedToNobody&) = delete;
  ChargedToNobody& operator=(const ChargedToNobody&) = delete;
  ~ChargedToNobody() { set_current_ledger(before_); }

 private:
  FrameLedger* before_;
};

}  // namespace

Engine::Engine(DatabaseStorage& storage, EngineSettings settings, StatementObserver* observer)
    : storage_(&storage), settings_(settings), observer_(observer) {
  storage_->recover();
  if (storage.dialect() == Dialect::innodb) {
    dialect_ = innodb::make_engine(storage, settings.snapshot_isolation);
  } else {
    dialect_ = postgresql::make_engine(storage);
  }
}

// What was open is as it is after a crash: recover() of the next engine removes it, readers see committed rows only.
Engine::~Engine() = default;

Engine::Session& Engine::session(SessionId id) {
  const auto at = sessions_.find(id);
  CF_ASSERT(at != sessions_.end());
  return at->second;
}

db::Isolation Engine::default_isolation() const noexcept {
  return settings_.default_isolation.value_or(dialect_->default_isolation());
}

SessionId Engine::open() {
  sessions_.emplace(++last_session_, Session(default_isolation()));
  return last_session_;
}

void Engine::disconnect(SessionId id) {
  Session& ended = session(id);
  if (ended.run) {
    ended.gone = true;
    return;
  }
  rollback_transaction(ended);
  sessions_.erase(id);
}

void Engine::kill(SessionId id) {
  Session& ended = session(id);
  if (ended.run) {
    ended.gone = ended.killed = true;
    end_wait(id, db::ErrorClass::connection_lost);
    return;
  }
  rollback_transaction(ended);
  sessions_.erase(id);
}

Answer Engine::begin(SessionId id, std::optional<db::Isolation> level) {
  Session& s = session(id);
  const db::Isolation wanted = level.value_or(default_isolation());
  if (!dialect_->supports(wanted)) return Answer(db::ErrorClass::not_supported, "this isolation level is not modelled");
  commit(id);
  s.autocommit = false;
  s.level = wanted;
  return Answer();
}

void Engine::commit(SessionId id) {
  Session& s = session(id);
  CF_ASSERT(!s.run);
  commit_transaction(s);
  s.autocommit = true;
  s.failed = false;
}

bool Engine::held(SessionId id) const {
  const auto at = sessions_.find(id);
  return at != sessions_.end() && at->second.autocommit && at->second.transaction && !at->second.run;
}

std::vector<RowImage> Engine::changes(SessionId id) const {
  const auto at = sessions_.find(id);
  CF_ASSERT(at != sessions_.end());
  return at->second.transaction ? dialect_->changes(*at->second.transaction) : std::vector<RowImage>();
}

void Engine::rollback(SessionId id) {
  Session& s = session(id);
  CF_ASSERT(!s.run);
  rollback_transaction(s);
  s.autocommit = true;
  s.failed = false;
}

void Engine::reset(SessionId id) {
  rollback(id);
  session(id).level = default_isolation();
}

std::optional<Answer> Engine::execute(SessionId id, std::shared_ptr<const db::Statement> statement, WallTime now) {
  Session& s = session(id);
  CF_ASSERT(!s.run);
  const bool writes = db::kind_of(*statement) != db::StatementKind::select;
  if (s.failed) return Answer(db::ErrorClass::in_failed_transaction, "the transaction is aborted");
  if (writes && settings_.read_only) {
    fail(s, db::ErrorClass::read_only);
    return Answer(db::ErrorClass::read_only, "the server runs read-only");
  }
  if (writes && settings_.disk_full) {
    fail(s, db::ErrorClass::disk_full);
    return Answer(db::ErrorClass::disk_full, "no space left on device");
  }
  if (!s.transaction) {
    const db::Isolation level = s.autocommit ? dialect_->autocommit_isolation(s.level) : s.level;
    s.transaction = dialect_->begin(id, level, s.autocommit);
  }
  s.run = std::make_unique<StatementRun>(*s.transaction, std::move(statement), now, observer_);
  return advance(id, s, true);
}

std::optional<Answer> Engine::resume(SessionId id) {
  Session& s = session(id);
  CF_ASSERT(s.run && !s.transaction->waiting);
  return advance(id, s, false);
}

std::optional<Answer> Engine::advance(SessionId id, Session& s, bool first) {
  Answer answer;
  try {
    const ChargedToNobody frames;
    if (s.killed) s.run->fail(db::ErrorClass::connection_lost);
    const bool ended = first ? s.run->start(dialect_->run(s.run.get())) : s.run->resume();
    if (!ended) {
      collect_ended();
      return std::nullopt;
    }
    answer.result = std::move(s.run->result());
    dialect_->statement_ended(*s.transaction);
    const bool holds = settings_.hold_commits && !s.gone && !dialect_->changes(*s.transaction).empty();
    if (s.autocommit && !holds) commit_transaction(s);
  } catch (const Failure& failure) {
    answer = Answer(failure.error, failure.what);
    dialect_->statement_ended(*s.transaction);
    if (!s.autocommit && !dialect_->ends_transaction(failure.error)) dialect_->undo_statement(*s.transaction);
    fail(s, failure.error);
  }
  s.run.reset();
  collect_ended();
  if (s.gone) {
    rollback_transaction(s);
    sessions_.erase(id);
  }
  return answer;
}

void Engine::fail(Session& s, db::ErrorClass error) {
  if (s.autocommit || dialect_->ends_transaction(error)) rollback_transaction(s);
  s.failed = !s.autocommit && dialect_->leaves_failed_block();
}

bool Engine::end_wait(SessionId id, db::ErrorClass error) {
  Session& s = session(id);
  if (!s.transaction || !s.transaction->waiting) return false;
  s.run->fail(error);
  runnable_.push_back(id);
  dialect_->cancel_wait(*s.transaction);
  collect_ended();
  return true;
}

bool Engine::check_deadlock(SessionId id) {
  const Session& s = session(id);
  if (!s.transaction || !s.transaction->waiting || !dialect_->deadlocked(*s.transaction)) return false;
  return end_wait(id, db::ErrorClass::deadlock);
}

std::optional<SessionId> Engine::take_runnable() {
  if (runnable_.empty()) return std::nullopt;
  return take_runnable(0);
}

SessionId Engine::take_runnable(std::size_t position) {
  CF_ASSERT(position < runnable_.size());
  const SessionId next = runnable_[position];
  runnable_.erase(runnable_.begin() + static_cast<std::ptrdiff_t>(position));
  return next;
}

void Engine::purge(CommitNumber until) {
  dialect_->purge(std::min(until, storage_->oldest_kept()));
  collect_ended();
}

bool Engine::purgeable() const noexcept { return dialect_->purgeable(); }

bool Engine::waiting(SessionId id) const {
  const auto at = sessions_.find(id);
  return at != sessions_.end() && at->second.transaction && at->second.transaction->waiting;
}

std::uint64_t Engine::wait_number(SessionId id) const {
  const auto at = sessions_.find(id);
  return at != sessions_.end() && at->second.transaction ? at->second.transaction->waited : 0;
}

std::size_t Engine::waiting_sessions() const noexcept { return dialect_->waiting(); }

std::size_t Engine::open_transactions() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(sessions_.begin(), sessions_.end(), [](const auto& s) { return s.second.transaction != nullptr; }));
}

std::size_t Engine::locks() const noexcept { return dialect_->locks(); }

void Engine::collect_ended() {
  for (const WaitEnd& end : dialect_->take_ended()) {
    if (end.error != db::ErrorClass::none) session(end.session).run->fail(end.error);
    runnable_.push_back(end.session);
  }
}

void Engine::commit_transaction(Session& s) {
  if (!s.transaction) return;
  const std::unique_ptr<Transaction> ended = std::move(s.transaction);
  dialect_->commit(*ended);
  collect_ended();
}

void Engine::rollback_transaction(Session& s) {
  if (!s.transaction) return;
  const std::unique_ptr<Transaction> ended = std::move(s.transaction);
  dialect_->rollback(*ended);
  collect_ended();
}

}  // namespace chronofault::sim
