// A ZooKeeper client as a process has it (zookeeper 7): handles, each of which is one session for its whole life.
//
// A handle has two threads of its own. The send thread owns the connection: it chooses servers, sends requests in the
// order in which they were made, pings, and drops a connection that is silent for 2/3 of the timeout. The event thread
// tells watchers and callbacks, one at a time, in the order in which their causes came in. So the callback of a read
// that saw a change runs after the watchers of that change, if both came over one connection. Awaited operations do not
// pass through the event thread: their callers go on as soon as the reply is there.
//
// Losing the connection, in this order: every operation that was sent and not answered and every one that waits to be
// sent ends with ConnectionLoss; watchers are told (none, disconnected), once until the next success and never before
// the first; the send thread tries the servers in turn. Operations made meanwhile wait, and end with ConnectionLoss
// when the next attempt fails. When a server takes the session back, watchers are told (none, sync_connected), watches
// are set again, and what they missed is told before any reply. When it says that the session is over: (none, expired),
// and the handle is dead for good: all its operations end with SessionExpired, and a new handle is a new session.
// Nobody but a server says so, however long the connection is gone.
//
// After the death of the process every call does nothing. Its sessions live on at the servers until they expire there.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ports/coordination/errors.hpp>
#include <ports/coordination/types.hpp>
#include <ports/coordination/watcher.hpp>
#include <ports/task/task.hpp>
#include <ports/time.hpp>

namespace chronofault {

namespace zk {

/// ZooKeeper.States.
enum class HandleState { connecting, connected, closed };

struct Options {
  Options() = default;
  Options(std::string connect_string, Duration session_timeout)
      : connect_string(std::move(connect_string)), session_timeout(session_timeout) {}
  std::string connect_string;              // "zk-1:2181,zk-2:2181/chroot"; the port may be left out (2181)
  Duration session_timeout;                // asked for; the servers clamp it (zookeeper 4)
  std::int64_t jute_max_buffer = 0xfffff;  // jute.maxbuffer: a longer message of a server ends the connection, in bytes
};

/// An operation with the watcher that it leaves (exists, get_data, get_children, get_children2, add_watch) or takes
/// away (remove_watches; null there: all of the path and type). A watch is in force once the reply has arrived:
/// exists also on NoNode; the others only on success.
struct Request {
  Request() = default;
  Request(Op op) : op(std::move(op)) {}
  Request(Op op, WatcherPtr watcher) : op(std::move(op)), watcher(std::move(watcher)) {}
  Op op;
  WatcherPtr watcher;
};

/// Runs on the event thread. It is kept until the task that it made has ended, so the task may use what it captured.
using Callback = std::function<Task<>(Result result)>;

class Handle {
 public:
  /// Ends both threads and the connection without a word to the servers: the session expires there. May be called from
  /// a watcher or callback of this handle; it ends after the present step then.
  virtual ~Handle() = default;

  /// Sends an operation and waits for its answer; a failure is in Result::error. Interruptible: what was sent stays
  /// sent. Throws IllegalArgument at once. Several callers may wait at once; FIFO in the order of the calls.
  virtual Task<Result> request(Request request) = 0;
  /// The asynchronous form: returns at once, the callback is told on the event thread. Throws IllegalArgument. In one
  /// order with request().
  virtual void submit(Request request, Callback callback) = 0;

  /// closeSession: ephemerals vanish at once. Waits for the answer or the loss of the connection; the handle is closed
  /// afterwards, and no event tells of it. On a handle that is closed or expired: nothing. Watchers and callbacks that
  /// were queued before are still told.
  virtual Task<> close() = 0;
  /// The same death that a server's "expired" brings, without a word to the servers: operations end with
  /// SessionExpired, (none, expired) is told; the session itself lives on there (Testable.injectSessionExpiration,
  /// zookeeper 10). On a closed handle: nothing.
  virtual void inject_session_expiration() = 0;

  virtual HandleState state() const noexcept = 0;
  virtual SessionId session_id() const noexcept = 0;         // 0 before the first success
  virtual Duration negotiated_timeout() const noexcept = 0;  // zero before the first success
  /// Told of every (none, ...) event, and the one that `watch = true` means upstream. Null: nobody.
  virtual WatcherPtr default_watcher() const = 0;
  virtual void set_default_watcher(WatcherPtr watcher) = 0;

  // The synchronous API: request(), with failures thrown (ports/coordination/errors.hpp). `watcher` may be null.
  Task<Result> execute(Request request);
  /// The real path.
  Task<std::string> create(std::string path, Data data, CreateMode mode);
  Task<> del(std::string path, std::int32_t version);
  /// None: no such node; the watch is in force all the same.
  Task<std::optional<Stat>> exists(std::string path, WatcherPtr watcher);
  struct Node {
    Node() = default;
    Node(Data data, Stat stat) : data(std::move(data)), stat(stat) {}
    Data data;
    Stat stat;
  };
  Task<Node> get_data(std::string path, WatcherPtr watcher);
  Task<Stat> set_data(std::string path, Data data, std::int32_t version);
  Task<std::vector<std::string>> get_children(std::string path, WatcherPtr watcher);
  Task<> sync(std::string path);
  /// All or nothing; throws the first member's error. One result per member.
  Task<std::vector<Result>> multi(std::vector<Op> members);
  Task<> add_watch(std::string path, WatcherPtr watcher, AddWatchMode mode);
};

}  // namespace zk

class Coordination {
 public:
  /// A new handle, which starts to connect. Throws zk::IllegalArgument: the connect string names no host.
  virtual std::shared_ptr<zk::Handle> open(zk::Options options, zk::WatcherPtr default_watcher) = 0;

 protected:
  ~Coordination() = default;
};

}  // namespace chronofault
