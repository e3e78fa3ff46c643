// What is to happen to each commit some time after it: purge, durability, arrival at a replica.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>

#include <ports/time.hpp>
#include <sim/database/storage.hpp>

namespace chronofault::sim {

/// Commits in their order, each with the instant at which something is due for it; no commit overtakes another.
class CommitTimes {
 public:
  void add(CommitNumber commit, MonoTime due) {
    if (!due_.empty()) due = std::max(due, due_.back().at);
    due_.push_back(Due{commit, due});
    last_ = commit;
  }
  /// The last commit that was added; 0: none.
  CommitNumber last() const noexcept { return last_; }
  bool empty() const noexcept { return due_.empty(); }
  MonoTime next() const noexcept { return due_.front().at; }
  CommitNumber next_commit() const noexcept { return due_.front().commit; }
  /// Forgets those that are due by `now` and returns the last of them.
  std::optional<CommitNumber> take(MonoTime now) {
    std::optional<CommitNumber> last;
    while (!due_.empty() && due_.front().at <= now) {
      last = due_.front().commit;
      due_.pop_front();
    }
    return last;
  }

 private:
  struct Due {
    CommitNumber commit;
    MonoTime at;
  };
  std::deque<Due> due_;
  CommitNumber last_ = 0;
};

}  // namespace chronofault::sim
