// Writes transactions to the log, several with one flush (zookeeper 5): what is queued while a flush runs goes with the
// next one. Upstream's SyncRequestProcessor.
#pragma once

#include <deque>
#include <functional>

#include <ports/clock.hpp>
#include <ports/task/sync.hpp>
#include <sim/zookeeper/server_options.hpp>
#include <sim/zookeeper/storage.hpp>

namespace chronofault::sim {

class LogWriter {
 public:
  /// Told after each flush of the newest transaction that is now durable.
  using Flushed = std::function<void(Zxid last)>;

  LogWriter(Clock& clock, ZooKeeperStorage& storage, const ZooKeeperConditions& conditions,
            const ZooKeeperOptions& options, Flushed flushed)
      : clock_(clock), storage_(storage), conditions_(conditions), options_(options), flushed_(std::move(flushed)) {}
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  void append(TxnPtr txn);
  /// The writer's thread.
  Task<> run();
  /// The role ends: what is queued is written, and nobody is told.
  void finish();

 private:
  Clock& clock_;
  ZooKeeperStorage& storage_;
  const ZooKeeperConditions& conditions_;
  const ZooKeeperOptions& options_;
  Flushed flushed_;
  std::deque<TxnPtr> queue_;
  Condition queued_;
};

}  // namespace chronofault::sim
