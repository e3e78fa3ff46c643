#include "quartz_case.hpp"

#include <charconv>

#include <fmt/format.h>

#include <triggers/errors.hpp>

#include "../reader/literals.hpp"

namespace chronofault::verify::quartz {
namespace {

using namespace chronofault::triggers;

/// "a:b:c", "a-b".
std::vector<int> numbers_in(const std::string& text, char between) {
  std::vector<int> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at <= end) {
    int number = 0;
    const auto read = std::from_chars(at, end, number);
    if (read.ec != std::errc{} || (read.ptr != end && *read.ptr != between)) return {};
    numbers.push_back(number);
    at = read.ptr + 1;
  }
  return numbers;
}

template <std::size_t N>
std::bitset<N> set_of(const json& values) {
  std::bitset<N> set;
  for (const json& value : values) set.set(value.get<std::size_t>());
  return set;
}

}  // namespace

std::optional<TimeOfDay> time_of_day(const json& text) {
  if (text.is_null()) return std::nullopt;
  const std::vector<int> n = numbers_in(text.get<std::string>(), ':');
  if (n.size() != 3) return std::nullopt;
  return TimeOfDay{n[0], n[1], n[2]};
}

std::optional<WallTime> local_time(const json& text, const TimeZone& zone) {
  if (!text.is_string()) return std::nullopt;
  const scenarios::TimeFrame as_utc{};
  const auto read = scenarios::parse_dated(text.get<std::string>(), &as_utc);
  if (!read) return std::nullopt;
  return zone.to_instant(utc().to_civil(WallTime::from_us(read->us()))).earlier;
}

json ms_or_null(std::optional<WallTime> t) { return t ? json(t->ms()) : json(); }
std::optional<WallTime> time_or_none(const json& ms) {
  if (ms.is_null()) return std::nullopt;
  return WallTime::from_ms(ms.get<std::int64_t>());
}

Case::Case(const VectorFile& file, int line, std::string id, json data, scenarios::TimeZones& zones, Tally& tally)
    : file_(&file), line_(line), id_(std::move(id)), data_(std::move(data)), zones_(&zones), tally_(&tally) {}

void Case::bad(const std::string& what) const { throw BadVectors(file_->path, line_, id_ + ": " + what); }

const json& Case::operator[](const char* key) const {
  const auto found = data_.find(key);
  if (found == data_.end()) bad(fmt::format("no '{}'", key));
  return *found;
}
std::string Case::text(const char* key) const { return (*this)[key].get<std::string>(); }
std::int64_t Case::number(const char* key) const { return (*this)[key].get<std::int64_t>(); }
bool Case::flag(const char* key, bool otherwise) const { return data_.value(key, otherwise); }

const TimeZone* Case::zone_or_none(const json& of, const char* key) const {
  const auto name = of.find(key);
  if (name == of.end() || name->is_null()) return nullptr;
  const TimeZone* zone = zones_->find(name->get<std::string>());
  if (zone == nullptr) bad("no time zone " + name->dump());
  return zone;
}
const TimeZone& Case::zone(const char* key) const {
  const TimeZone* zone = zone_or_none(data_, key);
  return zone != nullptr ? *zone : utc();
}

TriggerContext Case::context(std::int64_t now_ms) const { return {WallTime::from_ms(now_ms), zone("dz"), year_max}; }

CronExpression Case::cron(const std::string& text) const {
  auto parsed = CronExpression::parse(text, CronDialect::quartz, year_max);
  if (!parsed) bad("refused: " + parsed.error().message);
  return std::move(*parsed);
}

Trigger::Schedule Case::schedule() const {
  const std::string kind = text("k");
  if (kind == "simple") {
    return SimpleSchedule{(*this)["rc"].get<int>(), Duration::ms(number("ri")), 0};
  }
  if (kind == "cron") return CronSchedule(cron(text("e")), zone("z"));
  const auto unit = interval_unit(text("unit"));
  if (!unit) bad("no interval unit");
  const int interval = (*this)["iv"].get<int>();
  if (kind == "calint") {
    return CalendarIntervalSchedule{*unit, interval, zone_or_none(data_, "z"), flag("ph"), flag("sk"), 0};
  }
  if (kind != "daily") bad("no trigger is a " + kind);
  DailyTimeIntervalSchedule daily;
  daily.unit = *unit;
  daily.interval = interval;
  daily.repeat_count = (*this)["rc"].get<int>();
  daily.start_of_day = time_of_day((*this)["sod"]).value_or(TimeOfDay{});
  daily.end_of_day = time_of_day((*this)["eod"]);
  if (!(*this)["dow"].is_null()) daily.weekdays = set_of<8>((*this)["dow"]);
  return daily;
}

Trigger Case::trigger() const {
  Trigger trigger;
  trigger.schedule = schedule();
  set_times(trigger, WallTime::from_ms(number("start")), time_or_none((*this)["end"]), context());
  return trigger;
}

ExclusionCalendar::Rule Case::rule_from(const json& data, const TimeZone& zone) const {
  const std::string type = data.at("t").get<std::string>();
  if (type == "base") return NothingExcluded{};
  if (type == "annual") {
    AnnualExclusion annual;
    for (const json& day : data.at("x")) {
      const std::vector<int> n = numbers_in(day.get<std::string>(), '-');
      if (n.size() != 2 || n[0] < 1 || n[0] > 12 || n[1] < 1 || n[1] > 31) bad("no month and day: " + day.dump());
      annual.days[static_cast<std::size_t>(n[0])].set(static_cast<std::size_t>(n[1]));
    }
    return annual;
  }
  if (type == "weekly") return WeeklyExclusion{set_of<8>(data.at("x"))};
  if (type == "monthly") return MonthlyExclusion{set_of<32>(data.at("x"))};
  if (type == "holiday") {
    HolidayExclusion holiday;
    for (const json& ms : data.at("x")) holiday.add(WallTime::from_ms(ms.get<std::int64_t>()), zone);
    return holiday;
  }
  if (type == "daily") {
    return DailyExclusion::between(data.at("from").get<std::string>(), data.at("to").get<std::string>(),
                                   data.at("inv").get<bool>());
  }
  if (type != "cron") bad("no calendar is a " + type);
  return CronExclusion(cron(data.at("e").get<std::string>()));
}

std::shared_ptr<const ExclusionCalendar> Case::calendar_from(const json& data) const {
  std::shared_ptr<const ExclusionCalendar> base;
  if (data.contains("base") && !data["base"].is_null()) base = calendar_from(data["base"]);
  const TimeZone* own = zone_or_none(data, "z");
  return std::make_shared<ExclusionCalendar>(rule_from(data, own != nullptr ? *own : zone("dz")), own, base);
}

std::shared_ptr<const ExclusionCalendar> Case::calendar(const char* key) const {
  if (!has(key) || (*this)[key].is_null()) return nullptr;
  return calendar_from((*this)[key]);
}

json Case::answer_of(const std::function<json()>& ask) {
  try {
    return ask();
  } catch (const IllegalArgument&) {
    return {{"x", "IllegalArgumentException"}};
  } catch (const NoSuchElement&) {
    return {{"x", "NoSuchElementException"}};
  } catch (const SearchDoesNotEnd&) {
    return {{"hang", true}};
  }
}

void Case::compare(std::string_view operation, const json& expected, const json& seen, std::string_view step) const {
  if (expected == seen) return tally_->reproduced(operation);
  tally_->differs({file_->path, line_, id_, std::string(step), std::string(operation), expected.dump(), seen.dump()});
}

}  // namespace chronofault::verify::quartz
