#include "innodb.hpp"

#include <algorithm>

#include <ports/assert.hpp>
#include <ports/mutant.hpp>

#include "../row_values.hpp"
#include "purge.hpp"
#include "row_change.hpp"
#include "scan.hpp"

namespace chronofault::sim::innodb {

namespace {

using db::ErrorClass;
using db::Isolation;

class InnodbEngine final : public DialectEngine {
 public:
  InnodbEngine(DatabaseStorage& storage, bool first_committer_wins)
      : storage_(storage), first_committer_wins_(first_committer_wins), history_(locks_) {}

  Isolation default_isolation() const noexcept override { return Isolation::repeatable_read; }
  bool supports(Isolation) const noexcept override { return true; }
  Isolation autocommit_isolation(Isolation level) const noexcept override { return level; }
  bool ends_transaction(ErrorClass error) const noexcept override {
    return error == ErrorClass::deadlock || error == ErrorClass::connection_lost || error == ErrorClass::serialization;
  }
  bool leaves_failed_block() const noexcept override { return false; }

  std::unique_ptr<Transaction> begin(SessionId session, Isolation level, bool autocommit) override {
    auto transaction = std::make_unique<InnodbTransaction>(session, level, autocommit);
    transaction->first_committer_wins = first_committer_wins_ && level == Isolation::repeatable_read;
    return transaction;
  }
  void statement_ended(Transaction& transaction) noexcept override { of(transaction).upserting = false; }
  void undo_statement(Transaction& transaction) override { undo(of(transaction), of(transaction).statement_undo); }
  std::vector<RowImage> changes(const Transaction& changing) const override;
  void commit(Transaction& ending) override;
  void rollback(Transaction& transaction) override {
    undo(of(transaction), 0);
    end(of(transaction));
  }

  void cancel_wait(Transaction& transaction) override { locks_.cancel_wait(of(transaction)); }
  bool deadlocked(const Transaction&) const override { return false; }  // found when the wait began
  void purge(CommitNumber until) override { history_.purge(until); }
  bool purgeable() const noexcept override { return !history_.empty(); }
  std::size_t waiting() const noexcept override { return locks_.waiting(); }
  std::size_t locks() const noexcept override { return locks_.objects(); }
  std::vector<WaitEnd> take_ended() override { return locks_.take_ended(); }

 private:
  static InnodbTransaction& of(Transaction& transaction) { return static_cast<InnodbTransaction&>(transaction); }
  Table& table_of(const StatementRun& run) { return static_cast<Table&>(storage_.table_of(run.statement())); }
  void statement_begins(const StatementRun& run) override;
  Task<> select(StatementRun* run) override;
  Task<> insert(StatementRun* run) override;
  Task<> update(StatementRun* run) override;
  Task<> upsert(StatementRun* run) override;
  Task<> remove(StatementRun* run) override;
  Task<> plain_select(StatementRun* run);
  Task<> locking_select(StatementRun* run, Mode mode);
  void undo(InnodbTransaction& transaction, std::size_t mark);
  void end(InnodbTransaction& transaction);

  DatabaseStorage& storage_;
  bool first_committer_wins_;
  LockSystem locks_;
  History history_;
};

void InnodbEngine::statement_begins(const StatementRun& run) {
  InnodbTransaction& transaction = of(run.transaction());
  transaction.statement_undo = transaction.undo.size();
}

Task<> InnodbEngine::select(StatementRun* run) {
  const InnodbTransaction& transaction = of(run->transaction());
  const db::Lock lock = std::get<db::Select>(run->statement()).lock;
  if (lock == db::Lock::update) return locking_select(run, Mode::exclusive);
  const bool serializable = transaction.level == Isolation::serializable && !transaction.autocommit;
  if (lock == db::Lock::share || serializable) return locking_select(run, Mode::shared);
  return plain_select(run);
}

/// What a read view shows of a row (database 3.2). Null: nothing.
const Version* visible(const Row& row, CommitNumber view, const InnodbTransaction& reader) noexcept {
  for (auto v = row.versions.rbegin(); v != row.versions.rend(); ++v) {
    if (v->commit != 0 ? v->commit <= view : v->writer == reader.id) return v->deleted ? nullptr : &*v;
  }
  return nullptr;
}

Task<> InnodbEngine::plain_select(StatementRun* run) {
  InnodbTransaction& transaction = of(run->transaction());
  const db::Select& select = std::get<db::Select>(run->statement());
  Table& table = table_of(*run);
  const bool keeps_view = transaction.level >= Isolation::repeatable_read;
  if (MUTANT("read-view-per-statement-at-rr", keeps_view, false) && !transaction.view) {
    transaction.view = storage_.committed_until();
    history_.open_view(*transaction.view);
  }
  const CommitNumber view = transaction.view.value_or(storage_.committed_until());
  const bool dirty =
      MUTANT("uncommitted-read-at-rc", transaction.level == Isolation::read_uncommitted, transaction.read_committed());
  const AccessPath path(table, select.where);
  Index& index = table.physical(path.index());
  const std::size_t limit = scan_limit(select);
  std::vector<ImagePtr> images;
  for (const KeyRange& range : path.ranges()) {
    for (auto at = range.first(index.entries); at != index.entries.end() && images.size() < limit; ++at) {
      if (!range.whole() && range.place(at->first) == KeyRange::Place::beyond) break;
      const Row& row = *at->second.row;
      const Version* version = visible(row, view, transaction);
      if (dirty) version = row.newest().deleted ? nullptr : &row.newest();
      if (version == nullptr) continue;
      const db::Values& values = version->image->values;
      if (!index.clustered() && !table.has_key(index.number, at->first, values)) continue;
      if (!path.residual(values)) continue;
      run->cite(version->record);
      images.push_back(version->image);
    }
  }
  answer_rows(table, select, std::move(images), run->result());
  co_return;
}

Task<> InnodbEngine::locking_select(StatementRun* run, Mode mode) {
  InnodbTransaction& transaction = of(run->transaction());
  const db::Select& select = std::get<db::Select>(run->statement());
  Table& table = table_of(*run);
  locks_.lock_table(transaction, table, mode == Mode::exclusive);
  LockingScan scan(locks_, transaction, table, select.where, mode, select.wait, LockingScan::Use::select);
  const std::size_t limit = scan_limit(select);
  std::vector<ImagePtr> images;
  while (images.size() < limit) {
    const LockingScan::Step step = scan.next();
    if (step == LockingScan::Step::end) break;
    if (step == LockingScan::Step::waits) {
      co_await run->wait();
      continue;
    }
    run->cite(scan.row().newest().record);
    images.push_back(scan.row().newest().image);
  }
  answer_rows(table, select, std::move(images), run->result());
}

/// What an update or a delete goes over, and what it does to each row found.
struct RowsToChange {
  RowsToChange(DatabaseStorage& storage, LockSystem& locks, StatementRun& run, Table& table, const db::Where& where,
               LockingScan::Use use)
      : scan(locks, locked(locks, run, table), table, where, Mode::exclusive, db::Wait::block, use),
        change(storage, locks, static_cast<InnodbTransaction&>(run.transaction()), run, table, Mode::shared) {}
  LockingScan scan;
  RowChange change;

 private:
  /// The table's lock comes before everything else.
  static InnodbTransaction& locked(LockSystem& locks, StatementRun& run, Table& table) {
    auto& transaction = static_cast<InnodbTransaction&>(run.transaction());
    locks.lock_table(transaction, table, true);
    return transaction;
  }
};

Task<> InnodbEngine::update(StatementRun* run) {
  const db::Update& statement = std::get<db::Update>(run->statement());
  Table& table = table_of(*run);
  RowsToChange rows_to_change(storage_, locks_, *run, table, statement.where, LockingScan::Use::update);
  auto& [scan, change] = rows_to_change;
  // A scan whose own index changes would meet its rows again: it ends first (database 3.9).
  const IndexShape& via = table.indexes()[scan.path().index()];
  const auto changes = [&](std::size_t column) {
    return table.spec().columns[column].on_update_now ||
           std::any_of(statement.set.begin(), statement.set.end(),
                       [&](const db::Assignment& a) { return table.column(a.column) == column; });
  };
  const bool collect = scan.path().index() != 0 && std::any_of(via.columns.begin(), via.columns.end(), changes);
  std::vector<Row*> rows;
  std::int64_t matched = 0;
  for (std::size_t next = 0;;) {
    Row* row = nullptr;
    if (next == 0) {
      const LockingScan::Step step = scan.next();
      if (step == LockingScan::Step::waits) {
        co_await run->wait();
        continue;
      }
      if (step == LockingScan::Step::found) {
        row = &scan.row();
        ++matched;
        run->cite(row->newest().record);
        if (collect) {
          rows.push_back(row);
          continue;
        }
      }
    }
    if (row == nullptr) {
      if (next == rows.size()) break;
      row = rows[next++];
    }
    const db::Values& before = row->newest().image->values;
    db::Values after = assigned(table, before, statement.set, run->now());
    if (after == before) continue;
    change.begin_update(*row, std::move(after));
    while (!change.go_on()) {
      scan.suspend();
      co_await run->wait();
    }
    if (change.duplicate()) throw Failure(ErrorClass::duplicate_key, table.indexes()[*change.duplicate()].name);
  }
  run->result().count = matched;
}

Task<> InnodbEngine::remove(StatementRun* run) {
  const db::Where& where = std::get<db::Delete>(run->statement()).where;
  RowsToChange rows_to_change(storage_, locks_, *run, table_of(*run), where, LockingScan::Use::remove);
  auto& [scan, change] = rows_to_change;
  for (;;) {
    const LockingScan::Step step = scan.next();
    if (step == LockingScan::Step::end) break;
    if (step == LockingScan::Step::waits) {
      co_await run->wait();
      continue;
    }
    run->cite(scan.row().newest().record);
    change.begin_remove(scan.row());
    while (!change.go_on()) {
      scan.suspend();
      co_await run->wait();
    }
    ++run->result().count;
  }
}

Task<> InnodbEngine::insert(StatementRun* run) {
  InnodbTransaction& transaction = of(run->transaction());
  Table& table = table_of(*run);
  const db::Insert& statement = std::get<db::Insert>(run->statement());
  db::Values values = complete_row(table, statement, run->now(), run->result().generated_id);
  std::int64_t id = 0;
  if (const auto& generated = table.generated()) id = std::get<std::int64_t>(values[*generated]);
  locks_.lock_table(transaction, table, true);
  RowChange change(storage_, locks_, transaction, *run, table, Mode::shared);
  change.begin_insert(std::move(values));
  while (!change.go_on()) co_await run->wait();
  if (change.duplicate()) throw Failure(ErrorClass::duplicate_key, table.indexes()[*change.duplicate()].name);
  table.seen_id(id);
  run->result().count = 1;
}

Task<> InnodbEngine::upsert(StatementRun* run) {
  InnodbTransaction& transaction = of(run->transaction());
  Table& table = table_of(*run);
  const db::Upsert& statement = std::get<db::Upsert>(run->statement());
  const db::Values values = complete_row(table, statement.row, run->now(), run->result().generated_id);
  locks_.lock_table(transaction, table, true);
  transaction.upserting = true;
  RowChange change(storage_, locks_, transaction, *run, table, Mode::exclusive);
  change.begin_insert(values);
  while (!change.go_on()) co_await run->wait();
  if (!change.duplicate()) {
    if (const auto& generated = table.generated()) table.seen_id(std::get<std::int64_t>(values[*generated]));
    run->result().count = 1;
    co_return;
  }
  run->result().generated_id.reset();
  undo(transaction, transaction.statement_undo);
  const std::size_t taken = *change.duplicate();
  const db::Where same(taken == 0 ? std::string_view("pk") : table.indexes()[taken].name, table.key_of(taken, values));
  LockingScan scan(locks_, transaction, table, same, Mode::exclusive, db::Wait::block, LockingScan::Use::update);
  LockingScan::Step step = scan.next();
  while (step == LockingScan::Step::waits) {
    co_await run->wait();
    step = scan.next();
  }
  CF_ASSERT(step == LockingScan::Step::found);  // the duplicate check has locked it
  Row& row = scan.row();
  const db::Values& before = row.newest().image->values;
  db::Values after = assigned(table, before, statement.set, run->now());
  run->result().count = 1;
  if (after == before) co_return;
  RowChange modification(storage_, locks_, transaction, *run, table, Mode::exclusive);
  modification.begin_update(row, std::move(after));
  while (!modification.go_on()) co_await run->wait();
  if (modification.duplicate()) {
    throw Failure(ErrorClass::duplicate_key, table.indexes()[*modification.duplicate()].name);
  }
  run->result().count = 2;
}

std::vector<RowImage> InnodbEngine::changes(const Transaction& changing) const {
  const auto& transaction = static_cast<const InnodbTransaction&>(changing);
  std::vector<RowImage> images;
  for (std::size_t i = 0; i < transaction.undo.size(); ++i) {
    const UndoRecord& undo = transaction.undo[i];
    const auto again = [&](const UndoRecord& later) { return later.row == undo.row; };
    if (std::any_of(transaction.undo.begin() + static_cast<std::ptrdiff_t>(i) + 1, transaction.undo.end(), again)) {
      continue;
    }
    const Version& newest = undo.row->newest();
    images.emplace_back(undo.table->spec().name, undo.table->key_of(0, newest.image->values),
                        newest.deleted ? nullptr : newest.image);
  }
  return images;
}

void InnodbEngine::undo(InnodbTransaction& transaction, std::size_t mark) {
  std::vector<UndoRecord> orphaned;
  undo_to(locks_, transaction, mark, orphaned);
  for (const UndoRecord& undo : orphaned) history_.orphaned(undo);
}

void InnodbEngine::commit(Transaction& ending) {
  InnodbTransaction& transaction = of(ending);
  if (!transaction.undo.empty()) {
    const CommitNumber number = storage_.next_commit();
    for (const UndoRecord& undo : transaction.undo) undo.row->versions.commit(number);
    history_.committed(transaction.undo, number);
    if (Binlog* binlog = storage_.binlog()) binlog->committed(number, changes(transaction));
  }
  end(transaction);
}

void InnodbEngine::end(InnodbTransaction& transaction) {
  if (transaction.view) history_.close_view(*transaction.view);
  locks_.release(transaction);
}

}  // namespace

std::unique_ptr<DialectEngine> make_engine(DatabaseStorage& storage, bool first_committer_wins) {
  return std::make_unique<InnodbEngine>(storage, first_committer_wins);
}

}  // namespace chronofault::sim::innodb
