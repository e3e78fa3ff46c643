// What the QRTZ_ tables hold, between rows and values (quartz 2.1).
//
// Value conventions: an insert writes an absent next fire time as NULL, an update as -1; an absent previous one is -1,
// an absent end 0. What is read is absent if it is 0 or less. A daily trigger's `complete` is not stored.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <ports/system.hpp>
#include <quartz/job_classes.hpp>
#include <quartz/rows.hpp>

namespace chronofault::quartz {

/// TRIGGERS.TRIGGER_STATE and FIRED_TRIGGERS.STATE (quartz 5.1, 5.2).
namespace state {
inline constexpr const char* waiting = "WAITING";
inline constexpr const char* acquired = "ACQUIRED";
inline constexpr const char* executing = "EXECUTING";
inline constexpr const char* complete = "COMPLETE";
inline constexpr const char* blocked = "BLOCKED";
inline constexpr const char* error = "ERROR";
inline constexpr const char* paused = "PAUSED";
inline constexpr const char* paused_blocked = "PAUSED_BLOCKED";
inline constexpr const char* deleted = "DELETED";  // only as the answer of a query for a missing row
}  // namespace state

/// TRIGGERS.TRIGGER_TYPE.
namespace trigger_type {
inline constexpr const char* simple = "SIMPLE";
inline constexpr const char* cron = "CRON";
inline constexpr const char* calendar_interval = "CAL_INT";
inline constexpr const char* daily_time_interval = "DAILY_I";
inline constexpr const char* blob = "BLOB";
}  // namespace trigger_type

/// Marks in PAUSED_TRIGGER_GRPS that all groups are paused.
inline constexpr const char* all_groups_paused = "_$_ALL_GROUPS_PAUSED_$_";
inline constexpr const char* recovery_group = "RECOVERING_JOBS";

/// A value in a row that cannot be what it should be.
struct UnreadableRow {
  explicit UnreadableRow(std::string what) : what(std::move(what)) {}
  std::string what;
};

std::vector<TableSpec> table_specs();

/// TimeZone.getTimeZone of a node; null: unknown, which Java reads as GMT.
using ZoneTable = std::function<const TimeZone*(std::string_view id)>;

/// What a node needs besides the rows to read them.
struct RowReader {
  RowReader() = default;
  RowReader(ZoneTable zones, int year_max, bool long_properties)
      : zones(std::move(zones)), year_max(year_max), long_properties(long_properties) {}
  const TimeZone& zone(const std::string& id) const;

  ZoneTable zones;
  int year_max = triggers::CronExpression::usual_year_max;  // MAX_YEAR of the process
  bool long_properties = false;                             // LONG_PROPs as longs, not as ints (2.5.0)
};

using ExtensionRow = std::variant<SimpleTriggerRow, CronTriggerRow, SimpropTriggerRow>;

const char* type_of(const triggers::Trigger& trigger);
/// Without JOB_DATA. `insert`: the convention of inserts for the next fire time.
TriggerRow to_row(const std::string& sched_name, const JobTrigger& held, const std::string& state, bool insert);
ExtensionRow to_extension_row(const std::string& sched_name, const triggers::Trigger& trigger);
/// Throws UnreadableRow, IllegalArgument.
JobTrigger from_rows(const TriggerRow& row, const ExtensionRow& extension, const RowReader& reader);

JobDetailRow to_row(const std::string& sched_name, const JobDetail& job);
/// The job's annotations are those of its class. Throws UnreadableRow, also where the class is not found.
JobDetail from_row(const JobDetailRow& row, const JobClasses& classes);

std::optional<WallTime> time_or_none(std::optional<std::int64_t> ms);

/// JOB_DATA: a line "key=value" for each entry; none for an empty map.
std::optional<std::string> to_text(const JobData& data);
/// Throws UnreadableRow.
JobData data_from_text(const std::optional<std::string>& text);

/// CALENDARS.CALENDAR: a line for each calendar, bases last.
std::string to_text(const triggers::ExclusionCalendar& calendar);
/// Throws UnreadableRow.
std::shared_ptr<const triggers::ExclusionCalendar> calendar_from_text(const std::string& text, const RowReader& reader);

}  // namespace chronofault::quartz
