// Zones and instants for the tests of this room.
#pragma once

#include <optional>
#include <string>

#include <ports/time_zone.hpp>

namespace chronofault::tests {

inline WallTime utc_at(int year, int month, int day, int hour = 0, int minute = 0, int second = 0) {
  return utc().to_instant({year, month, day, hour, minute, second, 0}).earlier;
}

/// +01:00; from 2024-03-31 02:00 (which becomes 03:00) to 2024-10-27 03:00 (which becomes 02:00) it is +02:00.
inline const TimeZone& berlin() {
  static const TimeZone zone(
      "Europe/Berlin", Duration::hours(1),
      {{utc_at(2024, 3, 31, 1), Duration::hours(2)}, {utc_at(2024, 10, 27, 1), Duration::hours(1)}});
  return zone;
}

inline std::string shown(std::optional<WallTime> t, const TimeZone& zone = utc()) {
  return t ? to_string(*t, zone).substr(0, 19) : "never";
}

}  // namespace chronofault::tests
