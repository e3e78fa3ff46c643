// MAX_YEAR and the give-up year (quartz 6): upstream reads the clock when its classes are loaded.
#pragma once

#include <ports/clock.hpp>

namespace chronofault::quartz {

/// Of a process that starts now.
inline int give_up_year_of(const Clock& clock) { return clock.zone().to_civil(clock.wall()).year + 100; }

}  // namespace chronofault::quartz
