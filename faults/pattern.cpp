#include <array>

#include <fmt/format.h>

#include <faults/literals.hpp>
#include <faults/pattern.hpp>
#include <ports/time_zone.hpp>

namespace chronofault::faults {
namespace {

constexpr std::array<std::string_view, 12> field_names = {
    "job", "run", "parent_run", "node", "shard", "attempt", "scope", "member", "ok", "detail", "process", "host"};

std::string value_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
  return chronofault::to_string(value);
}

}  // namespace

std::string_view name_of(RecordField field) { return field_names.at(static_cast<std::size_t>(field)); }

Value field_of(RecordField field, const Event& event, const sim::ProcessInfo& where) {
  switch (field) {
    case RecordField::job:
      return event.job;
    case RecordField::run:
      return event.run;
    case RecordField::parent_run:
      return event.parent_run;
    case RecordField::node:
      return event.node;
    case RecordField::shard:
      return std::int64_t{event.shard};
    case RecordField::attempt:
      return std::int64_t{event.attempt};
    case RecordField::scope:
      return event.scope;
    case RecordField::member:
      return event.member;
    case RecordField::ok:
      return event.ok;
    case RecordField::detail:
      return event.detail;
    case RecordField::process:
      return where.name;
    case RecordField::host:
      return where.host;
  }
  return Null{};
}

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
    for (int i = static_cast<int>(EventKind::JobDefined); i <= static_cast<int>(EventKind::OwnsNothing); ++i) {
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
  const CivilTime c = TimeZone("", utc_offset).to_civil(WallTime::from_us(t.us()));
  const std::string seconds = decimal_text(std::int64_t{c.second} * 1'000'000 + c.microsecond, 6);
  const std::int64_t offset = utc_offset.count_us() / 60'000'000;
  const std::int64_t size = offset < 0 ? -offset : offset;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{}{}{}{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute,
                     c.second < 10 ? "0" : "", seconds, offset < 0 ? '-' : '+', size / 60, size % 60);
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
