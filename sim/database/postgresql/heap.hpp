// A table as PostgreSQL keeps it (database 4.1): an append-only list of row versions, and indexes that lead to them.
//
//   - An update appends a version; the old one's xmax and next point to it. A version's place in the heap (tid) never
//     changes and is never used again, so a scan meets rows in the order of their last update.
//   - Versions between which no indexed column changed form a chain with one root: an index has one entry per key and
//     root, as with heap-only tuples. A version that changes an indexed column begins a chain of its own.
//   - A version that is being inserted is found through an index only once it was entered there, after that index's
//     check for duplicates.
//
// Dead versions (superseded or deleted before the oldest snapshot, or made by a transaction that was rolled back) are
// pruned; as tids are not reused, nobody can tell.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <sim/database/key_map.hpp>
#include <sim/database/storage.hpp>

namespace chronofault::sim::postgresql {

using Tid = std::int64_t;

struct PgTransaction;
struct HeapVersion;

struct Chain {
  explicit Chain(Tid root) : root(root) {}
  Tid root;
  std::vector<HeapVersion*> versions;  // in order of tids
  std::size_t entered = 0;             // indexes before this one lead here
};

struct HeapVersion {
  struct Locker {
    PgTransaction* transaction;
    bool exclusive;
  };
  /// A place in the queue of those who wait to lock or change this version (database 4.2).
  struct TupleRequest {
    PgTransaction* transaction;
    bool exclusive;
    bool granted;
  };

  Tid tid = 0;
  std::shared_ptr<Chain> chain;
  ImagePtr image;
  RecordId record = 0;
  TransactionId xmin = 0;
  CommitNumber created = 0;  // 0: xmin is open, or was rolled back
  bool aborted = false;      // xmin was rolled back
  TransactionId xmax = 0;    // who updated or deleted it and was not rolled back; 0: nobody
  CommitNumber removed = 0;  // 0: xmax is open, or there is none
  HeapVersion* next = nullptr;
  std::vector<Locker> lockers;
  std::vector<TupleRequest> queue;

  bool being_removed() const noexcept { return xmax != 0 && removed == 0; }
  bool alive() const noexcept { return created != 0 && removed == 0; }
  bool alive_at(CommitNumber commit) const noexcept {
    return created != 0 && created <= commit && (removed == 0 || removed > commit);
  }
};

class Heap final : public StoredTable {
 public:
  /// Keys are the index's columns and the root.
  using Entries = KeyMap<Chain*>;

  Heap(TableSpec spec, Fractions fractions);

  const std::map<Tid, std::unique_ptr<HeapVersion>>& versions() const noexcept { return versions_; }
  const Entries& entries(std::size_t index) const noexcept { return entries_[index]; }
  std::size_t size() const noexcept { return entries_.size(); }

  /// A version that no index leads to, unless it joins the chain of `before`, with which it shares all indexed values.
  HeapVersion& append(ImagePtr image, HeapVersion* before);
  bool same_keys(const db::Values& a, const db::Values& b) const noexcept;
  /// Enters the version's chain in the next index; `next`: in front of this entry, if the caller knows it.
  void enter(HeapVersion& version, std::optional<Entries::const_iterator> next = std::nullopt);
  void erase(HeapVersion& version);

  void load(ImagePtr image, CommitNumber commit) override;
  std::vector<ImagePtr> committed(CommitNumber until) const override;
  void recover(CommitNumber until) override;
  void clear() override;
  std::string flaw() const override;
  RecordId written_by(const Key& key) const override;

 private:
  KeyBytes entry_key(std::size_t index, const Chain& chain, const db::Values& values) const;

  std::map<Tid, std::unique_ptr<HeapVersion>> versions_;
  std::vector<Entries> entries_;
  Tid last_tid_ = 0;
};

}  // namespace chronofault::sim::postgresql
