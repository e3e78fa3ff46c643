// What a server has on its disk: epochs, a checkpoint of the tree, and the log of transactions after it. Owned by the
// world, so that it outlives the process. An entry is here once its flush has ended; what was queued is lost in a
// crash. The checkpoint is the tree that the oldest entries made: upstream writes snapshots and drops old logs, to the
// same effect on what can be recovered.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>

#include <sim/zookeeper/data_tree.hpp>
#include <sim/zookeeper/txn.hpp>

namespace chronofault::sim {

/// What faults do to a server beyond its host and links; owned by the world.
struct ZooKeeperConditions {
  Duration log_flush_extra;  // each flush takes so much longer
};

/// Which ip presented a session last, for each session that has not ended; owned by the world. No server knows it.
using SessionHomes = std::map<zk::SessionId, std::string>;

class ZooKeeperStorage {
 public:
  ZooKeeperStorage() = default;
  ZooKeeperStorage(const ZooKeeperStorage&) = delete;
  ZooKeeperStorage& operator=(const ZooKeeperStorage&) = delete;

  std::int64_t accepted_epoch = 0;
  std::int64_t current_epoch = 0;
  std::uint64_t boots = 0;  // lives of the process so far

  const std::deque<TxnPtr>& log() const noexcept { return log_; }
  Zxid checkpoint_zxid() const noexcept { return checkpoint_ ? checkpoint_->last_zxid() : 0; }
  Zxid last_logged() const noexcept { return log_.empty() ? checkpoint_zxid() : log_.back()->zxid; }

  /// Zxids only grow. Of more than twice `keep` entries the older ones go into the checkpoint.
  void append(TxnPtr txn, std::size_t keep, std::uint64_t order_seed);
  /// Forgets everything after `last`, which is not before the checkpoint.
  void truncate(Zxid last);
  /// Replaces everything by a copy of that tree.
  void install(const DataTree& tree) {
    checkpoint_ = tree.clone();
    log_.clear();
  }
  /// The tree after all that is logged.
  std::unique_ptr<DataTree> recover(std::uint64_t order_seed) const;

 private:
  std::unique_ptr<DataTree> checkpoint_;
  std::deque<TxnPtr> log_;
};

}  // namespace chronofault::sim
