// Locking scans (database 3.8): what a `select ... for update`, an update or a delete locks on its way through an
// index, and which rows it is handed.
//
// next() is a step that may be repeated: after a wait it looks the entry up by key again, because it may be gone, and
// repeats all steps for it. What was granted stays granted, also on records that turn out not to match, except where
// read committed gives one back (steps 9 and 10).
#pragma once

#include <optional>

#include <sim/database/plan.hpp>

#include "locks.hpp"

namespace chronofault::sim::innodb {

class LockingScan {
 public:
  enum class Use { select, update, remove };
  enum class Step { found, end, waits };

  LockingScan(LockSystem& locks, InnodbTransaction& transaction, Table& table, const db::Where& where, Mode mode,
              db::Wait wait, Use use);
  LockingScan(const LockingScan&) = delete;
  LockingScan& operator=(const LockingScan&) = delete;

  /// Throws Failure (nowait, deadlock).
  Step next();
  /// The row that next() found, locked.
  Row& row() const noexcept { return *row_; }
  const AccessPath& path() const noexcept { return path_; }
  /// Call before the statement waits elsewhere: entries may come and go meanwhile.
  void suspend();

 private:
  enum class Look { found, pass, end, waits };
  const KeyRange& range() const noexcept { return path_.ranges()[range_]; }
  void position();
  void end_range();
  Look look();
  Look look_at_row(Entry& entry, bool fresh);
  Look would_wait();
  Look would_wait_semi_consistently(Entry& entry);
  Kind kind_for(const Entry& entry) const noexcept;
  void check_snapshot(const Entry& row) const;
  bool changed_by_us(const Entry& entry) const noexcept;

  LockSystem& locks_;
  InnodbTransaction& transaction_;
  Table& table_;
  AccessPath path_;
  Index& index_;
  Mode mode_;
  db::Wait wait_;
  Use use_;
  bool relaxed_;  // read committed and below

  std::size_t range_ = 0;
  bool started_ = false;               // at_ is in range_
  bool passed_ = false;                // at_ was dealt with: go on behind it
  bool first_ = true;                  // at_ is the first record of the range
  bool reread_ = false;                // semi-consistent read: at_ is to be waited for in earnest
  std::optional<KeyBytes> suspended_;  // of at_, while it is not to be trusted
  Index::Position at_;
  Row* row_ = nullptr;
};

}  // namespace chronofault::sim::innodb
