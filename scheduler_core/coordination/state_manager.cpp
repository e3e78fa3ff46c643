#include "state_manager.hpp"

#include <ports/task/race.hpp>

namespace chronofault::curator {

StateManager::StateManager(Clock& clock, Events& events, Session& session, const Options& options)
    : clock_(clock), events_(events), session_(session), options_(options) {}

void StateManager::close() {
  closed_ = true;
  listeners_.clear();
}

void StateManager::set(ConnectionState state) {
  current_ = state;
  suspended_since_ms_ = state == ConnectionState::suspended ? clock_.wall().ms() : 0;
}

void StateManager::post(ConnectionState state) {
  changed_.notify_all();
  if (queue_.size() >= queue_max) queue_.pop_front();
  queue_.push_back(Change{state, events_.wrote(name_of(state), "")});
  posted_.notify_all();
}

void StateManager::suspend() {
  if (closed_ || current_ == ConnectionState::lost || current_ == ConnectionState::suspended) return;
  set(ConnectionState::suspended);
  post(ConnectionState::suspended);
}

void StateManager::change(ConnectionState state) {
  if (closed_ || current_ == state) return;
  set(state);
  const bool positive = state == ConnectionState::connected || state == ConnectionState::reconnected;
  const bool first = positive && !told_connected_;
  if (positive) told_connected_ = true;
  post(first ? ConnectionState::connected : state);
}

Task<bool> StateManager::wait_connected(std::optional<Duration> max) {
  const WallTime start = clock_.wall();
  while (!connected()) {
    if (!max) {
      co_await changed_.wait();
      continue;
    }
    const Duration left = *max - (clock_.wall() - start);
    if (left <= Duration()) break;
    co_await race(changed_.wait(), clock_.sleep_for(left));
  }
  co_return connected();
}

Task<> StateManager::run() {
  while (!closed_) {
    try {
      co_await pass();
    } catch (const Interrupted&) {
      // Upstream swallows it: it is meant for close(), which the loop's condition sees.
    }
  }
}

Task<> StateManager::pass() {
  const std::optional<Change> change = co_await poll();
  events_.begin_unit(change ? change->record : 0);
  if (change) {
    co_await listeners_.tell(change->state);
  } else if (options_.session_expiration_percent > 0) {
    co_await check_expiration();
  }
  // CURATOR-525: lost may be set after the connection was repaired.
  if (current_ == ConnectionState::lost && session_.connected()) this->change(ConnectionState::reconnected);
}

Task<std::optional<StateManager::Change>> StateManager::poll() {
  const std::int64_t timeout_ms = session_timeout_ms();
  const std::int64_t elapsed_ms = suspended_since_ms_ == 0 ? timeout_ms / 2 : clock_.wall().ms() - suspended_since_ms_;
  const MonoTime until = clock_.mono() + Duration::ms(timeout_ms - elapsed_ms);
  const bool ticks = current_ == ConnectionState::suspended || current_ == ConnectionState::lost;
  while (queue_.empty()) {
    if (!ticks) {
      co_await posted_.wait();
      continue;
    }
    if (clock_.mono() >= until) co_return std::nullopt;
    co_await race(posted_.wait(), clock_.sleep_until(until));
  }
  const Change change = queue_.front();
  queue_.pop_front();
  co_return change;
}

Task<> StateManager::check_expiration() {
  if (current_ != ConnectionState::suspended) co_return;
  if (clock_.wall().ms() - suspended_since_ms_ < session_timeout_ms()) co_return;
  suspended_since_ms_ = clock_.wall().ms();  // CURATOR-405: once per timeout
  if (options_.release >= Release::v5_3 && injected_instance_ == session_.instance()) {
    co_await session_.reset();  // CURATOR-561: the handle that was made to die did not
    co_return;
  }
  injected_instance_ = session_.instance();
  session_.handle()->inject_session_expiration();
}

// In suspended it is scaled by the percentage.
std::int64_t StateManager::session_timeout_ms() const {
  const Duration timeout =
      session_.negotiated_timeout() > Duration() ? session_.negotiated_timeout() : options_.session_timeout;
  const bool scaled = options_.session_expiration_percent > 0 && suspended_since_ms_ != 0;
  return scaled ? timeout.count_ms() * options_.session_expiration_percent / 100 : timeout.count_ms();
}

}  // namespace chronofault::curator
