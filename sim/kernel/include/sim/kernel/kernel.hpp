// The loop. Takes one entry at a time from the queue, sets true time to it, and runs what it wakes until that suspends.
//
//   - A step is one entry and all that runs until the queue is asked again. Steps are ordered by (time, sequence
//     number); a Chooser may pick another one of those due at the very same instant.
//   - The digest folds, per step: number, time, process and kind; payloads and draws are folded by those who make them.
//   - Kills and ends of tasks are carried out between steps (after_step).
//   - Outsiders (fault injector, job book, monitors, checkpoints) act between steps, through the agenda: they take no
//     step number, and what is on the agenda for t happens before the first step due at or after t.
//
// What is not here: processes and hosts (sim/host), records (sim/trace), messages (sim/network).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <sim/kernel/digest.hpp>
#include <sim/kernel/queue.hpp>
#include <sim/kernel/random.hpp>
#include <sim/kernel/task_executor.hpp>
#include <sim/kernel/time.hpp>

namespace chronofault::sim {

/// Something of the world itself that happens at an instant: a delivery, the end of a freeze. Runs as a step.
class WorldEvent : public Wake {
 public:
  explicit WorldEvent(StepKind step_kind) : Wake(step_kind) {}
  virtual void fire() = 0;  // may destroy *this

 protected:
  ~WorldEvent() = default;
};

/// Exploration: which of several steps due at one instant comes first.
class Chooser {
 public:
  /// An index into `due`, which is in sequence order and has at least two entries.
  virtual std::size_t choose(std::span<const EventQueue::Entry> due) = 0;

 protected:
  ~Chooser() = default;
};

struct Checkpoint {
  std::uint64_t step = 0;
  TrueTime time;
  Hash128 digest;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

class Kernel {
 public:
  Kernel(std::uint64_t seed, TrueTime start);
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;
  ~Kernel();

  TrueTime now() const noexcept { return now_; }
  std::uint64_t seed() const noexcept { return streams_.seed(); }
  /// Number of the step under way, or of the last one; 0 before the first.
  std::uint64_t steps() const noexcept { return step_; }

  /// Runs one step. False: nothing is due at or before `until`; time then stands at `until`, and the agenda up to it
  /// is done.
  bool step(TrueTime until);
  void run_until(TrueTime until) {
    while (step(until)) {
    }
  }
  /// Runs until step number `step` is done, or `until` is reached.
  void run_to_step(std::uint64_t step, TrueTime until);

  // For the world's own events, which belong to no process.
  void post(WorldEvent& event) noexcept { world_.post(event); }
  void at(WorldEvent& event, TrueTime due) noexcept;

  /// Puts an outsider's act on the agenda. Acts of one instant happen in the order in which they were put there.
  void agenda(TrueTime at, std::function<void()> act);
  /// Work of outsiders after each step: monitors, crash sweeps. At most one.
  void after_each_step(std::function<void()> act) { after_each_step_ = std::move(act); }

  Digest& digest() noexcept { return digest_; }
  Streams& streams() noexcept { return streams_; }
  /// Draws of outsiders: same seed, not folded.
  Streams& outside_streams() noexcept { return outside_streams_; }

  void set_chooser(Chooser* chooser) noexcept { chooser_ = chooser; }
  Chooser* chooser() const noexcept { return chooser_; }
  /// Makes named choice points (`interleave`) steps of their own.
  void set_interleaving(bool on) noexcept { interleaving_ = on; }
  bool interleaving() const noexcept { return interleaving_; }

  /// One checkpoint every `interval` steps from here on; 0: none.
  void keep_checkpoints(std::uint64_t interval) noexcept { checkpoint_interval_ = interval; }
  const std::vector<Checkpoint>& checkpoints() const noexcept { return checkpoints_; }

  /// The fiber that runs in this step, its executor, and the entry's cause; null and 0 between steps.
  Fiber* current_fiber() const noexcept { return current_fiber_; }
  TaskExecutor* current_executor() const noexcept { return current_executor_; }
  std::uint64_t current_cause() const noexcept { return current_cause_; }
  void set_current_cause(std::uint64_t record) noexcept { current_cause_ = record; }

  /// The clock `map` has changed: re-keys the timers that count by it. Sequence numbers stay.
  void rekey(const MonoMap& map) noexcept;

  // For executors.
  void enqueue(Wake& wake, TrueTime due) noexcept;
  /// Of what is no timer: due at this instant, after all else that is.
  void enqueue_now(Wake& wake) noexcept;
  EventQueue& queue() noexcept { return queue_; }
  void after_step(Deferred& what) noexcept { deferred_.push_back(what.hook); }
  void request_kill(Mortal& victim);
  /// Carries out pending ends and kills; outsiders call it after acting between steps.
  void settle() noexcept;
  TaskExecutor& world() noexcept { return world_; }

 private:
  Wake& take_next();
  void fire(Wake& wake);
  void do_agenda(TrueTime until);

  TrueTime now_;
  std::uint64_t step_ = 0;
  std::uint64_t sequence_ = 0;
  EventQueue queue_;
  Digest digest_;
  Streams streams_;
  Streams outside_streams_;
  TaskExecutor world_;
  List<Deferred> deferred_;
  std::vector<Mortal*> kill_requests_;
  std::multimap<TrueTime, std::function<void()>> agenda_;
  std::function<void()> after_each_step_;
  Chooser* chooser_ = nullptr;
  std::vector<EventQueue::Entry> due_;
  bool interleaving_ = false;
  Fiber* current_fiber_ = nullptr;
  TaskExecutor* current_executor_ = nullptr;
  std::uint64_t current_cause_ = 0;
  std::uint64_t checkpoint_interval_ = 0;
  std::vector<Checkpoint> checkpoints_;
};

}  // namespace chronofault::sim
