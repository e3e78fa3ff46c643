#include <chrono>
#include <fstream>
#include <stdexcept>
#include <vector>

#include <date/tz.h>

#include <scenarios/time_zones.hpp>

#include "reader/literals.hpp"

namespace chronofault::scenarios {
namespace {

std::unique_ptr<TimeZone> table_of(std::string_view name) {
  const date::time_zone* zone = nullptr;
  try {
    zone = date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
  using std::chrono::seconds;
  const date::sys_seconds end = date::sys_days{date::year{2101} / 1 / 1};
  date::sys_seconds at = date::sys_days{date::year{1970} / 1 / 1};
  date::sys_info info = zone->get_info(at);
  const seconds first = info.offset;
  seconds offset = first;
  std::vector<TimeZone::Change> changes;
  while (info.end < end) {
    at = info.end;
    info = zone->get_info(at);
    // A change of the abbreviation alone is none of the offset.
    if (info.offset == offset) continue;
    offset = info.offset;
    changes.push_back(
        {WallTime::from_us(at.time_since_epoch().count() * 1'000'000), Duration::seconds(offset.count())});
  }
  return std::make_unique<TimeZone>(std::string(name), Duration::seconds(first.count()), std::move(changes));
}

}  // namespace

const TimeZone* TimeZones::find(std::string_view name) {
  const auto known = zones_.find(name);
  if (known != zones_.end()) return known->second.get();
  std::unique_ptr<TimeZone> zone;
  if (const auto offset = parse_offset(name)) {
    zone = std::make_unique<TimeZone>(std::string(name), *offset);
  } else if (!name.empty() && name.size() < 64) {
    zone = table_of(name);
  }
  return zones_.emplace(std::string(name), std::move(zone)).first->second.get();
}

std::string tzdata_version() {
  // The date library knows the version only of a database that it compiled itself.
  std::ifstream in("/usr/share/zoneinfo/tzdata.zi");
  std::string hash;
  std::string word;
  std::string version;
  in >> hash >> word >> version;
  return hash == "#" && word == "version" ? version : std::string();
}

}  // namespace chronofault::scenarios
