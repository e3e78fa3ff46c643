// LeaderSelector: one worker thread that acquires a mutex, leads for as long as take_leadership() runs, and releases it
// (zookeeper 11). With auto_requeue it starts over, also after a lost connection or session.
#pragma once

#include <memory>
#include <string>

#include <coordination/client.hpp>

namespace chronofault::curator {

class LeaderSelectorListener {
 public:
  virtual ~LeaderSelectorListener() = default;
  /// On the worker thread: this process leads until the task ends or throws. Interrupted when leadership is cancelled.
  virtual Task<> take_leadership() = 0;
  /// On the ConnectionStateManager thread. May throw CancelLeadership: the worker is interrupted. The default is
  /// LeaderSelectorListenerAdapter's: it throws in each state that the error policy calls an error.
  virtual Task<> state_changed(Client& client, ConnectionState state);
};

class LeaderSelector {
 public:
  /// `id`: data of the node; empty: the client's default. Throws zk::IllegalArgument.
  LeaderSelector(Client& client, std::string path, std::shared_ptr<LeaderSelectorListener> listener,
                 std::string id = {});
  LeaderSelector(const LeaderSelector&) = delete;
  LeaderSelector& operator=(const LeaderSelector&) = delete;
  /// Without close(): the worker goes no further; its node stays as long as the session.
  ~LeaderSelector();

  void auto_requeue() noexcept;
  /// Once; throws IllegalState. Also makes the first attempt.
  void start();
  /// One more attempt; false: one is queued already. Throws IllegalState after close().
  bool requeue();
  /// Interrupts the worker, which releases the mutex; does not wait for it. Throws IllegalState unless started.
  void close();
  /// Thread.interrupt() of an attempt that waits or leads; one that has not begun is dropped.
  void interrupt_leadership();
  bool has_leadership() const noexcept;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace chronofault::curator
