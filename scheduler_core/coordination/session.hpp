// The one ZooKeeper handle that a client has at a time (upstream: ConnectionState, HandleHolder,
// CuratorZookeeperClient; zookeeper 10). When the session is over, the handle is replaced inside the delivery of that
// event, before anybody else hears of it: a new handle is a new session, and every watch of the old one is gone.
//
// A replaced handle stays until its event thread has told what was queued there: callbacks of operations that ended
// with the session come after the event that replaced it.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <ports/clock.hpp>
#include <ports/coordination.hpp>
#include <ports/task/sync.hpp>

namespace chronofault::curator {

class Session {
 public:
  /// Told of each event of the present handle's default watcher, on its event thread, once this object has acted on it.
  using Told = std::function<void(const zk::WatchedEvent& event)>;

  Session(Clock& clock, Coordination& coordination, zk::Options options, Duration connection_timeout, Told told);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start() { open(); }
  /// Closes the handle (a live one sends closeSession and waits for its answer) and opens a new one. One at a time.
  Task<> reset();
  Task<> close();

  /// Throws IllegalState once closed.
  std::shared_ptr<zk::Handle> handle() const;
  bool connected() const noexcept { return connected_; }
  /// Counts handles.
  std::uint64_t instance() const noexcept { return instance_; }
  /// Of the last success; zero before.
  Duration negotiated_timeout() const noexcept { return negotiated_; }
  Duration connection_timeout() const noexcept { return connection_timeout_; }

  /// internalBlockUntilConnectedOrTimedOut: waits for the connection, at most the connection timeout, looks again at
  /// every event and each second. Interruptible.
  Task<> wait_connected();

 private:
  class DefaultWatcher;
  void open();
  Task<> retire(std::shared_ptr<zk::Handle> handle);
  Task<> process(zk::WatchedEvent event);

  Clock& clock_;
  Coordination& coordination_;
  zk::Options options_;
  Duration connection_timeout_;
  Told told_;
  zk::WatcherPtr watcher_;
  std::shared_ptr<zk::Handle> handle_;
  std::vector<std::shared_ptr<zk::Handle>> retired_;
  Mutex resetting_;
  bool connected_ = false;
  bool closed_ = false;
  std::uint64_t instance_ = 0;
  Duration negotiated_;
  Condition events_;
};

}  // namespace chronofault::curator
