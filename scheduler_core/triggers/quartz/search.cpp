// The next fire time, as Quartz 2.3.2 walks to it (quartz 7.3).
//
// A calendar is pushed forward field by field, seconds first, days before months before years, and whenever a field
// moved the walk begins again at the seconds. What makes it worth copying step by step is that every look at the
// calendar resolves it in the zone (java_calendar.hpp): which of the fields had been set by then decides where a fire
// lands around a change of the clocks, whether a day is skipped, and whether the walk ends at all.
//
// The walk is a function of the calendar's instant at the top of the loop alone, so it ends or comes back to an instant
// where it was before. Brent's method finds that: one remembered instant, renewed after 1, 2, 4, 8, .. rounds.
#include <algorithm>

#include <triggers/errors.hpp>
#include <triggers/java_calendar.hpp>

#include "cron.hpp"

namespace chronofault::triggers::quartz {
namespace {

constexpr int year_of_hard_stop = 2999;
constexpr std::int64_t second_ms = 1'000;

template <std::size_t N>
int smallest(const ValueSet<N>& set) {
  if (const auto first = set.first()) return *first;
  throw NoSuchElement("a field of the cron expression holds no value");
}

class Walk {
 public:
  Walk(const QuartzFields& fields, std::int64_t t, const TimeZone& zone, int clock_ms)
      : fields_(fields),
        zone_(zone),
        after_(t + second_ms),
        clock_ms_(clock_ms),
        c_(zone, WallTime::from_ms(t + second_ms)) {
    c_.set_millisecond(0);
  }

  std::optional<std::int64_t> run() {
    for (;;) {
      if (c_.year() > year_of_hard_stop) return std::nullopt;
      check_cycle(c_.time_ms());
      switch (round()) {
        case Round::again:
          continue;
        case Round::found:
          return c_.time_ms();
        case Round::over:
          return std::nullopt;
      }
    }
  }

 private:
  enum class Round { again, found, over };

  Round round() {
    second();
    if (minute_moved() || hour_moved() || day_moved()) return Round::again;
    const int year = c_.year();
    if (year > fields_.year_max) return Round::over;
    if (month_moved(year)) return Round::again;
    const auto allowed = fields_.years.at_or_after(c_.year());
    if (!allowed || *allowed > year_of_hard_stop) return Round::over;
    if (*allowed == c_.year()) return Round::found;
    begin_of(1, 1);
    c_.set_year(*allowed);
    return Round::again;
  }

  void second() {
    const int current = c_.second();
    const auto allowed = fields_.seconds.at_or_after(current);
    if (!allowed) {
      const int first = smallest(fields_.seconds);
      c_.set_minute(c_.minute() + 1);
      c_.set_second(first);
    } else {
      c_.set_second(*allowed);
    }
  }

  bool minute_moved() {
    const int current = c_.minute();
    const int hour = c_.hour();
    const auto allowed = fields_.minutes.at_or_after(current);
    if (allowed == current) {
      c_.set_minute(current);
      return false;
    }
    const int minute = allowed ? *allowed : smallest(fields_.minutes);
    c_.set_second(0);
    c_.set_minute(minute);
    set_hour(allowed ? hour : hour + 1);
    return true;
  }

  bool hour_moved() {
    const int current = c_.hour();
    const int day = c_.day();
    const auto allowed = fields_.hours.at_or_after(current);
    if (allowed == current) {
      c_.set_hour(current);
      return false;
    }
    const int hour = allowed ? *allowed : smallest(fields_.hours);
    c_.set_second(0);
    c_.set_minute(0);
    c_.set_day(allowed ? day : day + 1);
    set_hour(hour);
    return true;
  }

  /// setCalendarHour: what a gap swallows is looked for an hour later.
  void set_hour(int hour) {
    c_.set_hour(hour);
    if (c_.hour() != hour && hour != 24) c_.set_hour(hour + 1);
  }

  bool day_moved() {
    const int day = c_.day();
    const int month = c_.month();
    const bool by_month = fields_.weekdays.contains(QuartzFields::no_value);
    const bool moved = by_month ? day_of_month_moved(day, month) : day_of_week_moved(day, month);
    if (!moved) c_.set_day(day);
    return moved;
  }

  struct Target {
    int day = 0;
    int month = 0;  // may be 13
    bool always = false;
  };

  bool day_of_month_moved(int day, int month) {
    const Target target = day_of_month(day, month);
    if (target.day == day && target.month == month && !target.always) return false;
    begin_of(target.day, target.month);
    return true;
  }

  Target day_of_month(int day, int month) {
    const int length = days_in_month(c_.year(), month);
    if (fields_.last_day_of_month && fields_.nearest_weekday) {
      const int near = nearest_weekday(length - fields_.last_day_offset, month, length);
      return near_is_past_ ? Target{1, month + 1} : Target{near, month};
    }
    if (fields_.last_day_of_month) {
      const int target = length - fields_.last_day_offset;
      if (day <= target) return {target, month};
      if (month < 12) return {1, month + 1};
      c_.add_years(1);
      return {1, 1, true};
    }
    if (fields_.nearest_weekday) {
      const int wanted = smallest(fields_.days);
      const int near = nearest_weekday(wanted, month, length);
      return near_is_past_ ? Target{wanted, month + 1} : Target{near, month};
    }
    const auto allowed = fields_.days.at_or_after(day);
    if (allowed && *allowed <= length) return {*allowed, month};
    return {smallest(fields_.days), month + 1, true};
  }

  /// WEEKDAY of quartz 7.3; sets near_is_past_. A calendar of its own, which starts at the system clock: its
  /// milliseconds stay. Day 0 of January leads it into the year before.
  int nearest_weekday(int day, int month, int length) {
    JavaCalendar near(zone_, WallTime::from_ms(clock_ms_));
    near.set_hour(0);
    near.set_minute(0);
    near.set_second(0);
    near.set_day(day);
    near.set_month(month);
    near.set_year(c_.year());
    const int weekday = near.weekday();
    constexpr int saturday = 7;
    constexpr int sunday = 1;
    if (weekday == saturday) day += day == 1 ? 2 : -1;
    if (weekday == sunday) day += day == length ? -2 : 1;
    near.set_second(c_.second());
    near.set_minute(c_.minute());
    near.set_hour(c_.hour());
    near.set_day(day);
    near.set_month(month);
    near_is_past_ = near.time_ms() < after_;
    return day;
  }

  bool day_of_week_moved(int day, int month) {
    const int length = days_in_month(c_.year(), month);
    const int current = c_.weekday();
    const bool special = fields_.last_day_of_week || fields_.nth_weekday != 0;
    const auto allowed = special ? std::nullopt : fields_.weekdays.at_or_after(current);
    // A weekday of '#' may be any int.
    const std::int64_t wanted = allowed ? *allowed : smallest(fields_.weekdays);
    std::int64_t target = day + wanted - current + (current <= wanted ? 0 : 7);
    if (fields_.last_day_of_week) {
      while (target <= length && target + 7 <= length) target += 7;
    } else if (fields_.nth_weekday != 0) {
      const std::int64_t shift = (fields_.nth_weekday - (target + 6) / 7) * 7;
      target = shift < 0 ? length + 1 : target + shift;
    }
    if (target == day) return false;
    if (target > length) {
      begin_of(1, month + 1);
    } else {
      begin_of(static_cast<int>(target), month);
    }
    return true;
  }

  bool month_moved(int year) {
    const int current = c_.month();
    const auto allowed = fields_.months.at_or_after(current);
    if (allowed == current) {
      c_.set_month(current);
      return false;
    }
    begin_of(1, allowed ? *allowed : smallest(fields_.months));
    c_.set_year(allowed ? year : year + 1);
    return true;
  }

  /// JUMP of quartz 7.3.
  void begin_of(int day, int month) {
    c_.set_second(0);
    c_.set_minute(0);
    c_.set_hour(0);
    c_.set_day(day);
    c_.set_month(month);
  }

  void check_cycle(std::int64_t instant) {
    if (rounds_ > 0 && instant == remembered_) {
      throw SearchDoesNotEnd("the search for the next fire time comes back to where it was");
    }
    if (++rounds_ == renew_at_) {
      remembered_ = instant;
      renew_at_ *= 2;
    }
  }

  const QuartzFields& fields_;
  const TimeZone& zone_;
  std::int64_t after_;
  int clock_ms_;
  JavaCalendar c_;
  bool near_is_past_ = false;
  std::int64_t remembered_ = 0;
  std::int64_t rounds_ = 0;
  std::int64_t renew_at_ = 1;
};

}  // namespace

std::optional<std::int64_t> time_after(const QuartzFields& fields, std::int64_t t, const TimeZone& zone, int clock_ms) {
  return Walk(fields, t, zone, clock_ms).run();
}

}  // namespace chronofault::triggers::quartz
