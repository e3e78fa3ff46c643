// What a primary tells its replicas: its commits in their order, each with the rows that it left behind (database 5.3).
// It is kept with the rows, so that it survives the server's process. A replica writes one of its own as it carries the
// primary's out: after a failover the others go on from it where they were.
//
// Under AFTER_SYNC an entry is written, and sent, before its commit: prepare() and finish(). One that a crash left
// unfinished is committed when the server is back.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <ports/assert.hpp>
#include <ports/database/table.hpp>
#include <sim/database/key.hpp>

namespace chronofault::sim {

/// Counts entries from 1, on the primary and on its replicas alike; 0: before the first.
using BinlogPosition = std::uint64_t;

struct RowImage {
  RowImage(std::string_view table, Key key, std::shared_ptr<const db::Image> image)
      : table(table), key(std::move(key)), image(std::move(image)) {}
  std::string_view table;  // of the primary's storage
  Key key;
  std::shared_ptr<const db::Image> image;  // null: the row was deleted
};

struct BinlogEntry {
  BinlogEntry(BinlogPosition position, std::uint64_t commit, std::vector<RowImage> rows)
      : position(position), commit(commit), rows(std::make_shared<const std::vector<RowImage>>(std::move(rows))) {}
  BinlogPosition position;
  std::uint64_t commit;  // 0: not committed yet
  std::shared_ptr<const std::vector<RowImage>> rows;
};

class Binlog {
 public:
  /// A commit: a new entry, or the one that finish() named.
  void committed(std::uint64_t commit, std::vector<RowImage> rows) {
    if (const auto position = std::exchange(finishing_, std::nullopt)) {
      entries_[*position - start_ - 1].commit = commit;
    } else {
      entries_.emplace_back(last() + 1, commit, std::move(rows));
    }
  }
  BinlogPosition prepare(std::vector<RowImage> rows) {
    entries_.emplace_back(last() + 1, 0, std::move(rows));
    return last();
  }
  void finish(BinlogPosition position) {
    CF_ASSERT(!finishing_ && position > start_ && position <= last());
    finishing_ = position;
  }

  bool has_committed(BinlogPosition position) const noexcept {
    return position <= start_ || (position <= last() && entries_[position - start_ - 1].commit != 0);
  }
  BinlogPosition last() const noexcept { return start_ + entries_.size(); }
  /// Before the first entry that is not committed.
  BinlogPosition last_committed() const noexcept {
    BinlogPosition position = last();
    for (auto at = entries_.rbegin(); at != entries_.rend(); ++at) {
      if (at->commit == 0) position = at->position - 1;
    }
    return position;
  }
  /// The first entry after this position; null: none.
  const BinlogEntry* after(BinlogPosition position) const noexcept {
    CF_ASSERT(position >= start_);
    return position < last() ? &entries_[position - start_] : nullptr;
  }
  /// Commits after this one are forgotten.
  void lose_after(std::uint64_t commit) noexcept {
    while (!entries_.empty() && entries_.back().commit > commit) entries_.pop_back();
  }
  /// Begins anew, behind this position.
  void restart(BinlogPosition position) noexcept {
    entries_.clear();
    finishing_.reset();
    start_ = position;
  }

 private:
  BinlogPosition start_ = 0;
  std::deque<BinlogEntry> entries_;
  std::optional<BinlogPosition> finishing_;
};

}  // namespace chronofault::sim
