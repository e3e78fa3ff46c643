// Purge and read views (database 3.12): which versions somebody may still want to see, and the removal of the others.
//
// A committed transaction leaves a record per row whose old version it superseded. Once no open read view is older than
// that commit, the row loses its older versions, the marked secondary entries that no remaining version needs, and, if
// its newest version is a deleted one, its last entry. Removal moves locks and wakes waiters as 3.5 says.
#pragma once

#include <deque>
#include <set>
#include <vector>

#include "locks.hpp"

namespace chronofault::sim::innodb {

class History {
 public:
  explicit History(LockSystem& locks) : locks_(locks) {}

  void open_view(CommitNumber view) { views_.insert(view); }
  void close_view(CommitNumber view) { views_.erase(views_.find(view)); }

  void committed(const std::vector<UndoRecord>& undo, CommitNumber number);
  /// The insert over a committed delete was undone: the row is to be looked at again.
  void orphaned(const UndoRecord& undo);
  void purge(CommitNumber until);
  bool empty() const noexcept { return records_.empty(); }

 private:
  struct Record {
    CommitNumber commit;
    Table* table;
    Row* row;
  };
  void purge(const Record& record, CommitNumber oldest);

  LockSystem& locks_;
  std::multiset<CommitNumber> views_;
  std::deque<Record> records_;  // in order of commits
};

}  // namespace chronofault::sim::innodb
