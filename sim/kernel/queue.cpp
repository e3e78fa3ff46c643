#include <algorithm>
#include <iterator>

#include <sim/kernel/queue.hpp>

namespace chronofault::sim {

namespace {
constexpr std::size_t arity = 4;
}

void EventQueue::push(Wake& wake, TrueTime time, std::uint64_t sequence) {
  CF_ASSERT(!wake.pending());
  const Entry entry{time, sequence, &wake};
  heap_.push_back(entry);
  sift_up(heap_.size() - 1, entry);
}

void EventQueue::push_present(Wake& wake, TrueTime now, std::uint64_t sequence) {
  CF_ASSERT(!wake.pending());
  const Entry entry{now, sequence, &wake};
  CF_ASSERT(lane_empty() || before(lane_.back(), entry));
  CF_ASSERT(lane_.size() < lane_bit);
  wake.position = lane_bit | static_cast<std::uint32_t>(lane_.size());
  lane_.push_back(entry);
  ++in_lane_;
}

EventQueue::Entry EventQueue::pop() noexcept {
  if (lane_first()) {
    const Entry first = lane_[lane_begin_];
    leave_lane(lane_begin_);
    return first;
  }
  const Entry first = heap_.front();
  const Entry last = heap_.back();
  heap_.pop_back();
  if (!heap_.empty()) sift_down(0, last);
  first.wake->position = Wake::nowhere;
  return first;
}

void EventQueue::erase(Wake& wake) noexcept {
  CF_ASSERT(wake.pending());
  if ((wake.position & lane_bit) != 0) {
    leave_lane(wake.position & ~lane_bit);
    return;
  }
  const std::size_t index = wake.position;
  CF_ASSERT(index < heap_.size() && heap_[index].wake == &wake);
  const Entry last = heap_.back();
  heap_.pop_back();
  wake.position = Wake::nowhere;
  if (index == heap_.size()) return;
  if (index > 0 && before(last, heap_[(index - 1) / arity])) {
    sift_up(index, last);
  } else {
    sift_down(index, last);
  }
}

void EventQueue::leave_lane(std::size_t index) noexcept {
  CF_ASSERT(index >= lane_begin_ && index < lane_.size());
  lane_[index].wake->position = Wake::nowhere;
  lane_[index].wake = nullptr;
  if (--in_lane_ == 0) {
    lane_.clear();
    lane_begin_ = 0;
    return;
  }
  while (lane_[lane_begin_].wake == nullptr) ++lane_begin_;
}

void EventQueue::move(Wake& wake, TrueTime time) noexcept {
  const std::size_t index = wake.position;
  CF_ASSERT(index < heap_.size() && heap_[index].wake == &wake);
  Entry entry = heap_[index];
  const bool earlier = time < entry.time;
  entry.time = time;
  if (earlier) {
    sift_up(index, entry);
  } else {
    sift_down(index, entry);
  }
}

void EventQueue::due_at_top(std::vector<Entry>& into) const {
  into.clear();
  if (empty()) return;
  const TrueTime time = top().time;
  std::copy_if(lane_.begin() + static_cast<std::ptrdiff_t>(lane_begin_), lane_.end(), std::back_inserter(into),
               [time](const Entry& entry) { return entry.wake != nullptr && entry.time == time; });
  // Entries of the heap due at the top's time form a subtree at the root: a child is never earlier than its parent.
  std::vector<std::size_t> open{0};
  while (!open.empty()) {
    const std::size_t index = open.back();
    open.pop_back();
    if (index >= heap_.size() || heap_[index].time != time) continue;
    into.push_back(heap_[index]);
    for (std::size_t child = 1; child <= arity; ++child) open.push_back(index * arity + child);
  }
  std::sort(into.begin(), into.end(), [](const Entry& a, const Entry& b) { return a.sequence < b.sequence; });
}

void EventQueue::sift_up(std::size_t index, Entry entry) noexcept {
  while (index > 0) {
    const std::size_t parent = (index - 1) / arity;
    if (!before(entry, heap_[parent])) break;
    place(index, heap_[parent]);
    index = parent;
  }
  place(index, entry);
}

void EventQueue::sift_down(std::size_t index, Entry entry) noexcept {
  const std::size_t size = heap_.size();
  while (true) {
    const std::size_t first = index * arity + 1;
    if (first >= size) break;
    std::size_t best = first;
    const std::size_t end = std::min(first + arity, size);
    for (std::size_t child = first + 1; child < end; ++child) {
      if (before(heap_[child], heap_[best])) best = child;
    }
    if (!before(heap_[best], entry)) break;
    place(index, heap_[best]);
    index = best;
  }
  place(index, entry);
}

}  // namespace chronofault::sim
