#include "purge.hpp"

#include <algorithm>

#include <ports/assert.hpp>

#include "row_change.hpp"

namespace chronofault::sim::innodb {

void History::committed(const std::vector<UndoRecord>& undo, CommitNumber number) {
  for (const UndoRecord& u : undo) {
    if (u.kind == UndoRecord::Kind::insert) continue;
    ++u.row->history;
    records_.push_back(Record{number, u.table, u.row});
  }
}

void History::orphaned(const UndoRecord& undo) {
  if (undo.row->history != 0) return;
  const CommitNumber commit = undo.row->newest().commit;
  const auto at = std::upper_bound(records_.begin(), records_.end(), commit,
                                   [](CommitNumber c, const Record& record) { return c < record.commit; });
  ++undo.row->history;
  records_.insert(at, Record{commit, undo.table, undo.row});
}

void History::purge(CommitNumber until) {
  const CommitNumber oldest = views_.empty() ? until : std::min(until, *views_.begin());
  while (!records_.empty() && records_.front().commit <= oldest) {
    const Record record = records_.front();
    records_.pop_front();
    purge(record, oldest);
  }
}

void History::purge(const Record& record, CommitNumber oldest) {
  Table& table = *record.table;
  Row& row = *record.row;
  --row.history;
  // Whoever looks from `oldest` on sees this one or a newer one.
  std::size_t base = 0;
  const auto seen_by_all = [&](const Version& v) { return v.commit != 0 && v.commit <= oldest; };
  while (base + 1 < row.versions.size() && seen_by_all(row.versions[base + 1])) ++base;
  std::vector<ImagePtr> unseen;
  for (std::size_t i = 0; i < base; ++i) unseen.push_back(row.versions[i].image);
  row.versions.drop_oldest(base);
  const Version& oldest_left = row.versions.front();
  const bool dead = oldest_left.deleted && oldest_left.commit != 0 && oldest_left.commit <= oldest;
  if (dead) unseen.push_back(oldest_left.image);

  for (std::size_t number = 1; number < table.size(); ++number) {
    for (const ImagePtr& image : unseen) {
      const bool needed = std::any_of(row.versions.begin(), row.versions.end(), [&](const Version& v) {
        return !v.deleted && table.same_key(number, v.image->values, image->values);
      });
      if (needed) continue;
      const KeyBytes key = table.entry_key(number, image->values);
      const auto at = table.physical(number).entries.find(key);
      if (at != table.physical(number).entries.end() && at->second.deleted) {
        erase_entry(locks_, table.physical(number), key);
      }
    }
  }
  if (dead && row.versions.size() == 1 && row.history == 0) {
    const KeyBytes key = *row.entry->key;
    erase_entry(locks_, table.clustered(), key);
  }
}

}  // namespace chronofault::sim::innodb
