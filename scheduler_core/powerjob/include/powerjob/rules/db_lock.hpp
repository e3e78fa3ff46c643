// The lock table `oms_lock` (powerjob 7.2): holding a lock is having one's row in it.
//
//   insert the row               -> it went in: acquired
//   after_conflict(name)         -> V340 only: refuse without reading until the sixth failure in a row
//   read the row by name; then judge_held(row)
//   delete_and_retry: delete by name, then start again; delete_and_refuse: delete by name, refused
#pragma once

#include <map>
#include <optional>
#include <string>

#include <ports/time.hpp>
#include <powerjob/profile.hpp>
#include <powerjob/rows.hpp>

namespace chronofault::powerjob {

enum class LockStep {
  refused,
  read_row,
  delete_and_retry,   // expired: delete by name, then insert again
  delete_and_refuse,  // V340: expired; the next call gets it
  vanished,           // the row went away between insert and read: upstream's call throws
};

/// Failures in a row per lock name, in the memory of one server; only V340 counts them.
class LockFailures {
 public:
  LockStep after_conflict(const std::string& name, const Profile& profile);
  void reset(const std::string& name);

 private:
  std::map<std::string, int> count_;
};

/// now: this server's clock, compared with the creator's (gmt_create). Expired means older than the row's
/// max_lock_time, not as old.
LockStep judge_held(const std::optional<OmsLock>& row, WallTime now, LockFailures& failures, const Profile& profile);

}  // namespace chronofault::powerjob
