// Operations in the background (upstream: OperationAndData, the "Framework" thread and its DelayQueue; zookeeper 10).
//
// The first try is made in the caller's thread, all later ones by the Framework thread, one at a time: an operation
// that blocks it (making missing parents) holds up all others. While the client is not connected, an operation is
// queued again each second, or at once when the connection comes back; when it is older than the connection timeout,
// each further try counts as a ConnectionLoss for the retry policy. When the policy gives up, the callback is told, and
// the error becomes a connection state.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>

#include <coordination/background_answer.hpp>
#include <coordination/options.hpp>
#include <ports/events.hpp>

#include "session.hpp"

namespace chronofault::curator {

class BackgroundOperation {
 public:
  explicit BackgroundOperation(BackgroundCallback callback) : callback_(std::move(callback)) {}
  virtual ~BackgroundOperation() = default;

  /// One try. `self` keeps this object. Hands its answer to BackgroundQueue::answered(). KeeperErrors that it throws
  /// count as the try's answer; others end the operation without a word, as upstream logs them.
  virtual Task<> perform(std::shared_ptr<BackgroundOperation> self) = 0;
  /// The retry policy gave up; told before the callback.
  virtual Task<> exhausted(std::shared_ptr<BackgroundOperation>) { co_return; }

 private:
  friend class BackgroundQueue;
  BackgroundCallback callback_;
  std::int64_t started_ms_ = 0;
  std::int64_t sleeps_until_ms_ = 0;
  std::uint64_t ordinal_ = 0;
  int retries_ = 0;
  RecordId record_ = 0;        // of whoever queued it
  bool forced_sleep_ = false;  // waits for the connection, not for the policy
};
using OperationPtr = std::shared_ptr<BackgroundOperation>;

class BackgroundQueue {
 public:
  /// The retry policy gave up an operation with this error.
  using GaveUp = std::function<void(zk::Code code)>;

  BackgroundQueue(Clock& clock, Events& events, Session& session, const Options& options, RandomStream& draws,
                  GaveUp gave_up);

  /// The Framework thread's body: ends after close().
  Task<> run();
  void close() noexcept { closed_ = true; }
  bool closed() const noexcept { return closed_; }

  /// Starts an operation, or one that was given up over again; returns when the first try is on its way or the
  /// operation waits for the next one.
  Task<> start(OperationPtr operation);
  /// An answer to a try: a callback of the operation's, or one more try.
  Task<> answered(OperationPtr operation, BackgroundAnswer answer);
  /// Once more, by the Framework thread. Nothing once closed.
  void queue(OperationPtr operation);
  /// The connection is back.
  void wake_sleepers();

 private:
  using Key = std::pair<std::int64_t, std::uint64_t>;  // DelayQueue's order: when its sleep ends, then age

  void enter(BackgroundOperation& operation);
  Task<> attempt(OperationPtr operation);
  Task<> attempt_failed(OperationPtr operation, zk::Code code);
  Task<bool> may_retry(OperationPtr operation, BackgroundAnswer answer);
  bool allowed(BackgroundOperation& operation);
  Task<> tell(OperationPtr operation, BackgroundAnswer answer);
  Task<OperationPtr> take();

  Clock& clock_;
  Events& events_;
  Session& session_;
  const Options& options_;
  RandomStream& draws_;
  GaveUp gave_up_;
  std::map<Key, OperationPtr> waiting_;
  std::uint64_t next_ordinal_ = 1;
  bool closed_ = false;
  Condition changed_;
};

}  // namespace chronofault::curator
