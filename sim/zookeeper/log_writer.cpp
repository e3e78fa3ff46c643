#include <sim/zookeeper/log_writer.hpp>

namespace chronofault::sim {

void LogWriter::append(TxnPtr txn) {
  queue_.push_back(std::move(txn));
  if (queue_.size() == 1) queued_.notify_one();
}

Task<> LogWriter::run() {
  for (;;) {
    while (queue_.empty()) co_await queued_.wait();
    const std::size_t batch = queue_.size();
    const Duration takes = options_.log_flush + conditions_.log_flush_extra;
    if (takes > Duration()) co_await clock_.sleep_for(takes);
    Zxid last = 0;
    for (std::size_t i = 0; i < batch; ++i) {
      last = queue_.front()->zxid;
      storage_.append(std::move(queue_.front()), options_.snapshot_every, options_.order_seed);
      queue_.pop_front();
    }
    flushed_(last);
  }
}

void LogWriter::finish() {
  for (TxnPtr& txn : queue_) storage_.append(std::move(txn), options_.snapshot_every, options_.order_seed);
  queue_.clear();
}

}  // namespace chronofault::sim
