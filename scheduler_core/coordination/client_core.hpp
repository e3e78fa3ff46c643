// What a client is made of, for the operations that are files of their own.
#pragma once

#include <coordination/client.hpp>
#include <ports/task/pool.hpp>
#include <ports/task/race.hpp>

#include "background.hpp"
#include "retry_loop.hpp"
#include "state_manager.hpp"

namespace chronofault::curator {

/// Runs an operation of a handle and keeps the handle for as long.
template <class T>
Task<T> holding(std::shared_ptr<zk::Handle> handle, Task<T> operation) {
  const std::shared_ptr<zk::Handle> keep = std::move(handle);
  Task<T> body = std::move(operation);  // a local, so that it goes before the handle
  co_return co_await std::move(body);
}

class ClientCore {
 public:
  ClientCore(Ports& ports, Coordination& coordination, Options options);
  ClientCore(const ClientCore&) = delete;
  ClientCore& operator=(const ClientCore&) = delete;

  void start();
  Task<> close();
  /// Throws IllegalState unless started.
  void check_started() const;

  /// The path below the name space, which is made first if it has not been yet. Throws IllegalArgument.
  Task<std::string> fix(std::string path, bool sequential);
  /// The same where the name space is there; none: it is not yet.
  std::optional<std::string> fix_now(std::string_view path, bool sequential) const;
  /// The path without the name space.
  std::string unfix(std::string path) const;

  /// callWithRetry. `attempt` makes the task of one attempt.
  template <class T, class Attempt>
  Task<T> call_with_retry(Attempt attempt) {
    if (!session.connected()) co_await session.wait_connected();
    RetryLoop loop(ports.clock, *options.retry, draws);
    co_return co_await attempt_with<T>(&loop, std::move(attempt));
  }
  /// The same within another operation of this task.
  template <class T, class Attempt>
  Task<T> call_nested(RetryLoop* loop, Attempt attempt) {
    if (!session.connected()) co_await session.wait_connected();
    co_return co_await attempt_with<T>(loop, std::move(attempt));
  }
  /// callWithRetry of one request that only reads, which is what schedulers do most. `op`: with its real path. On
  /// exists NoNode is an answer.
  Task<zk::Result> read_with_retry(zk::Op op, zk::WatcherPtr watcher);

  /// "_c_<uuid>-" wants a version 4 UUID.
  std::string make_uuid();
  zk::Data data_or_default(zk::Data data) const;

  Ports& ports;
  Options options;
  RandomStream& draws;
  Session session;
  StateManager states;
  BackgroundQueue background;
  ThreadPool notify;

 private:
  enum class Life { latent, started, stopped };

  template <class T, class Attempt>
  Task<T> attempt_with(RetryLoop* loop, Attempt attempt) {
    while (true) {
      std::exception_ptr error;
      zk::Code code{};
      try {
        co_return co_await attempt();
      } catch (const zk::KeeperError& failed) {
        error = std::current_exception();
        code = failed.code;
      }
      const bool again = co_await loop->again(error, code);
      if (!again) std::rethrow_exception(error);
    }
  }
  void validate(zk::KeeperState state);
  Task<> framework();

  Life life_ = Life::latent;
  bool name_space_missing_;
  std::uint64_t seen_instance_ = 0;  // the handle of the last SyncConnected; 0: none
  Latch framework_ended_{1};
  FiberHandle framework_;
  FiberHandle state_thread_;

  Scope scope_;  // last: its tasks use all of the above
  friend class Client;
};

}  // namespace chronofault::curator
