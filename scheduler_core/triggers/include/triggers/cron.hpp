// Cron expressions: when a job fires, in three dialects. What differs between them is named here and nowhere else.
//
//   sec 0-59 | min 0-59 | hour 0-23 | day 1-31 ? L L-n LW L-nW nW | month 1-12 JAN-DEC | weekday 1-7 SUN-SAT ? L nL n#k
//   | year
//
// Weekday 1 is Sunday; 6 or 7 fields.
//
// quartz    org.quartz.CronExpression 2.3.2 (quartz 7.2, 7.3). Exactly one of day and weekday is '?'. Its parser takes
//           much that looks wrong ("12X34", "99", "MONDAY/7") and its search walks a java.util.Calendar: a local time
//           in a gap is left out, shifted or found an hour later, a repeated hour counts once, in its second
//           occurrence, and a few expressions with W never come to an end. All of that is kept: quartz/parse.cpp,
//           quartz/search.cpp.
// xxl_job   The copy in XXL-JOB 2.x (xxl-job 7.2): the same, but the clock's milliseconds play no part.
// powerjob  PowerJob's own since 4.x (powerjob 7.1): day and weekday may both be given and must then both match, days
//           and weekdays take lists with L, W and #, years are 1970-2099. A local time in a gap fires as late after the
//           jump as it lies after its beginning; a repeated one fires at its first occurrence: powerjob/*.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <tl/expected.hpp>

#include <ports/time.hpp>
#include <ports/time_zone.hpp>
#include <triggers/cron_fields.hpp>

namespace chronofault::triggers {

enum class CronDialect { quartz, xxl_job, powerjob };

/// "quartz", "xxl-job", "powerjob".
std::string_view name_of(CronDialect dialect);
std::optional<CronDialect> cron_dialect(std::string_view name);

/// Why an expression is refused: where, which field, what would be right, and what the library itself says.
struct CronError {
  std::string message;       // quartz, xxl_job: that of the exception
  std::size_t position = 0;  // byte in the expression at which the reading stopped
  std::string field;         // "hours"; empty: the expression as a whole
  std::string expected;      // what the field takes

  /// The exception of the quartz and xxl_job dialects; the class is empty in the other.
  std::string exception;  // "ParseException"
  int offset = 0;         // its errorOffset: within the item, within the text, or -1
};

class CronExpression {
 public:
  /// Of a process that was started in 2020 (quartz 6: MAX_YEAR is the year of class load + 100).
  static constexpr int usual_year_max = 2120;

  /// `year_max`: what '*' and open ranges of the year reach to, and where the search gives up. powerjob: always 2099.
  static tl::expected<CronExpression, CronError> parse(std::string_view text, CronDialect dialect,
                                                       int year_max = usual_year_max);

  /// getTimeAfter: the first matching instant after t, on a whole second; none: never again. `now`: the clock of the
  /// process that asks; its milliseconds can decide about W (quartz 7.3). Throws NoSuchElement, SearchDoesNotEnd.
  std::optional<WallTime> time_after(WallTime t, const TimeZone& zone, WallTime now) const;
  /// isSatisfiedBy: whether the expression matches the second of t. Throws as time_after.
  bool satisfied_by(WallTime t, const TimeZone& zone, WallTime now) const;
  /// getNextInvalidTimeAfter: the second after the unbroken run of matching seconds that follows t. Throws as
  /// time_after; SearchDoesNotEnd also for a run above a year.
  WallTime next_invalid_after(WallTime t, const TimeZone& zone, WallTime now) const;

  /// time_after where a search that fails counts as none: for those who only want to know when.
  std::optional<WallTime> next_after(WallTime t, const TimeZone& zone) const;
  /// The last matching instant strictly before t. quartz, xxl_job: always none, as in 2.3.2 (getTimeBefore).
  std::optional<WallTime> previous_before(WallTime t, const TimeZone& zone) const;

  const std::string& text() const noexcept { return text_; }
  CronDialect dialect() const noexcept { return dialect_; }
  /// The parsed fields, for tests and for printing; null: the other kind of dialect.
  const QuartzFields* quartz_fields() const { return std::get_if<QuartzFields>(&fields_); }
  const PowerJobFields* powerjob_fields() const { return std::get_if<PowerJobFields>(&fields_); }

 private:
  CronExpression(std::string_view text, CronDialect dialect, std::variant<QuartzFields, PowerJobFields> fields)
      : text_(text), dialect_(dialect), fields_(fields) {}

  std::string text_;
  CronDialect dialect_;
  std::variant<QuartzFields, PowerJobFields> fields_;
};

}  // namespace chronofault::triggers
