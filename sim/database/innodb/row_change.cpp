#include "row_change.hpp"

#include <ports/assert.hpp>

namespace chronofault::sim::innodb {

RowChange::RowChange(DatabaseStorage& storage, LockSystem& locks, InnodbTransaction& transaction, StatementRun& run,
                     Table& table, Mode duplicates)
    : storage_(storage), locks_(locks), transaction_(transaction), run_(run), table_(table), duplicates_(duplicates) {}

void RowChange::need_id() {
  if (transaction_.id == 0) locks_.activate(transaction_, storage_.next_transaction());
}

void RowChange::push(Row& row, ImagePtr image, bool deleted, UndoRecord::Kind kind) {
  Version version;
  version.writer = transaction_.id;
  version.image = std::move(image);
  version.deleted = deleted;
  version.record = run_.record();
  row.versions.push_back(std::move(version));
  row.entry->deleted = deleted;
  transaction_.undo.push_back(UndoRecord{kind, &table_, &row});
  placed_ = true;
}

void RowChange::begin_insert(db::Values values) {
  need_id();
  image_ = std::make_shared<const db::Image>(std::move(values));
  placed_ = false;
  duplicate_.reset();
}

void RowChange::begin_update(Row& row, db::Values values) {
  need_id();
  image_ = std::make_shared<const db::Image>(std::move(values));
  push(row, image_, false, UndoRecord::Kind::update);
}

void RowChange::begin_remove(Row& row) {
  need_id();
  image_ = row.newest().image;
  push(row, image_, true, UndoRecord::Kind::remove);
}

bool RowChange::go_on() {
  if (!placed_ && !place_in_clustered()) return duplicate_.has_value();
  UndoRecord& undo = this->undo();
  for (; undo.next_index < table_.size(); ++undo.next_index, undo.old_marked = false) {
    const std::size_t i = undo.next_index;
    if (undo.kind == UndoRecord::Kind::remove) {
      if (!mark_in_secondary(i, image_->values)) return false;
      continue;
    }
    if (undo.kind == UndoRecord::Kind::update) {
      const db::Values& before = undo.row->versions[undo.row->versions.size() - 2].image->values;
      if (table_.same_key(i, before, image_->values)) continue;
      if (!undo.old_marked && !mark_in_secondary(i, before)) return false;
      undo.old_marked = true;
    }
    if (!put_in_secondary(i)) return duplicate_.has_value();
  }
  return true;
}

bool RowChange::place_in_clustered() {
  Index& index = table_.clustered();
  KeyBytes key = table_.key_bytes(0, image_->values);
  const auto at = index.entries.lower_bound(key);
  Entry& entry = index.at(at);
  if (entry.supremum() || key < *entry.key) {
    if (locks_.insert_check(transaction_, index, entry) == Grant::waits) return false;
    auto row = std::make_unique<Row>();
    Row& made = *row;
    made.entry = &index.put(at, std::move(key), made);
    made.entry->owned = std::move(row);
    locks_.inserted(index, *made.entry, entry);
    push(made, image_, false, UndoRecord::Kind::insert);
    return true;
  }
  const Grant grant = locks_.read_lock(transaction_, index, entry, duplicates_, Kind::record, LockSystem::Else::wait);
  if (grant == Grant::waits) return false;
  run_.cite(entry.row->newest().record);
  if (!entry.deleted) {
    duplicate_ = 0;
    return false;
  }
  if (locks_.modify_clustered(transaction_, index, entry) == Grant::waits) return false;
  push(*entry.row, image_, false, UndoRecord::Kind::insert_by_modify);
  return true;
}

bool RowChange::key_is_free(std::size_t number, std::string_view key, std::optional<Index::Position>& place) {
  Index& index = table_.physical(number);
  Index::Position at = index.entries.lower_bound(key);
  if (at == index.entries.end() || !at->first.starts_with(key)) {
    place = at;
    return true;
  }
  for (;; ++at) {
    Entry& entry = index.at(at);
    const Grant grant =
        locks_.read_lock(transaction_, index, entry, duplicates_, Kind::next_key, LockSystem::Else::wait);
    if (grant == Grant::waits) return false;
    if (entry.supremum() || !entry.key->starts_with(key)) return true;
    if (entry.deleted) continue;
    run_.cite(entry.row->newest().record);
    duplicate_ = number;
    return false;
  }
}

bool RowChange::put_in_secondary(std::size_t number) {
  KeyBytes key = table_.key_bytes(number, image_->values);
  std::optional<Index::Position> place;
  if (table_.can_conflict(number, image_->values) && !key_is_free(number, key, place)) return false;
  Index& index = table_.physical(number);
  for (std::size_t column : table_.key_columns()) append(key, image_->values[column]);
  if (!place) place = index.entries.lower_bound(key);
  Entry& entry = index.at(*place);
  if (!entry.supremum() && key == *entry.key) {
    CF_ASSERT(entry.deleted && entry.row == undo().row);
    if (locks_.modify_secondary(transaction_, index, entry) == Grant::waits) return false;
    entry.deleted = false;
    return true;
  }
  if (locks_.insert_check(transaction_, index, entry) == Grant::waits) return false;
  Entry& made = index.put(*place, std::move(key), *undo().row);
  locks_.inserted(index, made, entry);
  return true;
}

bool RowChange::mark_in_secondary(std::size_t number, const db::Values& values) {
  Entry* entry = table_.find(number, values);
  CF_ASSERT(entry != nullptr);
  if (entry->deleted) return true;
  if (locks_.modify_secondary(transaction_, table_.physical(number), *entry) == Grant::waits) return false;
  entry->deleted = true;
  return true;
}

// --- undo -----------------------------------------------------------------------------------------------------------

void erase_entry(LockSystem& locks, Index& index, const KeyBytes& key) {
  const auto at = index.entries.find(key);
  CF_ASSERT(at != index.entries.end());
  locks.removing(index, at->second, index.at(std::next(at)));
  index.entries.erase(at);
}

namespace {

/// The entry of a key that the newest version brought: an older version may still need it.
void mark_or_erase(LockSystem& locks, Table& table, std::size_t number, const Row& row) {
  const db::Values& values = row.newest().image->values;
  for (std::size_t i = 0; i + 1 < row.versions.size(); ++i) {
    const Version& older = row.versions[i];
    if (older.deleted || !table.same_key(number, older.image->values, values)) continue;
    table.find(number, values)->deleted = true;
    return;
  }
  erase_entry(locks, table.physical(number), table.entry_key(number, values));
}

void undo_update(LockSystem& locks, const UndoRecord& undo) {
  Table& table = *undo.table;
  const Row& row = *undo.row;
  const db::Values& before = row.versions[row.versions.size() - 2].image->values;
  for (std::size_t i = 1; i < undo.next_index; ++i) {
    if (table.same_key(i, before, row.newest().image->values)) continue;
    mark_or_erase(locks, table, i, row);
    table.find(i, before)->deleted = false;
  }
  if (undo.old_marked) table.find(undo.next_index, before)->deleted = false;
}

void undo_one(LockSystem& locks, const UndoRecord& undo) {
  Table& table = *undo.table;
  Row& row = *undo.row;
  const ImagePtr image = row.newest().image;
  switch (undo.kind) {
    case UndoRecord::Kind::insert: {
      for (std::size_t i = 1; i < undo.next_index; ++i) {
        erase_entry(locks, table.physical(i), table.entry_key(i, image->values));
      }
      const KeyBytes key = *row.entry->key;
      erase_entry(locks, table.clustered(), key);
      return;
    }
    case UndoRecord::Kind::insert_by_modify:
      for (std::size_t i = 1; i < undo.next_index; ++i) mark_or_erase(locks, table, i, row);
      row.entry->deleted = true;
      break;
    case UndoRecord::Kind::update:
      undo_update(locks, undo);
      break;
    case UndoRecord::Kind::remove:
      for (std::size_t i = 1; i < undo.next_index; ++i) table.find(i, image->values)->deleted = false;
      row.entry->deleted = false;
      break;
  }
  row.versions.pop_back();
}

}  // namespace

void undo_to(LockSystem& locks, InnodbTransaction& transaction, std::size_t mark, std::vector<UndoRecord>& orphaned) {
  while (transaction.undo.size() > mark) {
    const UndoRecord undo = transaction.undo.back();
    transaction.undo.pop_back();
    CF_ASSERT(undo.row->newest().writer == transaction.id && undo.row->newest().commit == 0);
    undo_one(locks, undo);
    if (undo.kind == UndoRecord::Kind::insert_by_modify && undo.row->newest().commit != 0) orphaned.push_back(undo);
  }
}

}  // namespace chronofault::sim::innodb
