#include <algorithm>

#include <fmt/format.h>

#include <faults/selector.hpp>

#include "reading.hpp"

namespace chronofault::scenarios {
namespace {

std::optional<Value> numeric(Reading& r, const Node& node, const Setting& setting, const std::string& path) {
  if (setting.type == SettingType::integer) {
    const auto value = r.values.integer(node, path, setting.low, setting.high);
    if (value) return Value(*value);
  } else if (setting.type == SettingType::duration) {
    const auto value =
        r.values.duration(node, path, Duration::us(std::max<std::int64_t>(setting.low, -Duration::max().count_us())));
    if (value && value->count_us() <= setting.high) return Value(value->count_us());
    if (value) {
      r.problems.add(node.place, "the duration " + to_string(*value) + " is too long",
                     "at most " + to_string(Duration::us(setting.high)));
    }
  } else if (node.is_scalar()) {
    if (const auto value = parse_real(node.text)) return Value(*value);
    const auto drawn = r.values.decimal(node, path, INT64_MIN, INT64_MAX);
    if (drawn) return Value(static_cast<double>(*drawn) / 1e6);
  } else {
    const auto drawn = r.values.decimal(node, path, INT64_MIN, INT64_MAX);
    if (drawn) return Value(static_cast<double>(*drawn) / 1e6);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Value> read_setting(Reading& r, const Node& node, const Setting& setting, const std::string& path) {
  switch (setting.type) {
    case SettingType::boolean: {
      const auto value = r.values.boolean(node, path);
      if (value) return Value(*value);
      return std::nullopt;
    }
    case SettingType::integer:
    case SettingType::real:
    case SettingType::duration:
      return numeric(r, node, setting, path);
    case SettingType::text: {
      const auto value = setting.choices.empty()
                             ? r.values.text(node, path)
                             : r.values.name(node, path, "value of " + setting.key, setting.choices);
      if (value) return Value(*value);
      return std::nullopt;
    }
    case SettingType::address:
      break;
  }
  const auto value = r.values.text(node, path);
  if (value && !value->empty()) return Value(*value);
  if (value) r.problems.add(node.place, "an empty address", "ip:port, or a name");
  return std::nullopt;
}

std::map<std::string, Value> read_settings(Reading& r, const Node* node, const std::vector<Setting>& declared,
                                           const std::string& what, const std::string& path, bool fill) {
  std::map<std::string, Value> values;
  if (node != nullptr) {
    Fields fields(*node, what, r.problems);
    for (const Setting& setting : declared) {
      const Node* const given = fields.get(setting.key);
      if (given == nullptr) continue;
      if (auto value = read_setting(r, *given, setting, path + "/" + setting.key))
        values[setting.key] = std::move(*value);
    }
    fields.done();
  }
  if (!fill) return values;
  for (const Setting& setting : declared) {
    if (!std::holds_alternative<Null>(setting.standard)) values.emplace(setting.key, setting.standard);
  }
  return values;
}

std::string setting_text(const Setting& setting, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return faults::quoted(*text);
  if (setting.type == SettingType::duration && std::holds_alternative<std::int64_t>(value)) {
    return to_string(Duration::us(std::get<std::int64_t>(value)));
  }
  return to_string(value);
}

}  // namespace chronofault::scenarios
