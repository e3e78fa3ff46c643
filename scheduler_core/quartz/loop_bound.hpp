// How often a thread of a node passes at least, for the property loops-progress.
#pragma once

#include <ports/time.hpp>

namespace chronofault::quartz {

/// A pass may fail by its connection (30 s), and is then repeated after dbRetryInterval.
inline Duration loop_bound_of(Duration period, Duration db_retry_interval) {
  return period * 2 + db_retry_interval + Duration::minutes(1);
}

}  // namespace chronofault::quartz
