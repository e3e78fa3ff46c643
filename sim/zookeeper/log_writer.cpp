#include <sim/zookeeper/log_writer.hpp>
#include <sim/zookeeper/server.hpp>

namespace chronofault::sim {

void LogWriter::append(TxnPtr txn) {
  queue_.push_back(std::move(txn));
  if (queue_.size() == 1) queued_.notify_one();
}

Task<> LogWriter::run() {
  for (;;) {
    while (queue_.empty()) co_await queued_.wait();
    const std::size_t batch = queue_.size();
    const Duration takes = server_.options().log_flush + server_.conditions().log_flush_extra;
    if (takes > Duration()) co_await server_.ports().clock.sleep_for(takes);
    failed_ = server_.disk_full();
    if (failed_) co_return;
    const Zxid last = queue_[batch - 1]->zxid;
    write(batch);
    flushed_(last);
  }
}

void LogWriter::write(std::size_t count) {
  const ZooKeeperOptions& options = server_.options();
  for (; count > 0; --count) {
    server_.storage().append(std::move(queue_.front()), options.snapshot_every, options.order_seed);
    queue_.pop_front();
  }
}

void LogWriter::finish() {
  failed_ = failed_ || (!queue_.empty() && server_.disk_full());
  if (!failed_) {
    write(queue_.size());
    return;
  }
  queue_.clear();
  server_.reload();
}

}  // namespace chronofault::sim
