#include "quartz.hpp"

#include <map>

#include <fmt/format.h>

#include "quartz_case.hpp"
#include "trace_json.hpp"

namespace chronofault::verify {
namespace quartz {
namespace {

/// By the file's name.
const std::map<std::string_view, CaseChecker>& case_checkers() {
  static const std::map<std::string_view, CaseChecker> all{
      {"calendar", check_calendar},
      {"calendarinterval", check_series},
      {"cron", check_cron},
      {"cron_invalid", check_cron_invalid},
      {"cron_odd", check_cron_odd},
      {"dailytimeinterval", check_series},
      {"jobstore_traces", check_job_store_trace},
      {"misfire", check_misfire},
      {"newcalendar", check_new_calendar},
      {"simple_cron_series", check_series},
      {"upstream_calendar_interval", check_upstream_calendar_interval},
      {"upstream_calendars", check_upstream_calendars},
      {"upstream_cron_expression", check_upstream_cron_expression},
      {"upstream_daily_time_interval", check_upstream_daily_time_interval},
      {"upstream_job_store", check_upstream_job_store},
      {"upstream_trigger_basics", check_upstream_trigger_basics},
  };
  return all;
}

std::string known_names() {
  std::string names;
  for (const auto& [name, checker] : case_checkers()) names += (names.empty() ? "" : ", ") + std::string(name);
  return names;
}

json parsed(const VectorFile& file, const VectorLine& line) {
  auto data = json::parse(line.text, nullptr, false);
  if (data.is_discarded() || !data.is_object()) throw BadVectors(file.path, line.number, "not a JSON object");
  return data;
}

/// A document holds its cases in a list; a line is one.
std::vector<json> cases_of(const VectorFile& file, const VectorLine& line) {
  json data = parsed(file, line);
  if (file.lines_are_cases) return {std::move(data)};
  const auto cases = data.find("cases");
  if (cases == data.end() || !cases->is_array()) throw BadVectors(file.path, 0, "no list 'cases'");
  return cases->get<std::vector<json>>();
}

}  // namespace
}  // namespace quartz

void verify_quartz(const VectorFile& file, Tally& tally) {
  using namespace quartz;
  const auto checker = case_checkers().find(file.name);
  if (checker == case_checkers().end()) {
    throw BadVectors(file.path, 0, "no recording of Quartz that is known here; known are " + known_names());
  }
  scenarios::TimeZones zones;
  for (const VectorLine& line : file.lines) {
    int number = 0;
    for (json& data : cases_of(file, line)) {
      ++number;
      tally.trace();
      try {
        const std::string id = data.value("i", fmt::format("{} {}", file.name, number));
        checker->second(Case(file, line.number, id, std::move(data), zones, tally));
      } catch (const BadVectors&) {
        throw;
      } catch (const std::exception& error) {
        // A field of another type, a day 32, an end before the start.
        throw BadVectors(file.path, line.number, fmt::format("case {}: {}", number, plain_text(error)));
      }
    }
  }
}

}  // namespace chronofault::verify
