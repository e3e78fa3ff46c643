#include <sim/zookeeper/storage.hpp>

namespace chronofault::sim {

void ZooKeeperStorage::append(TxnPtr txn, std::size_t keep, std::uint64_t order_seed) {
  CF_ASSERT(txn->zxid > last_logged());
  log_.push_back(std::move(txn));
  if (log_.size() <= 2 * keep) return;
  if (checkpoint_ == nullptr) checkpoint_ = std::make_unique<DataTree>(order_seed);
  while (log_.size() > keep) {
    checkpoint_->apply(*log_.front(), nullptr, nullptr);
    log_.pop_front();
  }
}

void ZooKeeperStorage::truncate(Zxid last) {
  CF_ASSERT(last >= checkpoint_zxid());
  while (!log_.empty() && log_.back()->zxid > last) log_.pop_back();
}

std::unique_ptr<DataTree> ZooKeeperStorage::recover(std::uint64_t order_seed) const {
  std::unique_ptr<DataTree> tree = checkpoint_ ? checkpoint_->clone() : std::make_unique<DataTree>(order_seed);
  for (const TxnPtr& txn : log_) tree->apply(*txn, nullptr, nullptr);
  return tree;
}

}  // namespace chronofault::sim
