// LeaderLatch: of all latches on one path the one with the oldest node is the leader, until it closes, its connection
// gets into an error state, or its session ends (zookeeper 11).
//
// start() makes an ephemeral sequential node in the background; await() blocks until this latch leads. Leadership that
// was lost with the connection comes back by itself: with the same node if that survived (from 5.4 on), else with a new
// one at the end of the queue. A create that fails for good is logged upstream and leaves the latch waiting.
//
// Nothing fences a leader: between the loss of the session and the moment at which this client hears of it, two latches
// say that they lead.
#pragma once

#include <memory>
#include <string>

#include <coordination/client.hpp>

namespace chronofault::curator {

/// Told inside of the change of leadership, on the thread that found it out: the event thread or the
/// ConnectionStateManager. While it runs the latch cannot change again, nor be closed by another task.
using LeadershipListener = std::function<Task<>(bool leads)>;

class LeaderLatch {
 public:
  enum class CloseMode { silent, notify_leader };

  /// `id` is the data of the node. Throws zk::IllegalArgument.
  LeaderLatch(Client& client, std::string path, std::string id = {});
  LeaderLatch(const LeaderLatch&) = delete;
  LeaderLatch& operator=(const LeaderLatch&) = delete;
  /// Without close(): it goes no further; its node stays as long as the session.
  ~LeaderLatch();

  /// Returns at once; the node is made when the client is connected. Once; throws IllegalState.
  void start();
  /// Deletes the node in the background, wakes those who await. Throws IllegalState unless started.
  Task<> close(CloseMode mode = CloseMode::silent);
  /// Until this latch leads; throws LatchClosed once closed or before start(). Interruptible.
  Task<> await();
  /// At most `max`; false: not the leader by then, or closed.
  Task<bool> await(Duration max);
  bool has_leadership() const;
  /// Of the node; empty: there is none at present.
  const std::string& node_path() const noexcept;
  void add_listener(LeadershipListener listener);

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace chronofault::curator
