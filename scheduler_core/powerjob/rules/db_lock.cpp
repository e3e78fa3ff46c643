#include <powerjob/rules/db_lock.hpp>

namespace chronofault::powerjob {

LockStep LockFailures::after_conflict(const std::string& name, const Profile& profile) {
  if (profile.lock_failures_before_read == 0) return LockStep::read_row;
  const int failures = ++count_[name];
  return failures > profile.lock_failures_before_read ? LockStep::read_row : LockStep::refused;
}

void LockFailures::reset(const std::string& name) { count_.erase(name); }

LockStep judge_held(const std::optional<OmsLock>& row, WallTime now, LockFailures& failures, const Profile& profile) {
  if (!row) return LockStep::vanished;
  const bool expired = now - row->gmt_create > Duration::ms(row->max_lock_time);
  if (expired) return profile.lock_takes_over_at_once ? LockStep::delete_and_retry : LockStep::delete_and_refuse;
  failures.reset(row->lock_name);
  return LockStep::refused;
}

}  // namespace chronofault::powerjob
