// Quartz's and XXL-JOB's cron expressions. Well-formed ones are drawn as sets of numbers, written down, and read and
// searched by the engine; a search of our own over the days of the calendar, which knows the sets and not the text,
// must come to the same fire times. Then any text at all: no crash, no endless search, and what is accepted fires only
// where its fields allow it.
#include <bitset>

#include <catch2/catch.hpp>

#include <support/property.hpp>
#include <triggers/cron.hpp>
#include <triggers/errors.hpp>

#include "zones.hpp"

namespace {

using namespace chronofault;
using namespace chronofault::tests;
using triggers::CronDialect;
using triggers::CronExpression;

int any(int low, int high) { return *rc::gen::inRange(low, high + 1); }
std::string text_of(int n) { return std::to_string(n); }

/// A field as text and as what it means.
struct Drawn {
  std::string text;
  std::bitset<64> values;
};

void add_item(Drawn& field, int low, int high) {
  const int from = any(low, high);
  const int to = any(low, high);
  const int step = any(1, std::min(high, 59));
  const int span = high - low + 1;
  const auto add = [&](int begin, int end, int by) {
    for (int v = begin; v <= end; v += by) field.values.set(static_cast<std::size_t>((v - low) % span + low));
  };
  if (!field.text.empty()) field.text += ",";
  switch (any(0, 4)) {
    case 0:
      field.text += text_of(from);
      return add(from, from, 1);
    case 1:
      field.text += text_of(from) + "-" + text_of(to);
      return add(from, to < from ? to + span : to, 1);
    case 2:
      field.text += text_of(from) + "-" + text_of(to) + "/" + text_of(step);
      return add(from, to < from ? to + span : to, step);
    case 3:
      field.text += text_of(from) + "/" + text_of(step);
      return add(from, high, step);
    default:
      field.text += "*/" + text_of(step);
      return add(low, high, step);
  }
}

Drawn any_field(int low, int high) {
  Drawn field;
  if (any(0, 3) == 0) {
    field.text = "*";
    field.values.set();
    return field;
  }
  for (int items = any(1, 3); items > 0; --items) add_item(field, low, high);
  return field;
}

/// Which days of a month fire: by its length and the weekday (1 = Sunday) of its first.
struct DayRule {
  std::string day;
  std::string weekday;
  std::function<bool(int day, int length, int first_weekday)> fires;
};

int weekday_on(int day, int first_weekday) { return (first_weekday + day - 2) % 7 + 1; }
int nearest_workday(int day, int length, int first_weekday) {
  const int weekday = weekday_on(day, first_weekday);
  if (weekday == 7) return day > 1 ? day - 1 : 3;
  if (weekday == 1) return day < length ? day + 1 : day - 2;
  return day;
}

DayRule any_day_rule() {
  const int n = any(1, 28);
  const int weekday = any(1, 7);
  const int nth = any(1, 5);
  const int back = any(0, 27);
  switch (any(0, 6)) {
    case 0: {
      const Drawn days = any_field(1, 31);
      return {days.text, "?", [days](int d, int, int) { return days.values.test(static_cast<std::size_t>(d)); }};
    }
    case 1: {
      const Drawn days = any_field(1, 7);
      return {"?", days.text, [days](int d, int, int first) {
                return days.values.test(static_cast<std::size_t>(weekday_on(d, first)));
              }};
    }
    case 2:
      return {"L-" + text_of(back), "?", [back](int d, int length, int) { return d == length - back; }};
    case 3:
      return {"LW", "?", [](int d, int length, int first) { return d == nearest_workday(length, length, first); }};
    case 4:
      return {text_of(n) + "W", "?",
              [n](int d, int length, int first) { return d == nearest_workday(n, length, first); }};
    case 5:
      return {"?", text_of(weekday) + "L",
              [weekday](int d, int length, int first) { return weekday_on(d, first) == weekday && d + 7 > length; }};
    default:
      return {"?", text_of(weekday) + "#" + text_of(nth),
              [weekday, nth](int d, int, int first) { return weekday_on(d, first) == weekday && (d + 6) / 7 == nth; }};
  }
}

struct Expression {
  Drawn second = any_field(0, 59);
  Drawn minute = any_field(0, 59);
  Drawn hour = any_field(0, 23);
  Drawn month = any_field(1, 12);
  DayRule day = any_day_rule();

  std::string text() const {
    return second.text + " " + minute.text + " " + hour.text + " " + day.day + " " + month.text + " " + day.weekday;
  }

  /// Day by day, as a person would.
  std::optional<WallTime> next_after(WallTime t, int years) const {
    const auto has = [](const Drawn& field, int v) { return field.values.test(static_cast<std::size_t>(v)); };
    const CivilTime from = utc().to_civil(t);
    for (int year = from.year; year < from.year + years; ++year) {
      for (int m = year == from.year ? from.month : 1; m <= 12; ++m) {
        if (!has(month, m)) continue;
        const WallTime begin = utc_at(year, m, 1);
        const int length =
            static_cast<int>((utc_at(m == 12 ? year + 1 : year, m % 12 + 1, 1) - begin) / Duration::hours(24));
        const int first_weekday = static_cast<int>((begin.ms() / 86'400'000 + 4) % 7) + 1;
        for (int d = 1; d <= length; ++d) {
          if (!day.fires(d, length, first_weekday)) continue;
          if (const auto found = in_day(begin + (d - 1) * Duration::hours(24), t)) return found;
        }
      }
    }
    return std::nullopt;
  }

 private:
  std::optional<WallTime> in_day(WallTime midnight, WallTime t) const {
    if (midnight + Duration::hours(24) <= t) return std::nullopt;
    for (int s = 0; s < 86'400; ++s) {
      if (!hour.values.test(static_cast<std::size_t>(s / 3'600))) {
        s += 3'599 - s % 3'600;
      } else if (!minute.values.test(static_cast<std::size_t>(s / 60 % 60))) {
        s += 59 - s % 60;
      } else if (second.values.test(static_cast<std::size_t>(s % 60)) && midnight + s * Duration::seconds(1) > t) {
        return midnight + s * Duration::seconds(1);
      }
    }
    return std::nullopt;
  }
};

WallTime any_instant() {
  return WallTime::from_ms(*rc::gen::inRange<std::int64_t>(1'000'000'000, 2'000'000'000) * 1'000);
}

/// Letters that mean something, and some that do not.
std::string any_text() {
  static const std::vector<std::string> parts{
      "0", "1", "5", "31", "59",  "99",  "98",  "*",   "?",    "/", "-",  ",",        "L",    "W",   "LW", "#",
      " ", " ", " ", "\t", "MON", "FRI", "jan", "DEC", "2024", "X", "\n", "\xc3\xa9", "\xff", "L-3", "* ", "? "};
  std::string text;
  for (int n = any(0, 24); n > 0; --n)
    text += parts[static_cast<std::size_t>(any(0, static_cast<int>(parts.size()) - 1))];
  return text;
}

/// One of the six fields of a sound expression is replaced by noise, so that much of it is accepted.
std::string any_nearly_right() {
  std::vector<std::string> fields{"0", "0", "12", "*", "*", "?"};
  if (*rc::gen::arbitrary<bool>()) std::swap(fields[3], fields[5]);
  for (int n = any(1, 2); n > 0; --n) {
    std::string noise = any_text();
    std::erase_if(noise, [](char c) { return c == ' ' || c == '\t'; });
    fields[static_cast<std::size_t>(any(0, 5))] = noise;
  }
  std::string text;
  for (const std::string& field : fields) text += field + " ";
  return text;
}

/// Whether the local time that `zone` shows at t is one that the parsed fields hold.
bool within_fields(const CronExpression& cron, WallTime t) {
  const triggers::QuartzFields& fields = *cron.quartz_fields();
  const CivilTime c = utc().to_civil(t);
  const int weekday = static_cast<int>((t.ms() / 86'400'000 + 4) % 7) + 1;
  const bool by_day = fields.weekdays.contains(triggers::QuartzFields::no_value);
  const bool special = fields.last_day_of_month || fields.nearest_weekday;
  const bool day = by_day ? special || fields.days.contains(c.day)
                          : fields.weekdays.contains(weekday % 7) || fields.weekdays.contains(weekday);
  return t.ms() % 1'000 == 0 && fields.seconds.contains(c.second) && fields.minutes.contains(c.minute) &&
         fields.hours.contains(c.hour) && day && fields.months.contains(c.month) && fields.years.contains(c.year);
}

void survives(const std::string& text, const TimeZone& zone) {
  RC_LOG() << text << '\n';
  for (const CronDialect dialect : {CronDialect::quartz, CronDialect::xxl_job, CronDialect::powerjob}) {
    const auto cron = CronExpression::parse(text, dialect);
    if (!cron) {
      RC_ASSERT(cron.error().position <= text.size());
      RC_ASSERT(!cron.error().message.empty());
      continue;
    }
    WallTime t = any_instant();
    try {
      for (int i = 0; i < 5; ++i) {
        const auto next = cron->time_after(t, zone, t);
        if (!next) break;
        RC_ASSERT(*next > t);
        if (dialect != CronDialect::powerjob && zone.changes().empty()) RC_ASSERT(within_fields(*cron, *next));
        t = *next;
      }
    } catch (const triggers::NoSuchElement&) {
    } catch (const triggers::SearchDoesNotEnd&) {
    }
  }
}

}  // namespace

TEST_CASE("fire times of well-formed expressions", "[quartz:7.2][quartz:7.3]") {
  support::check_property("are those of a search over the days", [] {
    const Expression drawn;
    RC_LOG() << drawn.text() << '\n';
    const auto cron = CronExpression::parse(drawn.text(), CronDialect::quartz);
    RC_ASSERT(cron.has_value());
    WallTime t = any_instant();
    for (int i = 0; i < 6; ++i) {
      const auto wanted = drawn.next_after(t, 30);
      const auto found = cron->next_after(t, utc());
      if (!wanted) {
        RC_ASSERT(!found || *found > t + 29 * 365 * Duration::hours(24));
        return;
      }
      RC_ASSERT(found == wanted);
      RC_ASSERT(cron->satisfied_by(*found, utc(), t));
      t = *found;
    }
  });
}

TEST_CASE("any text is read and searched within bounds", "[quartz:7.2][quartz:7.3]") {
  support::check_property("noise", [] { survives(any_text(), utc()); });
  support::check_property("nearly right", [] { survives(any_nearly_right(), utc()); });
  support::check_property("nearly right, where clocks change", [] { survives(any_nearly_right(), berlin()); });
}

TEST_CASE("searches in a zone whose clocks change often go forward", "[quartz:7.3]") {
  support::check_property("or say that they do not end", [] {
    const Expression drawn;
    const auto cron = CronExpression::parse(drawn.text(), CronDialect::quartz);
    RC_ASSERT(cron.has_value());
    RC_LOG() << drawn.text() << '\n';
    std::vector<TimeZone::Change> changes;
    WallTime at = any_instant();
    for (int i = 0; i < 6; ++i) {
      changes.push_back({at, Duration::minutes(30 * any(-20, 20))});
      at += Duration::minutes(any(1, 100'000));
    }
    const TimeZone zone("restless", Duration::hours(1), changes);
    WallTime t = changes.front().at - Duration::minutes(any(0, 10'000));
    try {
      for (int i = 0; i < 20; ++i) {
        const auto next = cron->time_after(t, zone, t);
        if (!next) break;
        RC_ASSERT(*next > t);
        t = *next;
      }
    } catch (const triggers::SearchDoesNotEnd&) {
    }
  });
}
