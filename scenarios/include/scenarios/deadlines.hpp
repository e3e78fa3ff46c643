// Instants at which something must have happened. One queue for all properties; whoever owns the loop asks for the next
// instant and calls run() there, between steps. Deadlines of one instant run in the order in which they were set.
//
// There is no cancel: who set a deadline looks, when it comes, whether it still means anything, and sets a later one if
// it does. That keeps a loop that passes a million times at one entry.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include <sim/kernel/time.hpp>

namespace chronofault::scenarios {

class DeadlineListener {
 public:
  virtual void on_deadline(std::uint64_t token, sim::TrueTime now) = 0;

 protected:
  ~DeadlineListener() = default;
};

class Deadlines {
 public:
  void set(sim::TrueTime at, DeadlineListener& listener, std::uint64_t token);
  bool empty() const noexcept { return queue_.empty(); }
  sim::TrueTime next() const { return queue_.empty() ? sim::TrueTime::max() : queue_.top().at; }
  /// Runs those due at or before `now`, those included that they set themselves.
  void run(sim::TrueTime now);
  /// Called whenever next() has become earlier; may be empty.
  void on_earlier(std::function<void()> told) { told_ = std::move(told); }

 private:
  struct Entry {
    sim::TrueTime at;
    std::uint64_t order = 0;
    DeadlineListener* listener = nullptr;
    std::uint64_t token = 0;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const { return a.at != b.at ? a.at > b.at : a.order > b.order; }
  };
  std::priority_queue<Entry, std::vector<Entry>, Later> queue_;
  std::uint64_t order_ = 0;
  std::function<void()> told_;
};

}  // namespace chronofault::scenarios
