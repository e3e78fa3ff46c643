// The future, ordered by (time, sequence number): a 4-ary heap, and beside it a lane for what is due at the present
// instant. What is posted now comes after all that was due now before, so the lane is first in, first out, and most
// wake-ups never touch the heap. Each entry knows its place (Wake::position), so a cancelled one leaves at once; the
// heap has no stale entries, and the lane's holes are gone when the instant is.
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
    std::uint64_t sequence = 0;
    Wake* wake = nullptr;
  };

  bool empty() const noexcept { return heap_.empty() && lane_empty(); }
  std::size_t size() const noexcept { return heap_.size() + in_lane_; }
  /// The earliest. Must not be empty.
  const Entry& top() const noexcept { return lane_first() ? lane_[lane_begin_] : heap_.front(); }

  /// The pair (time, sequence) must be unique. The wake must not be pending.
  void push(Wake& wake, TrueTime time, std::uint64_t sequence);
  /// The same for an entry that comes after all that was ever pushed for an instant up to `now`, until something later
  /// is popped.
  void push_present(Wake& wake, TrueTime now, std::uint64_t sequence);
  void erase(Wake& wake) noexcept;
  Entry pop() noexcept;
  /// Changes the time of an entry made by push(); its sequence number stays.
  void move(Wake& wake, TrueTime time) noexcept;
  TrueTime time_of(const Wake& wake) const noexcept { return entry_of(wake).time; }

  /// What push() put there, in no particular order. For rare occasions (re-keying).
  const std::vector<Entry>& timed() const noexcept { return heap_; }
  /// Entries due at the very time of the top, in sequence order.
  void due_at_top(std::vector<Entry>& into) const;

 private:
  // Positions in the lane carry this bit; the highest one is the executors'.
  static constexpr std::uint32_t lane_bit = 0x4000'0000;

  static bool before(const Entry& a, const Entry& b) noexcept {
    return a.time != b.time ? a.time < b.time : a.sequence < b.sequence;
  }
  void place(std::size_t index, const Entry& entry) noexcept {
    heap_[index] = entry;
    entry.wake->position = static_cast<std::uint32_t>(index);
  }
  void sift_up(std::size_t index, Entry entry) noexcept;
  void sift_down(std::size_t index, Entry entry) noexcept;

  bool lane_empty() const noexcept { return in_lane_ == 0; }
  bool lane_first() const noexcept {
    return !lane_empty() && (heap_.empty() || before(lane_[lane_begin_], heap_.front()));
  }
  const Entry& entry_of(const Wake& wake) const noexcept {
    return (wake.position & lane_bit) != 0 ? lane_[wake.position & ~lane_bit] : heap_[wake.position];
  }
  void leave_lane(std::size_t index) noexcept;

  std::vector<Entry> heap_;
  std::vector<Entry> lane_;  // in order; a cancelled one has no wake. The first is none of these
  std::size_t lane_begin_ = 0;
  std::size_t in_lane_ = 0;
};

}  // namespace chronofault::sim
