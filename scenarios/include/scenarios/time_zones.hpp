// Time zones of the tz database as tables: the only place that reads the machine's zone files. What runs later gets a
// table handed in.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <ports/time_zone.hpp>

namespace chronofault::scenarios {

/// Zones by name, each built when first asked for. Not for several threads at once.
class TimeZones {
 public:
  /// "Asia/Shanghai", "UTC" or an offset such as "+08:00"; null: no such zone. Changes of the years 1970 to 2150: those
  /// that the tz database lists, then those of the rule that it gives for the time after.
  const TimeZone* find(std::string_view name);

 private:
  std::map<std::string, std::unique_ptr<TimeZone>, std::less<>> zones_;
};

/// Of the tz database: "2025b". Empty: there is none on this machine.
std::string tzdata_version();

}  // namespace chronofault::scenarios
