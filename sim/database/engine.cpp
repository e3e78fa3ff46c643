#include <algorithm>

#include <ports/assert.hpp>
#include <sim/database/engine.hpp>

namespace chronofault::sim {

Engine::Engine(DatabaseStorage& storage, EngineSettings settings, StatementObserver* observer)
    : storage_(&storage), settings_(settings), observer_(observer) {
  storage_->recover();
}

// What was open is as it is after a crash: recover() of the next engine removes it, readers see committed rows only.
Engine::~Engine() = default;

Engine::Session& Engine::session(SessionId id) {
  const auto at = sessions_.find(id);
  CF_ASSERT(at != sessions_.end());
  return at->second;
}

SessionId Engine::open() {
  sessions_.emplace(++last_session_, Session(settings_.default_isolation));
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
  Session& killed = session(id);
  if (killed.run) {
    if (!end_wait(id, db::ErrorClass::connection_lost)) killed.pending = db::ErrorClass::connection_lost;
    killed.gone = true;
    return;
  }
  rollback_transaction(killed);
  sessions_.erase(id);
}

void Engine::begin(SessionId id, std::optional<db::Isolation> level) {
  Session& s = session(id);
  commit_transaction(s);
  s.autocommit = false;
  s.level = level.value_or(settings_.default_isolation);
}

void Engine::commit(SessionId id) {
  Session& s = session(id);
  CF_ASSERT(!s.run);
  commit_transaction(s);
  s.autocommit = true;
}

void Engine::rollback(SessionId id) {
  Session& s = session(id);
  CF_ASSERT(!s.run);
  rollback_transaction(s);
  s.autocommit = true;
}

void Engine::reset(SessionId id) {
  rollback(id);
  session(id).level = settings_.default_isolation;
}

std::optional<Answer> Engine::execute(SessionId id, std::shared_ptr<const db::Statement> statement, WallTime now) {
  Session& s = session(id);
  CF_ASSERT(!s.run);
  const bool writes = db::kind_of(*statement) != db::StatementKind::select;
  if (writes && settings_.read_only) return Answer(db::ErrorClass::read_only, "the server runs read-only");
  if (writes && settings_.disk_full) return Answer(db::ErrorClass::disk_full, "no space left on device");
  if (!s.transaction) s.transaction = std::make_unique<Transaction>(storage_->next_transaction(), id, s.level);
  s.run = std::make_unique<StatementRun>(*storage_, locks_, observer_, *s.transaction, s.autocommit,
                                         std::move(statement), now);
  return advance(id, s);
}

std::optional<Answer> Engine::resume(SessionId id) {
  Session& s = session(id);
  CF_ASSERT(s.run && s.transaction->waits_at == nullptr);
  return advance(id, s);
}

std::optional<Answer> Engine::advance(SessionId id, Session& s) {
  Answer answer;
  try {
    if (s.pending != db::ErrorClass::none) throw Failure{std::exchange(s.pending, db::ErrorClass::none), "wait ended"};
    if (!s.run->advance()) {
      collect_granted();
      return std::nullopt;
    }
    answer.result = s.run->take_result();
    if (s.autocommit) commit_transaction(s);
  } catch (const Failure& failure) {
    answer = Answer(failure.error, failure.what);
    const bool whole = failure.error == db::ErrorClass::deadlock || failure.error == db::ErrorClass::connection_lost;
    if (whole || s.autocommit) {
      rollback_transaction(s);
    } else {
      undo_to(*s.transaction, s.run->undo_mark());
    }
  }
  s.run.reset();
  collect_granted();
  if (s.gone) {
    rollback_transaction(s);
    sessions_.erase(id);
  }
  return answer;
}

bool Engine::end_wait(SessionId id, db::ErrorClass error) {
  Session& s = session(id);
  if (!s.transaction || s.transaction->waits_at == nullptr) return false;
  locks_.cancel_wait(*s.transaction);
  s.pending = error;
  runnable_.push_back(id);
  collect_granted();
  return true;
}

std::optional<SessionId> Engine::take_runnable() {
  if (runnable_.empty()) return std::nullopt;
  const SessionId next = runnable_.front();
  runnable_.pop_front();
  return next;
}

bool Engine::waiting(SessionId id) const {
  const auto at = sessions_.find(id);
  return at != sessions_.end() && at->second.transaction && at->second.transaction->waits_at != nullptr;
}

std::size_t Engine::open_transactions() const {
  return static_cast<std::size_t>(
      std::count_if(sessions_.begin(), sessions_.end(), [](const auto& s) { return s.second.transaction != nullptr; }));
}

void Engine::collect_granted() {
  for (SessionId id : locks_.take_granted()) runnable_.push_back(id);
}

void Engine::undo_to(Transaction& transaction, std::size_t mark) {
  while (transaction.undo.size() > mark) {
    const Transaction::At at = transaction.undo.back();
    transaction.undo.pop_back();
    CF_ASSERT(at.record->newest()->writer == transaction.id && at.record->newest()->commit == 0);
    at.table->pop(*at.record);
  }
}

void Engine::commit_transaction(Session& s) {
  if (!s.transaction) return;
  Transaction& transaction = *s.transaction;
  if (!transaction.undo.empty()) {
    const CommitNumber number = storage_->next_commit();
    for (const Transaction::At& at : transaction.undo) {
      for (Version& v : at.record->versions) {
        if (v.commit == 0) v.commit = number;
      }
    }
  }
  std::vector<Transaction::At> changed = std::move(transaction.undo);
  release(s, std::move(changed));
}

void Engine::rollback_transaction(Session& s) {
  if (!s.transaction) return;
  std::vector<Transaction::At> changed = s.transaction->undo;
  undo_to(*s.transaction, 0);
  release(s, std::move(changed));
}

void Engine::release(Session& s, std::vector<Transaction::At> changed) {
  const std::unique_ptr<Transaction> ended = std::move(s.transaction);
  const bool had_view = ended->view.has_value();
  const CommitNumber oldest = oldest_view();
  for (const Transaction::At& at : changed) trim(at, oldest);  // while the rows are locked, so that they exist
  locks_.release_all(*ended);
  collect_granted();
  if (!had_view || untrimmed_.empty()) return;
  for (auto& [table, key] : std::exchange(untrimmed_, {})) {
    const auto row = table->rows().find(key);
    if (row == table->rows().end()) continue;
    trim({table, &row->second}, oldest);
    table->drop_if_empty(row->second);
  }
}

CommitNumber Engine::oldest_view() const noexcept {
  CommitNumber oldest = storage_->committed_until();
  for (const auto& [id, s] : sessions_) {
    if (s.transaction && s.transaction->view) oldest = std::min(oldest, *s.transaction->view);
  }
  return oldest;
}

void Engine::trim(const Transaction::At& at, CommitNumber oldest) {
  at.table->trim(*at.record, oldest);
  const Version* newest = at.record->newest();
  const bool kept = at.record->versions.size() > 1 || (newest != nullptr && !newest->image);
  if (kept) untrimmed_.emplace_back(at.table, *at.record->key);
}

}  // namespace chronofault::sim
