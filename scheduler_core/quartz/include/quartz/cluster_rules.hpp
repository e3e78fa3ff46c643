// By what a node counts a peer as failed (quartz 7.17), as a pure function.
#pragma once

#include <algorithm>

#include <ports/time.hpp>
#include <quartz/rows.hpp>

namespace chronofault::quartz::rules {

/// Fixed in upstream's code (quartz 6).
inline constexpr Duration check_in_grace = Duration::ms(7'500);

/// Whether the row of another instance is one of a failed node. `now` and `last_check_in` are those of the node that
/// asks, the latter before the check-in under way: a node that was itself cut off is as patient as it was absent.
inline bool instance_failed(const SchedulerStateRow& row, WallTime now, WallTime last_check_in) {
  const Duration patience = std::max(Duration::ms(row.checkin_interval), now - last_check_in) + check_in_grace;
  return WallTime::from_ms(row.last_checkin_time) + patience < now;
}

}  // namespace chronofault::quartz::rules
