// Recordings of Quartz 2.3.2: cron expressions, triggers, misfires, exclusion calendars (quartz 12).
#pragma once

#include <scenarios/verify/verify.hpp>

namespace chronofault::verify {

/// By name of the file: cron, cron_invalid, cron_odd, misfire, newcalendar, calendar, calendarinterval,
/// dailytimeinterval, simple_cron_series, upstream_*. Throws BadVectors.
void verify_quartz(const VectorFile& file, Tally& tally);

}  // namespace chronofault::verify
