// InterProcessMutex: a lock between processes, by ephemeral sequential nodes below a path (zookeeper 11).
//
// The holder is not told when its session ends: its node is gone, another process gets the lock, and both believe that
// they hold it. A node that was made but whose wait failed or timed out is deleted, in the background if need be.
//
// Upstream's object is re-entrant per thread. Here an object belongs to one task at a time, and is re-entrant for it; a
// task that wants a lock of its own on the same path makes an object of its own.
#pragma once

#include <memory>
#include <string>

#include <coordination/client.hpp>

namespace chronofault::curator {

class InterProcessMutex {
 public:
  /// `data`: of the node; none: the client's default. Throws zk::IllegalArgument.
  InterProcessMutex(Client& client, std::string path, zk::Data data = std::nullopt);
  InterProcessMutex(const InterProcessMutex&) = delete;
  InterProcessMutex& operator=(const InterProcessMutex&) = delete;
  ~InterProcessMutex();

  /// Waits without limit. Throws the errors of its requests, LockLost, Interrupted.
  Task<> acquire();
  /// False: not within `max`. The limit is looked at only where the lock is waited for, not in requests.
  Task<bool> acquire(Duration max);
  /// Once per acquire(); the last one deletes the node (guaranteed; NoNode is ignored). Throws IllegalMonitorState, and
  /// the errors of the delete: it is released all the same.
  Task<> release();
  bool held() const noexcept;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace chronofault::curator
