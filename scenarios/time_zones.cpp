#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <vector>

#include <date/tz.h>

#include <scenarios/time_zones.hpp>

#include "reader/literals.hpp"
#include "yearly_rule.hpp"

namespace chronofault::scenarios {
namespace {

constexpr int first_year = 1970;
constexpr int last_year = 2150;
const std::string zone_files = "/usr/share/zoneinfo/";

/// The rule in the last line of a zone's file: the date library lists the changes and leaves it out.
std::optional<YearlyRule> rule_of(const std::string& name) {
  std::ifstream in(zone_files + name, std::ios::binary);
  const std::string file((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (file.size() < 2 || file.back() != '\n') return std::nullopt;
  const std::size_t begin = file.rfind('\n', file.size() - 2) + 1;
  return YearlyRule::parse(std::string_view(file).substr(begin, file.size() - 1 - begin));
}

std::unique_ptr<TimeZone> table_of(std::string_view name) {
  const date::time_zone* zone = nullptr;
  try {
    zone = date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
  using std::chrono::seconds;
  const date::sys_seconds end = date::sys_days{date::year{last_year + 1} / 1 / 1};
  date::sys_seconds at = date::sys_days{date::year{first_year} / 1 / 1};
  date::sys_info info = zone->get_info(at);
  const Duration first = Duration::seconds(seconds(info.offset).count());
  std::vector<TimeZone::Change> changes;
  const auto add = [&](WallTime t, Duration offset) {
    // A change of the abbreviation alone is none of the offset.
    if (offset != (changes.empty() ? first : changes.back().offset)) changes.push_back({t, offset});
  };
  while (info.end < end) {
    at = info.end;
    info = zone->get_info(at);
    add(WallTime::from_us(at.time_since_epoch().count() * 1'000'000), Duration::seconds(seconds(info.offset).count()));
  }
  if (const auto rule = rule_of(zone->name())) {
    const WallTime listed = WallTime::from_us(at.time_since_epoch().count() * 1'000'000);
    for (const TimeZone::Change& change : rule->changes(first_year, last_year)) {
      if (change.at > listed) add(change.at, change.offset);
    }
  }
  return std::make_unique<TimeZone>(std::string(name), first, std::move(changes));
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
  std::ifstream in(zone_files + "tzdata.zi");
  std::string hash;
  std::string word;
  std::string version;
  in >> hash >> word >> version;
  return hash == "#" && word == "version" ? version : std::string();
}

}  // namespace chronofault::scenarios
