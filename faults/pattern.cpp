#include <array>

#include <fmt/format.h>

#include <faults/pattern.hpp>

namespace chronofault::faults {
namespace {

constexpr std::array<std::string_view, 12> field_names = {
    "job", "run", "parent_run", "node", "shard", "attempt", "scope", "member", "ok", "detail", "process", "host"};

/// Days since 1970-01-01 to a civil date (proleptic Gregorian).
void civil_of(std::int64_t days, int& year, int& month, int& day) {
  days += 719'468;  // 0000-03-01
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const std::int64_t of_era = days - era * 146'097;
  const std::int64_t year_of_era = (of_era - of_era / 1'460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t from_march = (5 * of_year + 2) / 153;
  day = static_cast<int>(of_year - (153 * from_march + 2) / 5 + 1);
  month = static_cast<int>(from_march < 10 ? from_march + 3 : from_march - 9);
  year = static_cast<int>(year_of_era + era * 400 + (month <= 2 ? 1 : 0));
}

std::string value_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
  return chronofault::to_string(value);
}

}  // namespace

std::string_view name_of(RecordField field) { return field_names.at(static_cast<std::size_t>(field)); }

const std::vector<RecordField>& record_fields() {
  static const std::vector<RecordField> all = [] {
    std::vector<RecordField> fields;
    for (std::size_t i = 0; i < field_names.size(); ++i) fields.push_back(static_cast<RecordField>(i));
    return fields;
  }();
  return all;
}

std::optional<RecordField> record_field(std::string_view name) {
  for (const RecordField field : record_fields()) {
    if (name_of(field) == name) return field;
  }
  return std::nullopt;
}

const std::vector<EventKind>& event_kinds() {
  static const std::vector<EventKind> all = [] {
    std::vector<EventKind> kinds;
    for (int i = static_cast<int>(EventKind::JobDefined); i <= static_cast<int>(EventKind::OperatorActed); ++i) {
      kinds.push_back(static_cast<EventKind>(i));
    }
    return kinds;
  }();
  return all;
}

std::optional<EventKind> event_kind(std::string_view name) {
  for (const EventKind kind : event_kinds()) {
    if (chronofault::name_of(kind) == name) return kind;
  }
  return std::nullopt;
}

std::string to_string(sim::TrueTime t, Duration utc_offset) {
  constexpr std::int64_t day_us = 86'400'000'000;
  const std::int64_t local = t.us() + utc_offset.count_us();
  std::int64_t days = local / day_us;
  std::int64_t rest = local % day_us;
  if (rest < 0) {
    rest += day_us;
    --days;
  }
  int year = 0;
  int month = 0;
  int day = 0;
  civil_of(days, year, month, day);
  const std::int64_t seconds = rest / 1'000'000;
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", year, month, day, seconds / 3'600,
                                 seconds / 60 % 60, seconds % 60);
  if (const std::int64_t micros = rest % 1'000'000; micros != 0) {
    std::string decimals = fmt::format(".{:06}", micros);
    while (decimals.back() == '0') decimals.pop_back();
    text += decimals;
  }
  const std::int64_t offset = utc_offset.count_us() / 60'000'000;
  const std::int64_t size = offset < 0 ? -offset : offset;
  return text + fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', size / 60, size % 60);
}

std::string to_string(const Pattern& pattern, Duration utc_offset) {
  std::string text;
  const auto add = [&text](std::string_view key, const std::string& value) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", key, value);
  };
  if (pattern.message) {
    add("message", quoted(pattern.message->kind_text()));
    if (!pattern.message->from.empty()) add("from", to_string(pattern.message->from.front()));
    if (!pattern.message->to.empty()) add("to", to_string(pattern.message->to.front()));
  }
  if (pattern.record) add("record", std::string(chronofault::name_of(*pattern.record)));
  for (const auto& [field, value] : pattern.fields) add(name_of(field), value_text(value));
  if (pattern.each) {
    add("nth", "each");
  } else if (pattern.nth != 1) {
    add("nth", std::to_string(pattern.nth));
  }
  if (pattern.not_before) add("not_before", quoted(to_string(*pattern.not_before, utc_offset)));
  if (pattern.request_not_before) add("request_not_before", quoted(to_string(*pattern.request_not_before, utc_offset)));
  return "{" + text + "}";
}

}  // namespace chronofault::faults
