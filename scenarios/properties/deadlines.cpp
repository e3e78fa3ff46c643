#include <scenarios/deadlines.hpp>

namespace chronofault::scenarios {

void Deadlines::set(sim::TrueTime at, DeadlineListener& listener, std::uint64_t token) {
  const bool earlier = at < next();
  queue_.push(Entry{at, order_++, &listener, token});
  if (earlier && told_) told_();
}

void Deadlines::run(sim::TrueTime now) {
  while (!queue_.empty() && queue_.top().at <= now) {
    const Entry entry = queue_.top();
    queue_.pop();
    entry.listener->on_deadline(entry.token, now);
  }
}

}  // namespace chronofault::scenarios
