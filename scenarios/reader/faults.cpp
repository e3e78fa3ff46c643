// `faults:`: trigger, one fault of the catalogue with its target and parameters, `for`.
#include <algorithm>

#include "reading.hpp"

namespace chronofault::scenarios {
namespace {

using faults::Action;
using faults::FaultKindInfo;
using faults::ParamInfo;
using faults::ParamType;
using faults::Target;

std::optional<Value> number(std::optional<std::int64_t> n) { return n ? std::optional<Value>(*n) : std::nullopt; }

std::optional<Value> read_text_param(Reading& r, const Node& node, const ParamInfo& param, const std::string& path) {
  std::optional<std::string> text;
  if (param.type == ParamType::zone) {
    text = r.values.name(node, path, "zone", r.zones());
  } else if (!param.choices.empty()) {
    text = r.values.name(node, path, "value of " + std::string(param.name),
                         std::vector<std::string>(param.choices.begin(), param.choices.end()));
  } else {
    text = r.values.text(node, path);
  }
  if (text && param.type == ParamType::time_zone && !parse_offset(*text) && r.world.zone(*text) == nullptr) {
    r.problems.add(node.place, "'" + *text + "' is no time zone",
                   "a name of the tz database such as Asia/Shanghai, or +08:00");
    return std::nullopt;
  }
  return text ? std::optional<Value>(*text) : std::nullopt;
}

std::optional<Value> read_param(Reading& r, const Node& node, const ParamInfo& param, const std::string& path) {
  switch (param.type) {
    case ParamType::boolean: {
      const auto flag = r.values.boolean(node, path);
      return flag ? std::optional<Value>(*flag) : std::nullopt;
    }
    case ParamType::integer:
      return number(r.values.integer(node, path, param.low, param.high));
    case ParamType::duration: {
      const auto d = r.values.duration(node, path, Duration::us(param.low));
      if (d && d->count_us() > param.high) {
        r.problems.add(node.place, "the duration " + to_string(*d) + " is too long",
                       "at most " + to_string(Duration::us(param.high)));
        return std::nullopt;
      }
      return d ? std::optional<Value>(d->count_us()) : std::nullopt;
    }
    case ParamType::share:
      return number(r.values.decimal(node, path, param.low, param.high));
    case ParamType::ppm:
    case ParamType::cores: {
      const auto millionths = r.values.decimal(node, path, param.low * 1'000, param.high * 1'000);
      return millionths ? std::optional<Value>(*millionths / 1'000) : std::nullopt;
    }
    case ParamType::bytes: {
      const auto bytes = r.values.bytes(node, path);
      if (bytes && (*bytes < param.low || *bytes > param.high)) {
        r.problems.add(node.place, bytes_text(*bytes) + " is out of range",
                       "from " + bytes_text(param.low) + " to " + bytes_text(param.high));
        return std::nullopt;
      }
      return number(bytes);
    }
    case ParamType::text:
    case ParamType::zone:
    case ParamType::time_zone:
      break;
  }
  return read_text_param(r, node, param, path);
}

/// The default, through the same reader: defaults are written as a scenario writes them.
Value standard_of(Reading& r, const ParamInfo& param) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.text = std::string(param.standard);
  return read_param(r, node, param, "").value_or(Null{});
}

bool read_link_target(Reading& r, Fields& fields, const std::string& path, Action& action) {
  const Node* const between = fields.get("between");
  const Node* const from = fields.get("from");
  const Node* const to = fields.get("to");
  const auto& ends = faults::accepted_selectors(Target::host);
  if (between == nullptr && from == nullptr && to == nullptr) return true;
  const bool both =
      between != nullptr && between->is_list() && between->items.size() == 2 && from == nullptr && to == nullptr;
  if (!both && (between != nullptr || from == nullptr || to == nullptr)) {
    r.problems.add(fields.place(), "a link without its two ends", "from: A and to: B, or between: [A, B]");
    return false;
  }
  const auto a = read_selector(r, both ? between->items[0] : *from, path + "/from", ends, "an end of a link");
  const auto b = read_selector(r, both ? between->items[1] : *to, path + "/to", ends, "an end of a link");
  if (a && b && action.kind == faults::FaultKind::partition) {
    const std::vector<std::string> near = hosts_of(r, *a);
    if (near.size() == 1 && near == hosts_of(r, *b)) {
      r.problems.add(fields.place(), "both ends of the partition are on the host '" + near.front() + "'",
                     "two hosts, or two zones");
      return false;
    }
  }
  if (a && b) action.link = faults::LinkTarget{*a, *b, both};
  return a && b;
}

/// Parameters and target in one map; what is no parameter is the selector.
bool read_arguments(Reading& r, const Node& node, const FaultKindInfo& info, const std::string& path, Action& action) {
  Fields fields(node, "the fault '" + std::string(info.name) + "'", r.problems);
  bool right = true;
  for (const ParamInfo& param : info.params) {
    const Node* const given = fields.get(param.name);
    if (given == nullptr) continue;
    auto value = read_param(r, *given, param, path + "/" + std::string(param.name));
    right = right && value;
    if (value) action.params.insert_or_assign(std::string(param.name), std::move(*value));
  }
  if (info.target == Target::link) right = read_link_target(r, fields, path, action) && right;
  const auto& accepted = faults::accepted_selectors(info.target);
  const std::string wanted = "a target of '" + std::string(info.name) + "'";
  if (const Node* target = accepted.empty() ? nullptr : fields.get("target")) {
    action.target = read_selector(r, *target, path + "/target", accepted, wanted);
    right = right && action.target;
  }
  for (const auto& [key, value] : node.entries) {
    if (std::find(fields.known().begin(), fields.known().end(), key.text) != fields.known().end()) continue;
    bool selects = false;
    for (const faults::Selector::Kind kind : accepted) selects = selects || faults::key_of(kind) == key.text;
    for (const SelectorInfo& own : r.info.selectors) selects = selects || own.key == key.text;
    if (!selects || accepted.empty()) continue;
    fields.know(key.text);
    if (action.target) {
      r.problems.add(key.place, "a second target", "one; several as all: [A, B]");
      right = false;
      continue;
    }
    action.target = read_keyed_selector(r, key, value, path + "/" + key.text, accepted, wanted);
    right = right && action.target;
  }
  for (const faults::Selector::Kind kind : accepted) {
    if (!faults::key_of(kind).empty()) fields.know(faults::key_of(kind));
    for (const SelectorInfo& own : r.info.selectors) {
      if (kind == faults::Selector::Kind::system) fields.know(own.key);
    }
  }
  const std::size_t before = r.problems.list().size();
  fields.done();
  return right && r.problems.list().size() == before;
}

/// The text of `key` is one that the first column of the primary key of each table meant can hold.
bool check_key(Reading& r, const Node& node, const Action& action) {
  if (!action.has("key") || action.text("key").empty()) return true;
  std::vector<std::string> meant{action.target->text};
  for (const faults::Selector& part : action.target->parts) meant.push_back(part.text);
  for (const TableSpec& table : r.plan.target->tables(r.plan.cluster.profile)) {
    if (std::find(meant.begin(), meant.end(), table.name) == meant.end() || table.primary_key.empty()) continue;
    for (const ColumnSpec& column : table.columns) {
      if (column.name != table.primary_key.front() || column.type != ColumnType::integer) continue;
      if (parse_integer(action.text("key"))) continue;
      const Node* const key = node.find("key");
      r.problems.add(key != nullptr ? key->place : node.place,
                     "'" + action.text("key") + "' is no key of " + table.name, "a whole number, its " + column.name);
      return false;
    }
  }
  return true;
}

/// What a step or an offset alone would make of the clocks.
bool check_clock(Reading& r, const Node& node, const Action& action) {
  Duration away;
  if (action.kind == faults::FaultKind::clock_step) away = action.duration("by");
  if (action.kind == faults::FaultKind::clock_offset) away = action.duration("to");
  if (in_calendar(r.plan.start + away) && in_calendar(r.plan.until + away)) return true;
  r.problems.add(node.place, "the clock would be out of range", std::string(calendar_text));
  return false;
}

/// What a fault needs besides its parameters.
bool check_target(Reading& r, const Node& node, const FaultKindInfo& info, bool on_message, bool on_reply,
                  const Action& action) {
  const std::string name(info.name);
  const auto missing = [&](const std::string& expected) {
    r.problems.add(node.place, "the fault '" + name + "' is aimed at nothing", expected);
    return false;
  };
  const bool aimed = action.target || action.link;
  const bool of_database = info.group == "database" && !r.plan.database;
  if (of_database || (info.group == "zookeeper" && !r.plan.zookeeper)) {
    r.problems.add(node.place,
                   "the fault '" + name + "' in a cluster without " + (of_database ? "database" : "ZooKeeper"),
                   "a fault that the cluster can have");
    return false;
  }
  switch (info.target) {
    case Target::link:
      if (info.kind == faults::FaultKind::partition || info.kind == faults::FaultKind::reset) {
        return action.link ? true : missing("from: A and to: B, or between: [A, B]");
      }
      return aimed || on_message
                 ? true
                 : missing("from: A and to: B, between: [A, B], message: KIND, or when: {message: KIND}");
    case Target::message:
      if (info.kind == faults::FaultKind::arrives && !(on_reply || (action.target && action.target->message.reply))) {
        return missing("when: {message: KIND.reply}");
      }
      return aimed || on_message ? true : missing("message: KIND, or when: {message: KIND}");
    case Target::database:
      if (info.kind == faults::FaultKind::failover && r.plan.database->replicas.empty()) {
        r.problems.add(node.place, "a failover of a database without a replica", "cluster: {database: {replicas: 1}}");
        return false;
      }
      return true;
    case Target::names: {
      const auto& names = r.plan.cluster.names;
      if (!action.has("name") || names.contains(action.text("name"))) return true;
      std::vector<std::string> known;
      for (const auto& [known_name, zones] : names) known.push_back(known_name);
      r.problems.add(node.place, "'" + action.text("name") + "' is no name of the cluster",
                     known.empty() ? "(`names` of the cluster has none)" : listed(known),
                     nearest_name(action.text("name"), known));
      return false;
    }
    case Target::table:
      return aimed ? check_key(r, node, action) : missing("a target: table");
    default:
      return aimed ? true : missing("a target: " + std::string(faults::name_of(info.target)));
  }
}

std::optional<Action> read_action(Reading& r, const FaultKindInfo& info, const Node& node,
                                  const faults::Trigger& trigger, const std::string& path) {
  Action action;
  action.kind = info.kind;
  const auto* when = std::get_if<faults::When>(&trigger);
  const bool on_message = when != nullptr && when->pattern.message;
  bool right = true;
  if (node.is_map() && !Values::is_draw(node)) {
    right = read_arguments(r, node, info, path, action);
  } else if (!node.is_null()) {
    const bool scalar = node.is_scalar() || Values::is_draw(node);
    const ParamInfo* const brief = info.brief.empty() ? nullptr : info.param(info.brief);
    if (scalar && brief != nullptr) {
      auto value = read_param(r, node, *brief, path);
      right = value.has_value();
      if (value) action.params.insert_or_assign(std::string(brief->name), std::move(*value));
    } else {
      action.target = read_selector(r, node, path, faults::accepted_selectors(info.target),
                                    "a target of '" + std::string(info.name) + "'");
      right = action.target.has_value();
    }
  }
  if (!right) return std::nullopt;
  for (const ParamInfo& param : info.params) {
    if (action.has(param.name)) continue;
    if (param.required) {
      r.problems.add(node.place, "the fault '" + std::string(info.name) + "' without '" + std::string(param.name) + "'",
                     std::string(param.meaning));
      right = false;
    } else if (!param.standard.empty()) {
      action.params.emplace(std::string(param.name), standard_of(r, param));
    }
  }
  const bool on_reply = on_message && when->pattern.message->reply;
  if (!right || !check_target(r, node, info, on_message, on_reply, action)) return std::nullopt;
  if (!check_clock(r, node, action)) return std::nullopt;
  return action;
}

std::vector<faults::Trigger> read_triggers(Reading& r, Fields& fields, const std::string& path) {
  const Node* const at = fields.get("at");
  const Node* const every = fields.get("every");
  const Node* const when = fields.get("when");
  const Node* const after = fields.get("after");
  const int given = (at != nullptr ? 1 : 0) + (every != nullptr ? 1 : 0) + (when != nullptr ? 1 : 0);
  for (const char* key : {"from", "until"}) fields.know(key);
  std::vector<faults::Trigger> triggers;
  if (given != 1) {
    if (fields.node().is_map())
      r.problems.add(fields.place(), "a fault needs one of at, every and when", "when it strikes");
    return triggers;
  }
  if (when == nullptr) {
    if (after != nullptr) r.problems.add(after->place, "'after' without 'when'", "after: with when: alone");
    for (const sim::TrueTime instant : read_instants(r, fields, path)) triggers.emplace_back(faults::At{instant});
    return triggers;
  }
  for (const char* key : {"from", "until"}) {
    if (const Node* other = fields.get(key))
      r.problems.add(other->place, std::string("'") + key + "' without 'every'", "");
  }
  faults::When reaction;
  if (after != nullptr) reaction.after = r.values.duration(*after, path + "/after").value_or(Duration{});
  if (auto pattern = read_pattern(r, *when, path + "/when")) {
    const Node* const from = when->find("not_before");
    if (from != nullptr && pattern->not_before && *pattern->not_before > r.plan.until) {
      r.problems.add(from->place, "the instant is after the end of the scenario",
                     "an instant up to " + faults::to_string(r.plan.until, r.plan.utc_offset));
    }
    reaction.pattern = std::move(*pattern);
    triggers.emplace_back(std::move(reaction));
  }
  return triggers;
}

void read_fault(Reading& r, const Node& node, const std::string& path) {
  Fields fields(node, "a fault", r.problems);
  const auto triggers = read_triggers(r, fields, path);
  const Node* const lasts = fields.get("for");
  const FaultKindInfo* info = nullptr;
  const Node* what = nullptr;
  for (const FaultKindInfo& known : faults::fault_kinds()) {
    const Node* const value = fields.get(known.name);
    if (value == nullptr) continue;
    if (info != nullptr) {
      r.problems.add(value->place, "both '" + std::string(info->name) + "' and '" + std::string(known.name) + "'",
                     "one fault per entry");
    }
    info = &known;
    what = value;
  }
  const std::size_t before = r.problems.list().size();
  fields.done();
  if (info == nullptr) {
    if (node.is_map() && r.problems.list().size() == before)
      r.problems.add(node.place, "an entry without a fault", "one of the fault kinds, such as kill: NAME");
    return;
  }
  const auto read_rest = [&](const faults::Trigger& trigger) {
    faults::FaultSpec fault{trigger, Action(), std::nullopt};
    // Each occurrence of `every:` draws anew.
    if (lasts != nullptr) fault.lasts = r.values.duration(*lasts, path + "/for", Duration::us(1));
    if (lasts != nullptr && info->heal == faults::Heal::nothing) {
      r.problems.add(lasts->place, "'for' of '" + std::string(info->name) + "', which happens at once",
                     "a fault without 'for'");
    }
    if (auto action = read_action(r, *info, *what, trigger, path + "/" + std::string(info->name))) {
      if (lasts != nullptr && action->has("stays_down") && action->flag("stays_down")) {
        r.problems.add(lasts->place, "'for' of what `stays_down`", "one of them");
        return;
      }
      fault.action = std::move(*action);
      r.plan.faults.push_back(std::move(fault));
    }
  };
  for (const faults::Trigger& trigger : triggers) read_rest(trigger);
}

}  // namespace

void read_faults(Reading& r, const Node& node) {
  const auto& entries = entries_of(node, "`faults`", r.problems);
  for (std::size_t i = 0; i < entries.size(); ++i) read_fault(r, entries[i], "faults/" + std::to_string(i + 1));
}

}  // namespace chronofault::scenarios
