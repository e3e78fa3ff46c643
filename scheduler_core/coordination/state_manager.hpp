// The connection state and the thread that tells it (upstream: ConnectionStateManager; zookeeper 10).
//
// Events of the handle set the state at once; the thread tells the listeners later, from a queue of 25 whose oldest
// entry gives way. The thread also ends a session that stays suspended for as long as its timeout: it has the handle
// die as if a server had said "expired". The server is not told; the old session and its ephemerals live on there.
//
// Upstream's loop polls with a timeout in every state. Here it waits without one while the connection stands: a poll
// that ends empty has an effect only in the states suspended and lost, and each change of state wakes the loop.
#pragma once

#include <deque>
#include <optional>

#include <coordination/listeners.hpp>
#include <coordination/options.hpp>
#include <ports/events.hpp>

#include "session.hpp"

namespace chronofault::curator {

class StateManager {
 public:
  static constexpr std::size_t queue_max = 25;

  StateManager(Clock& clock, Events& events, Session& session, const Options& options);

  /// The thread's body: ends after close().
  Task<> run();
  /// Nothing is told any more.
  void close();

  /// A new state; the present one again is ignored. The first one that is no error is told as `connected`.
  void change(ConnectionState state);
  /// suspended, unless it is already, or lost.
  void suspend();

  bool connected() const noexcept { return current_ && is_connected(*current_); }
  /// Until the state is a connected one, or `max` has passed (none: without limit). Interruptible.
  Task<bool> wait_connected(std::optional<Duration> max);

  Listeners<ConnectionState>& listeners() noexcept { return listeners_; }

 private:
  struct Change {
    ConnectionState state;
    RecordId record;  // what it rests on
  };

  void set(ConnectionState state);
  void post(ConnectionState state);
  Task<> pass();
  Task<std::optional<Change>> poll();
  Task<> check_expiration();
  std::int64_t session_timeout_ms() const;

  Clock& clock_;
  Events& events_;
  Session& session_;
  const Options& options_;
  Listeners<ConnectionState> listeners_;
  std::optional<ConnectionState> current_;
  std::int64_t suspended_since_ms_ = 0;  // 0: it is not
  std::uint64_t injected_instance_ = 0;  // the handle that was last made to die; 0: none
  bool told_connected_ = false;
  bool closed_ = false;
  std::deque<Change> queue_;
  Condition posted_;   // for the thread
  Condition changed_;  // for those who wait for a connection
};

}  // namespace chronofault::curator
