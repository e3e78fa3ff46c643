#include "scan.hpp"

#include <ports/assert.hpp>
#include <ports/mutant.hpp>

namespace chronofault::sim::innodb {

LockingScan::LockingScan(LockSystem& locks, InnodbTransaction& transaction, Table& table, const db::Where& where,
                         Mode mode, db::Wait wait, Use use)
    : locks_(locks),
      transaction_(transaction),
      table_(table),
      path_(table, where),
      index_(table.physical(path_.index())),
      mode_(mode),
      wait_(wait),
      use_(use),
      relaxed_(transaction.read_committed()) {}

LockingScan::Step LockingScan::next() {
  while (range_ < path_.ranges().size()) {
    position();
    switch (look()) {
      case Look::found:
        passed_ = true;
        if (path_.unique_lookup()) end_range();
        return Step::found;
      case Look::waits:
        suspend();
        return Step::waits;
      case Look::pass:
        passed_ = true;
        break;
      case Look::end:
        end_range();
        break;
    }
  }
  return Step::end;
}

void LockingScan::end_range() {
  ++range_;
  started_ = passed_ = reread_ = false;
  suspended_.reset();
}

void LockingScan::suspend() {
  if (started_ && !suspended_ && at_ != index_.entries.end()) suspended_ = at_->first;
}

void LockingScan::position() {
  if (suspended_) {
    at_ = index_.entries.lower_bound(*suspended_);
    if (at_ == index_.entries.end() || *suspended_ != at_->first) {
      first_ = passed_ = reread_ = false;  // it is gone: its successor
    }
    suspended_.reset();
  }
  if (!started_) {
    at_ = range().first(index_.entries);
    started_ = first_ = true;
    passed_ = false;
  } else if (passed_) {
    ++at_;
    first_ = passed_ = reread_ = false;
  }
}

// Step 3. `eq` or `ge` with a complete primary key that is there: no gap.
Kind LockingScan::kind_for(const Entry& entry) const noexcept {
  if (relaxed_) return Kind::record;
  if (!index_.clustered() || !first_) return Kind::next_key;
  const KeyRange& range = this->range();
  const bool bound = range.low && range.low->inclusive;
  const bool complete = range.columns + (bound ? 1 : 0) == table_.key_columns().size();
  return complete && *entry.key == (bound ? range.low->key : range.prefix) ? Kind::record : Kind::next_key;
}

bool LockingScan::changed_by_us(const Entry& entry) const noexcept {
  const Version& newest = entry.row->newest();
  return newest.commit == 0 && newest.writer == transaction_.id;
}

LockingScan::Look LockingScan::would_wait() {
  if (wait_ == db::Wait::skip_locked) return Look::pass;
  CF_ASSERT(wait_ == db::Wait::no_wait);
  throw Failure(db::ErrorClass::no_wait, table_.spec().name);
}

// What is committed decides whether the row is worth waiting for.
LockingScan::Look LockingScan::would_wait_semi_consistently(Entry& entry) {
  const Version* committed = entry.row->newest_committed();
  if (committed == nullptr || committed->deleted || !path_.matches(committed->image->values)) return Look::pass;
  reread_ = true;
  return look();
}

LockingScan::Look LockingScan::look() {
  using Else = LockSystem::Else;
  Entry& entry = index_.at(at_);
  const bool locks_gaps = MUTANT("lost-gap-lock", !relaxed_, false);
  if (entry.supremum()) {  // 1
    if (locks_gaps) locks_.read_lock(transaction_, index_, entry, mode_, Kind::next_key, Else::wait);
    return Look::end;
  }
  if (range().equality() && !entry.key->starts_with(range().prefix)) {  // 2
    if (locks_gaps) locks_.read_lock(transaction_, index_, entry, mode_, Kind::gap, Else::wait);
    return Look::end;
  }
  const bool unique = path_.unique_lookup();
  const Kind kind = kind_for(entry);
  if (relaxed_ && entry.deleted) {  // 4
    if (locks_.implicit_holder(transaction_, index_, entry, true) == nullptr) {
      return unique && index_.clustered() ? Look::end : Look::pass;
    }
  }
  const bool semi_consistent = use_ == Use::update && relaxed_ && index_.clustered() && !unique && !reread_;
  const Else otherwise = wait_ == db::Wait::block && !semi_consistent ? Else::wait : Else::refuse;
  const Grant grant = locks_.read_lock(transaction_, index_, entry, mode_, kind, otherwise);  // 5
  if (grant == Grant::waits) return Look::waits;
  if (grant == Grant::refused) return semi_consistent ? would_wait_semi_consistently(entry) : would_wait();
  reread_ = false;
  if (entry.deleted) return unique && index_.clustered() ? Look::end : Look::pass;  // 6
  if (!index_.clustered()) {
    const bool beyond = range().place(*entry.key) == KeyRange::Place::beyond;
    if (use_ == Use::select && range().bounded() && beyond) return Look::end;  // 7
    Entry& row = *entry.row->entry;
    const Grant on_row = locks_.read_lock(transaction_, table_.clustered(), row, mode_, Kind::record,
                                          wait_ == db::Wait::block ? Else::wait : Else::refuse);  // 8
    if (on_row == Grant::waits) return Look::waits;
    if (on_row == Grant::refused) return would_wait();
    if (row.deleted) return Look::pass;
    check_snapshot(row);
  }
  if (index_.clustered()) check_snapshot(entry);
  return look_at_row(entry, grant == Grant::fresh);
}

// innodb_snapshot_isolation (database 3.16): the first committer wins.
void LockingScan::check_snapshot(const Entry& row) const {
  if (!transaction_.first_committer_wins || !transaction_.view || changed_by_us(row)) return;
  if (row.row->newest().commit > *transaction_.view) {
    throw Failure(db::ErrorClass::serialization, "the row has changed since the read view was opened");
  }
}

LockingScan::Look LockingScan::look_at_row(Entry& entry, bool fresh) {
  const bool may_unlock = relaxed_ && index_.clustered() && fresh && !changed_by_us(entry);
  if (range().place(*entry.key) == KeyRange::Place::beyond) {  // 9
    if (may_unlock) locks_.unlock(transaction_, index_, entry, mode_);
    return Look::end;
  }
  if (path_.residual(entry.row->newest().image->values)) {  // 10
    row_ = entry.row;
    return Look::found;
  }
  const bool constant_table = use_ == Use::select && path_.unique_lookup();
  if (may_unlock && !constant_table) locks_.unlock(transaction_, index_, entry, mode_);
  return path_.unique_lookup() ? Look::end : Look::pass;  // 11
}

}  // namespace chronofault::sim::innodb
