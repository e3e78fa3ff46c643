// What a trigger knows of the process that asks it.
#pragma once

#include <ports/time.hpp>
#include <ports/time_zone.hpp>

namespace chronofault::triggers {

struct TriggerContext {
  /// give_up_year: the year in which the process was started + 100 (quartz 6).
  TriggerContext(WallTime now, const TimeZone& zone, int give_up_year)
      : now(now), zone(&zone), give_up_year(give_up_year) {}

  WallTime now;          // this process's wall clock
  const TimeZone* zone;  // its default zone
  int give_up_year;
};

}  // namespace chronofault::triggers
