#include <fmt/format.h>

#include <faults/literals.hpp>
#include <faults/spec.hpp>
#include <ports/assert.hpp>

namespace chronofault::faults {
namespace {

const Value& param_of(const Action& action, std::string_view name) {
  const auto found = action.params.find(name);
  CF_ASSERT(found != action.params.end());
  return found->second;
}

/// A selector inside a fault's map: "host: lz.host", "owner: monkey"; a bare name has no key of its own.
std::string as_entries(const Selector& selector) {
  if (selector.kind == Selector::Kind::name) return "target: " + quoted(selector.text);
  const std::string text = to_string(selector);
  return text.substr(1, text.size() - 2);
}

}  // namespace

Duration Action::duration(std::string_view param) const { return Duration::us(integer(param)); }
std::int64_t Action::integer(std::string_view param) const { return std::get<std::int64_t>(param_of(*this, param)); }
bool Action::flag(std::string_view param) const { return std::get<bool>(param_of(*this, param)); }
const std::string& Action::text(std::string_view param) const { return std::get<std::string>(param_of(*this, param)); }

bool Action::is_static() const {
  if (link) return link->from.is_static() && link->to.is_static();
  return !target || target->is_static();
}

bool Action::heals() const { return info().heal != Heal::nothing && !(has("stays_down") && flag("stays_down")); }

std::string to_string(const ParamInfo& info, const Value& value) {
  switch (info.type) {
    case ParamType::duration:
      return chronofault::to_string(Duration::us(std::get<std::int64_t>(value)));
    case ParamType::share:
      return decimal_text(std::get<std::int64_t>(value), 6);
    case ParamType::ppm:
    case ParamType::cores:
      return decimal_text(std::get<std::int64_t>(value), 3);
    case ParamType::bytes:
      return bytes_text(std::get<std::int64_t>(value));
    case ParamType::text:
    case ParamType::zone:
    case ParamType::time_zone:
      return quoted(std::get<std::string>(value));
    case ParamType::boolean:
    case ParamType::integer:
      break;
  }
  return chronofault::to_string(value);
}

std::string to_string(const Action& action) {
  const FaultKindInfo& info = action.info();
  std::string text;
  const auto add = [&text](const std::string& entry) { text += (text.empty() ? "" : ", ") + entry; };
  const auto shown = [&action](const ParamInfo& param) {
    return action.has(param.name) && to_string(param, param_of(action, param.name)) != param.standard;
  };
  int given = 0;
  for (const ParamInfo& param : info.params) given += shown(param) ? 1 : 0;
  // The short forms: `pause: lz`, `drop: {}`, `delay: 40ms`.
  if (given == 0 && !action.link) {
    return fmt::format("{}: {}", info.name, action.target ? to_string(*action.target) : "{}");
  }
  if (action.target) add(as_entries(*action.target));
  if (action.link && action.link->both) {
    add(fmt::format("between: [{}, {}]", to_string(action.link->from), to_string(action.link->to)));
  } else if (action.link) {
    add(fmt::format("from: {}, to: {}", to_string(action.link->from), to_string(action.link->to)));
  }
  for (const ParamInfo& param : info.params) {
    if (!shown(param)) continue;
    const std::string value = to_string(param, param_of(action, param.name));
    if (given == 1 && param.name == info.brief && !action.target && !action.link) {
      return fmt::format("{}: {}", info.name, value);
    }
    add(fmt::format("{}: {}", param.name, value));
  }
  return fmt::format("{}: {{{}}}", info.name, text);
}

std::string to_string(const FaultSpec& fault, Duration utc_offset) {
  std::string text = "{";
  if (const At* at = std::get_if<At>(&fault.trigger)) {
    text += "at: " + quoted(to_string(at->instant, utc_offset));
  } else {
    const When& when = std::get<When>(fault.trigger);
    text += "when: " + to_string(when.pattern, utc_offset);
    if (when.after != Duration{}) text += ", after: " + chronofault::to_string(when.after);
  }
  text += ", " + to_string(fault.action);
  if (fault.lasts) text += ", for: " + chronofault::to_string(*fault.lasts);
  return text + "}";
}

}  // namespace chronofault::faults
