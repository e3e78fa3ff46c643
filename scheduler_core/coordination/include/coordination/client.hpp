// A Curator client: CuratorFramework as the schedulers use it (zookeeper 10).
//
// Threads, each a task of its own: the handle's event thread (watchers, callbacks of background operations), Framework
// (background operations), ConnectionStateManager (state listeners), SafeNotifyService (run_safe).
//
// Foreground operations first wait for the connection, at most the connection timeout, and are then tried; on a
// retryable error (retry.hpp) the policy is asked and the caller sleeps. Other errors, and the last one, are thrown as
// the port's types. A retry runs in whatever session there is then, and repeats what may have been done already: a
// plain create then throws NodeExists, a delete NoNode, a set with version BadVersion.
//
// Background operations return when they are on their way; their callback gets whatever comes (background_answer.hpp).
//
// All paths are below the name space, which is made (as containers) before the first operation. Watchers made by
// watcher() get their paths without it. One watcher object on one path and kind is told once, however often it was set.
//
// After close() every call throws IllegalState. A client that is destroyed without close() stops without a word: its
// session expires at the servers. It outlives the recipes made on it.
//
// Not modelled: compression, ACL providers, authentication, schemas, ensemble tracking (so a handle is never reset for
// a new connect string), tracing, and that recipes remove their watches when they close: what they leave fires at most
// once and is ignored.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <coordination/background_answer.hpp>
#include <coordination/listeners.hpp>
#include <coordination/options.hpp>
#include <ports/coordination.hpp>
#include <ports/system.hpp>

namespace chronofault::curator {

enum class Parents { none, persistent, containers };

/// create(): creatingParentsIfNeeded, creatingParentContainersIfNeeded, withProtection, orSetData.
struct Create {
  zk::CreateMode mode = zk::CreateMode::persistent;
  /// On NoNode each missing ancestor is made, and the create repeated: several requests, not atomic.
  Parents parents = Parents::none;
  /// The name gets the prefix "_c_<uuid>-", by which a retry finds what an earlier try may have made. What is left of a
  /// create that failed with ConnectionLoss is deleted in the background.
  bool protection = false;
  /// On NodeExists the data is set, whatever the version; the node keeps its owner and mode.
  bool or_set_data = false;
};

/// delete(): withVersion, deletingChildrenIfNeeded, guaranteed.
struct Delete {
  std::int32_t version = -1;
  /// On NotEmpty the subtree is deleted request by request, then the node.
  bool children = false;
  /// If it fails with a retryable error or is interrupted, it goes on in the background until it succeeds or the client
  /// is closed. The error is thrown all the same.
  bool guaranteed = false;
};

class ClientCore;

class Client {
 public:
  Client(Ports& ports, Coordination& coordination, Options options);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  /// Once. Throws IllegalState, and zk::IllegalArgument if the connect string names no host.
  void start();
  /// Closes the session: its ephemerals vanish at once. State listeners are not told. A second call does nothing.
  Task<> close();
  bool started() const noexcept;

  /// The handle's word: between Disconnected and SyncConnected it is false.
  bool connected() const noexcept;
  /// Waits until the state is a connected one (suspended and lost are not); false: `max` passed. Interruptible.
  Task<bool> wait_connected(Duration max);
  Task<> wait_connected();
  ListenerId add_state_listener(StateListener listener);
  void remove_state_listener(ListenerId id);

  /// The real path, without the name space.
  Task<std::string> create(std::string path, zk::Data data, Create how);
  Task<> remove(std::string path, Delete how);
  Task<std::optional<zk::Stat>> exists(std::string path, zk::WatcherPtr watcher);
  Task<zk::Handle::Node> get_data(std::string path, zk::WatcherPtr watcher);
  Task<zk::Stat> set_data(std::string path, zk::Data data, std::int32_t version);
  /// In no particular order.
  Task<std::vector<std::string>> get_children(std::string path, zk::WatcherPtr watcher);
  /// One multi. Throws the error of the first member that failed.
  Task<std::vector<zk::Result>> transaction(std::vector<zk::Op> members);
  /// The path and all its ancestors, where they are missing.
  Task<> create_containers(std::string path);

  /// Any one operation of the port; paths in its answer are without the name space. `callback` may be empty.
  Task<> in_background(zk::Request request, BackgroundCallback callback);
  /// The answer's path is the real one.
  Task<> create_in_background(std::string path, zk::Data data, Create how, BackgroundCallback callback);
  Task<> remove_in_background(std::string path, Delete how, BackgroundCallback callback);

  /// Paths of its events are without the name space. The function is kept until the task that it made has ended.
  zk::WatcherPtr watcher(std::function<Task<>(zk::WatchedEvent event)> told);
  /// runSafe: one after the other on the SafeNotifyService thread, also after close(). What a job throws is dropped.
  /// Each is a unit of work that rests on the present one.
  void run_safe(std::function<Task<>()> job);

  const Options& options() const noexcept;
  Clock& clock() const noexcept;
  Events& events() const noexcept;
  Executor& executor() const noexcept;
  RandomStream& draws() const noexcept;

 private:
  std::shared_ptr<ClientCore> core_;
};

}  // namespace chronofault::curator
