// Changes of single rows, and their undo (database 3.9, 3.10, 3.12).
//
// A change is begun once and then carried on: clustered index first, then each secondary index in order of declaration.
// go_on() is a step that may be repeated after a wait; how far it came stands in the undo record, so that a change that
// fails or is given up half-way is undone as far as it was done.
#pragma once

#include <optional>

#include "locks.hpp"

namespace chronofault::sim::innodb {

/// Undoes a transaction's changes down to `mark`, last to first. Rows of which only a committed delete is left are told
/// to `orphaned`: purge has passed them already, or will.
void undo_to(LockSystem& locks, InnodbTransaction& transaction, std::size_t mark, std::vector<UndoRecord>& orphaned);
/// Takes an entry out of its index; its locks go to the next one.
void erase_entry(LockSystem& locks, Index& index, const KeyBytes& key);

class RowChange {
 public:
  /// `duplicates`: the mode in which keys that may be in the way are locked: exclusive in an upsert.
  RowChange(DatabaseStorage& storage, LockSystem& locks, InnodbTransaction& transaction, StatementRun& run,
            Table& table, Mode duplicates);
  RowChange(const RowChange&) = delete;
  RowChange& operator=(const RowChange&) = delete;

  void begin_insert(db::Values values);
  void begin_update(Row& row, db::Values values);
  void begin_remove(Row& row);
  /// False: it waits. Throws Failure (deadlock). True: it is done, unless a key is taken.
  bool go_on();
  /// The index in which a key is taken.
  const std::optional<std::size_t>& duplicate() const noexcept { return duplicate_; }

 private:
  bool place_in_clustered();
  bool put_in_secondary(std::size_t number);
  bool mark_in_secondary(std::size_t number, const db::Values& values);
  /// False: it waits, or duplicate_ is set. True with a place: no entry begins with the key, and there it belongs.
  bool key_is_free(std::size_t number, std::string_view key, std::optional<Index::Position>& place);
  void push(Row& row, ImagePtr image, bool deleted, UndoRecord::Kind kind);
  void need_id();
  UndoRecord& undo() { return transaction_.undo.back(); }

  DatabaseStorage& storage_;
  LockSystem& locks_;
  InnodbTransaction& transaction_;
  StatementRun& run_;
  Table& table_;
  Mode duplicates_;
  ImagePtr image_;  // as the row will be
  bool placed_ = false;
  std::optional<std::size_t> duplicate_;
};

}  // namespace chronofault::sim::innodb
