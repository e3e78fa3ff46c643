#include "table.hpp"

#include <algorithm>

#include <ports/assert.hpp>

namespace chronofault::sim::innodb {

const Version* Row::newest_committed(CommitNumber until) const noexcept {
  for (auto v = versions.rbegin(); v != versions.rend(); ++v) {
    if (v->commit != 0 && v->commit <= until) return &*v;
  }
  return nullptr;
}

Entry& Index::put(Position next, KeyBytes key, Row& row) {
  const Position position = entries.insert(next, std::move(key));
  position->second.key = &position->first;
  position->second.row = &row;
  return position->second;
}

Table::Table(TableSpec spec, Fractions fractions) : StoredTable(std::move(spec), fractions) {
  for (std::size_t i = 0; i < indexes().size(); ++i) {
    physical_.push_back(std::make_unique<Index>());
    physical_.back()->table = this;
    physical_.back()->number = i;
  }
}

KeyBytes Table::entry_key(std::size_t index, const db::Values& values) const {
  KeyBytes key = key_bytes(index, values);
  for (std::size_t column : key_columns()) append(key, values[column]);
  return key;
}

bool Table::has_key(std::size_t index, std::string_view entry, const db::Values& values) const {
  return entry.starts_with(key_bytes(index, values));
}

Entry* Table::find(std::size_t index, const db::Values& values) {
  const auto at = physical(index).entries.find(entry_key(index, values));
  return at == physical(index).entries.end() ? nullptr : &at->second;
}

void Table::load(ImagePtr image, CommitNumber commit) {
  const db::Values& values = image->values;
  KeyBytes key = key_bytes(0, values);
  CF_ASSERT(!clustered().entries.contains(key));
  auto row = std::make_unique<Row>();
  for (std::size_t i = 1; i < size(); ++i) {
    Index& index = physical(i);
    if (can_conflict(i, values)) {
      const auto same = index.entries.lower_bound(key_bytes(i, values));
      CF_ASSERT(same == index.entries.end() || !has_key(i, same->first, values));
    }
    KeyBytes entry = entry_key(i, values);
    const auto place = index.entries.lower_bound(entry);
    index.put(place, std::move(entry), *row);
  }
  Version version;
  version.commit = commit;
  version.image = std::move(image);
  row->versions.push_back(std::move(version));
  const auto place = clustered().entries.lower_bound(key);
  row->entry = &clustered().put(place, std::move(key), *row);
  row->entry->owned = std::move(row);
}

std::vector<ImagePtr> Table::committed(CommitNumber until) const {
  std::vector<ImagePtr> images;
  for (const auto& [key, entry] : physical_.front()->entries) {
    const Version* version = entry.row->newest_committed(until);
    if (version != nullptr && !version->deleted) images.push_back(version->image);
  }
  return images;
}

// What purge and the undo of open transactions would leave: one committed version per row that is alive.
void Table::recover(CommitNumber until) {
  struct Survivor {
    ImagePtr image;
    CommitNumber commit;
    RecordId record;
  };
  std::vector<Survivor> survivors;
  bool pristine = true;
  for (const auto& [key, entry] : clustered().entries) {
    const Version* version = entry.row->newest_committed(until);
    pristine = pristine && entry.row->versions.size() == 1 && version != nullptr && !version->deleted;
    if (version != nullptr && !version->deleted) {
      survivors.push_back(Survivor{version->image, version->commit, version->record});
    }
  }
  for (const auto& index : physical_) {
    index->queue.clear();
    index->waiting = 0;
    index->max_trx = 0;
    index->supremum.locks.clear();
    for (auto& [key, entry] : index->entries) {
      entry.locks.clear();
      if (index->clustered()) entry.row->history = 0;
    }
  }
  if (pristine) return;
  clear();
  for (Survivor& s : survivors) {
    const KeyBytes key = key_bytes(0, s.image->values);
    load(std::move(s.image), s.commit);
    clustered().entries.find(key)->second.row->versions.back().record = s.record;
  }
}

void Table::clear() {
  for (std::size_t i = size(); i-- > 0;) physical(i).entries.clear();
}

std::string Table::flaw() const {
  const auto& rows = physical_.front()->entries;
  for (const auto& index : physical_) {
    if (!index->queue.empty() || !index->supremum.locks.empty()) return "lock objects are left";
    if (index->entries.size() != rows.size()) return "entries without rows in " + indexes()[index->number].name;
    for (const auto& [key, entry] : index->entries) {
      if (!entry.locks.empty()) return "locks are left on an entry of " + indexes()[index->number].name;
      if (entry.deleted) return "a marked entry is left in " + indexes()[index->number].name;
      if (entry.row->versions.size() != 1) return "old versions are left";
      if (entry.row->newest().commit == 0 || entry.row->newest().deleted) return "a version that nobody can see";
      if (entry.row->history != 0) return "history is left";
      if (!has_key(index->number, key, entry.row->newest().image->values)) {
        return "an entry of another key in " + indexes()[index->number].name;
      }
    }
  }
  return {};
}

RecordId Table::written_by(const Key& key) const {
  const auto at = physical_.front()->entries.find(bytes_of(key));
  return at == physical_.front()->entries.end() ? 0 : at->second.row->newest().record;
}

}  // namespace chronofault::sim::innodb
