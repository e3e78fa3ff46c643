#include "background.hpp"

#include <coordination/interrupts.hpp>
#include <ports/task/race.hpp>

namespace chronofault::curator {

BackgroundQueue::BackgroundQueue(Clock& clock, Events& events, Session& session, const Options& options,
                                 RandomStream& draws, GaveUp gave_up)
    : clock_(clock),
      events_(events),
      session_(session),
      options_(options),
      draws_(draws),
      gave_up_(std::move(gave_up)) {}

Task<> BackgroundQueue::start(OperationPtr operation) {
  enter(*operation);
  return attempt(std::move(operation));
}

void BackgroundQueue::enter(BackgroundOperation& operation) {
  operation.started_ms_ = clock_.wall().ms();
  operation.retries_ = 0;
  operation.ordinal_ = next_ordinal_++;
}

void BackgroundQueue::queue(OperationPtr operation) {
  if (closed_) return;
  if (operation->ordinal_ == 0) enter(*operation);
  operation->record_ = events_.wrote("background", "");
  const Key key(operation->sleeps_until_ms_, operation->ordinal_);
  waiting_.insert_or_assign(key, std::move(operation));
  changed_.notify_all();
}

void BackgroundQueue::wake_sleepers() {
  std::map<Key, OperationPtr> woken;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    if (!at->second->forced_sleep_) {
      ++at;
      continue;
    }
    at->second->sleeps_until_ms_ = 0;
    woken.emplace(Key(0, at->second->ordinal_), at->second);
    at = waiting_.erase(at);
  }
  waiting_.merge(woken);
  changed_.notify_all();
}

Task<> BackgroundQueue::run() {
  while (!closed_) {
    try {
      const OperationPtr operation = co_await take();
      events_.begin_unit(operation->record_);
      co_await attempt(operation);
    } catch (const Interrupted&) {
      // Upstream swallows it: it is meant for close(), which the loop's condition sees.
    }
  }
}

Task<OperationPtr> BackgroundQueue::take() {
  while (true) {
    if (waiting_.empty()) {
      co_await changed_.wait();
      continue;
    }
    const auto first = waiting_.begin();
    const std::int64_t left_ms = first->first.first - clock_.wall().ms();
    if (left_ms <= 0) {
      OperationPtr operation = std::move(first->second);
      waiting_.erase(first);
      operation->forced_sleep_ = false;
      co_return operation;
    }
    co_await race(changed_.wait(), clock_.sleep_for(Duration::ms(left_ms)));
  }
}

Task<> BackgroundQueue::attempt(OperationPtr operation) {
  if (!session_.connected()) {
    if (clock_.wall().ms() - operation->started_ms_ < session_.connection_timeout().count_ms()) {
      operation->sleeps_until_ms_ = clock_.wall().ms() + 1'000;
      operation->forced_sleep_ = true;
      queue(operation);
      co_return;
    }
    BackgroundAnswer loss(zk::Result(zk::OpCode::exists, zk::Code::connection_loss));
    loss.unsent = true;
    const bool again = co_await may_retry(operation, std::move(loss));
    if (again) queue(operation);
    co_return;
  }
  zk::Code failed = zk::Code::ok;
  bool interrupted = false;
  try {
    co_await operation->perform(operation);
  } catch (const zk::KeeperError& error) {
    failed = error.code;
  } catch (const Interrupted&) {
    interrupted = true;
  } catch (...) {
  }
  if (interrupted) co_await keep_interrupt();
  if (failed != zk::Code::ok) co_await attempt_failed(operation, failed);
}

// The try threw: handleBackgroundOperationException. Unlike an answer, it is never told to the callback.
Task<> BackgroundQueue::attempt_failed(OperationPtr operation, zk::Code code) {
  if (!retryable(code)) co_return;
  if (allowed(*operation)) {
    queue(operation);
  } else {
    co_await operation->exhausted(operation);
  }
}

Task<> BackgroundQueue::answered(OperationPtr operation, BackgroundAnswer answer) {
  if (answer.error == zk::Code::ok || !retryable(answer.error)) {
    co_await tell(operation, std::move(answer));
    co_return;
  }
  const bool again = co_await may_retry(operation, std::move(answer));
  if (again) queue(operation);
}

Task<bool> BackgroundQueue::may_retry(OperationPtr operation, BackgroundAnswer answer) {
  if (allowed(*operation)) co_return true;
  const zk::Code code = answer.error;
  co_await operation->exhausted(operation);
  co_await tell(operation, std::move(answer));
  gave_up_(code);
  co_return false;
}

bool BackgroundQueue::allowed(BackgroundOperation& operation) {
  const Duration elapsed = Duration::ms(clock_.wall().ms() - operation.started_ms_);
  const RetryPolicy::Decision decision = options_.retry->decide(operation.retries_++, elapsed, draws_);
  operation.sleeps_until_ms_ = clock_.wall().ms() + decision.sleep.count_ms();
  return decision.retry;
}

Task<> BackgroundQueue::tell(OperationPtr operation, BackgroundAnswer answer) {
  if (!operation->callback_) co_return;
  bool interrupted = false;
  try {
    co_await operation->callback_(std::move(answer));
  } catch (const Interrupted&) {
    interrupted = true;
  } catch (...) {
  }
  if (interrupted) co_await keep_interrupt();
}

}  // namespace chronofault::curator
