// Writes transactions to the log, several with one flush (zookeeper 5): what is queued while a flush runs goes with the
// next one. Upstream's SyncRequestProcessor, a critical thread: the first write that fails, because the disk is full,
// ends it, and its server does not serve any more.
#pragma once

#include <deque>
#include <functional>

#include <ports/task/sync.hpp>
#include <ports/task/task.hpp>
#include <sim/zookeeper/txn.hpp>

namespace chronofault::sim {

class ZooKeeperServer;

class LogWriter {
 public:
  /// Told after each flush of the newest transaction that is now durable.
  using Flushed = std::function<void(Zxid last)>;

  LogWriter(ZooKeeperServer& server, Flushed flushed) : server_(server), flushed_(std::move(flushed)) {}
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  void append(TxnPtr txn);
  /// The writer's thread; ends when a write fails.
  Task<> run();
  bool failed() const noexcept { return failed_; }
  /// The role ends: what is queued is written, and nobody is told. After a failure it is lost, and the server's tree is
  /// what its disk has: more may have been committed without it.
  void finish();

 private:
  void write(std::size_t count);

  ZooKeeperServer& server_;
  Flushed flushed_;
  bool failed_ = false;
  std::deque<TxnPtr> queue_;
  Condition queued_;
};

}  // namespace chronofault::sim
