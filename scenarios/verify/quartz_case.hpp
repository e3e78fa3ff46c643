// One case of a Quartz recording: its JSON, what it says of zones, triggers and calendars as values of the trigger
// engine, and the comparison.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include <scenarios/time_zones.hpp>
#include <scenarios/verify/verify.hpp>
#include <triggers/trigger.hpp>

namespace chronofault::verify::quartz {

using nlohmann::json;

/// The process that was recorded was started in 2020 (quartz 6: MAX_YEAR and the give-up year).
inline constexpr int year_max = 2120;
/// Its clock, where a case names none: 2020-06-15T12:00:00Z.
inline constexpr std::int64_t frozen_clock_ms = 1'592'222'400'000;

class Case {
 public:
  Case(const VectorFile& file, int line, std::string id, json data, scenarios::TimeZones& zones, Tally& tally);

  /// What the same case says elsewhere in its data: `data` in the place of its own.
  Case part(json data) const { return Case(*file_, line_, id_, std::move(data), *zones_, *tally_); }

  const json& operator[](const char* key) const;
  bool has(const char* key) const { return data_.contains(key); }
  std::string text(const char* key) const;
  std::int64_t number(const char* key) const;
  bool flag(const char* key, bool otherwise = false) const;

  /// The zone under `key`; null or absent: none.
  const TimeZone* zone_or_none(const json& of, const char* key) const;
  const TimeZone& zone(const char* key) const;
  triggers::TriggerContext context(std::int64_t now_ms = frozen_clock_ms) const;

  triggers::CronExpression cron(const std::string& text) const;
  triggers::Trigger trigger() const;
  /// Null: the case has none under `key`.
  std::shared_ptr<const triggers::ExclusionCalendar> calendar(const char* key) const;

  /// What `ask` answers, or {"x": "IllegalArgumentException"} and the like.
  static json answer_of(const std::function<json()>& ask);
  void compare(std::string_view operation, const json& expected, const json& seen, std::string_view step = "") const;
  void skip(std::string_view operation) const { tally_->skipped(operation); }
  [[noreturn]] void bad(const std::string& what) const;

 private:
  std::shared_ptr<const triggers::ExclusionCalendar> calendar_from(const json& data) const;
  triggers::Trigger::Schedule schedule() const;
  triggers::ExclusionCalendar::Rule rule_from(const json& data, const TimeZone& zone) const;

  const VectorFile* file_;
  int line_;
  std::string id_;
  json data_;
  scenarios::TimeZones* zones_;
  Tally* tally_;
};

std::optional<triggers::TimeOfDay> time_of_day(const json& text);
/// "2005-06-01T09:30:17", "2013-02-15T23:59:59.500"; none: it is not that.
std::optional<WallTime> local_time(const json& text, const TimeZone& zone);
json ms_or_null(std::optional<WallTime> t);
std::optional<WallTime> time_or_none(const json& ms);

using CaseChecker = void (*)(const Case&);

void check_cron(const Case& c);
void check_cron_invalid(const Case& c);
void check_cron_odd(const Case& c);
void check_series(const Case& c);
void check_misfire(const Case& c);
void check_new_calendar(const Case& c);
void check_calendar(const Case& c);
void check_upstream_cron_expression(const Case& c);
void check_upstream_calendar_interval(const Case& c);
void check_upstream_calendars(const Case& c);
void check_upstream_daily_time_interval(const Case& c);
void check_upstream_trigger_basics(const Case& c);
/// quartz_upstream_job_store.cpp
void check_upstream_job_store(const Case& c);
/// quartz_job_store_traces.cpp
void check_job_store_trace(const Case& c);

}  // namespace chronofault::verify::quartz
