// The future, as a 4-ary heap ordered by (time, sequence number). Each entry knows its place (Wake::position), so a
// cancelled timer leaves at once; there are no stale entries and no lazy deletion.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <ports/executor.hpp>
#include <sim/kernel/time.hpp>

namespace chronofault::sim {

class EventQueue {
 public:
  struct Entry {
    TrueTime time;
    std::uint64_t sequence;
    Wake* wake;
  };

  bool empty() const noexcept { return heap_.empty(); }
  std::size_t size() const noexcept { return heap_.size(); }
  const Entry& top() const noexcept { return heap_.front(); }

  /// The pair (time, sequence) must be unique. The wake must not be pending.
  void push(Wake& wake, TrueTime time, std::uint64_t sequence);
  void erase(Wake& wake) noexcept;
  Entry pop() noexcept;
  /// Changes the time of a queued entry; its sequence number stays.
  void move(Wake& wake, TrueTime time) noexcept;
  TrueTime time_of(const Wake& wake) const noexcept { return heap_[wake.position].time; }

  /// All entries in no particular order. For rare occasions (re-keying, exploration).
  const std::vector<Entry>& entries() const noexcept { return heap_; }
  /// Entries due at the very time of the top, in sequence order.
  void due_at_top(std::vector<Entry>& into) const;

 private:
  static bool before(const Entry& a, const Entry& b) noexcept {
    return a.time != b.time ? a.time < b.time : a.sequence < b.sequence;
  }
  void place(std::size_t index, const Entry& entry) noexcept {
    heap_[index] = entry;
    entry.wake->position = static_cast<std::uint32_t>(index);
  }
  void sift_up(std::size_t index, Entry entry) noexcept;
  void sift_down(std::size_t index, Entry entry) noexcept;

  std::vector<Entry> heap_;
};

}  // namespace chronofault::sim
