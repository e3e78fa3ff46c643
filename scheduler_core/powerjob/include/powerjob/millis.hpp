// Upstream's clock reading.
#pragma once

#include <ports/time.hpp>

namespace chronofault::powerjob {

/// System.currentTimeMillis(): the wall clock without its microseconds.
constexpr WallTime millis(WallTime t) { return WallTime::from_ms(t.ms()); }

}  // namespace chronofault::powerjob
