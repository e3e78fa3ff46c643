// Locks within one server process, by type and key: reentrant for the thread that holds them (powerjob 2.2).
//
// An entry is dropped from the cache 30 minutes after it was made, so that the next caller gets a new lock object while
// the old one may still be held: two holders of "the same" lock. The bound of 500,000 entries is not modelled. [V340]
// workflows use a fixed array of locks instead, chosen by the low bits of the id.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include <ports/clock.hpp>
#include <ports/task/sync.hpp>

namespace chronofault::powerjob {

class LocalLocks {
 public:
  explicit LocalLocks(Clock& clock) : clock_(clock) {}

  struct Lock {
    Semaphore free{1};
    const Fiber* holder = nullptr;
    int depth = 0;
  };
  class [[nodiscard]] Guard {
   public:
    Guard() = default;
    explicit Guard(std::shared_ptr<Lock> lock) : lock_(std::move(lock)) {}
    Guard(Guard&&) = default;
    Guard& operator=(Guard&&) = delete;
    ~Guard();

   private:
    std::shared_ptr<Lock> lock_;
  };

  /// The type whose entries stay for ever.
  static constexpr std::string_view segment = "segment";

  /// Waits while another thread holds it.
  Task<Guard> lock(std::string type, std::int64_t key);

 private:
  struct Entry {
    MonoTime created;
    std::shared_ptr<Lock> lock;
  };
  using Key = std::pair<std::string, std::int64_t>;
  std::shared_ptr<Lock> find_or_make(Key key);

  Clock& clock_;
  std::map<Key, Entry> entries_;
  std::deque<std::pair<MonoTime, Key>> by_age_;
};

}  // namespace chronofault::powerjob
