// What a primary tells its replicas: its commits in their order, each with the rows that it left behind (database 5.3).
// It is kept with the rows, so that it survives the server's process.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ports/database/table.hpp>
#include <sim/database/key.hpp>

namespace chronofault::sim {

struct RowImage {
  RowImage(std::string_view table, Key key, std::shared_ptr<const db::Image> image)
      : table(table), key(std::move(key)), image(std::move(image)) {}
  std::string_view table;  // of the primary's storage
  Key key;
  std::shared_ptr<const db::Image> image;  // null: the row was deleted
};

struct BinlogEntry {
  BinlogEntry(std::uint64_t commit, std::vector<RowImage> rows)
      : commit(commit), rows(std::make_shared<const std::vector<RowImage>>(std::move(rows))) {}
  std::uint64_t commit;
  std::shared_ptr<const std::vector<RowImage>> rows;
};

class Binlog {
 public:
  void add(std::uint64_t commit, std::vector<RowImage> rows) { entries_.emplace_back(commit, std::move(rows)); }
  /// The first entry after this commit; null: none.
  const BinlogEntry* after(std::uint64_t commit) const noexcept {
    const auto at = std::upper_bound(entries_.begin(), entries_.end(), commit,
                                     [](std::uint64_t c, const BinlogEntry& entry) { return c < entry.commit; });
    return at == entries_.end() ? nullptr : &*at;
  }
  void lose_after(std::uint64_t commit) noexcept {
    while (!entries_.empty() && entries_.back().commit > commit) entries_.pop_back();
  }

 private:
  std::deque<BinlogEntry> entries_;
};

}  // namespace chronofault::sim
