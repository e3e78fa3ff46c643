// Selectors: reading, checking the static ones against the cluster, and drawing among static ones.
#include <algorithm>
#include <array>

#include "reading.hpp"

namespace chronofault::scenarios {
namespace {

using faults::Selector;
using Kind = Selector::Kind;
using Accepted = std::vector<Kind>;

constexpr std::array<Kind, 13> keyed = {Kind::host,   Kind::process, Kind::zone,      Kind::role,     Kind::app,
                                        Kind::pool,   Kind::message, Kind::table,     Kind::database, Kind::zookeeper,
                                        Kind::one_of, Kind::all,     Kind::any_two_of};

bool has(const Accepted& accepted, Kind kind) {
  return std::find(accepted.begin(), accepted.end(), kind) != accepted.end();
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> accepted_keys(const Reading& r, const Accepted& accepted) {
  std::vector<std::string> keys;
  for (const Kind kind : keyed) {
    if (has(accepted, kind)) keys.emplace_back(faults::key_of(kind));
  }
  if (has(accepted, Kind::system)) {
    for (const SelectorInfo& own : r.info.selectors) keys.push_back(own.key);
  }
  return keys;
}

/// What a static selector means, as names of processes and hosts; empty for kinds that mean neither.
std::vector<std::string> members(const Reading& r, const Selector& s) {
  std::vector<std::string> names;
  switch (s.kind) {
    case Kind::name:
    case Kind::host:
    case Kind::process:
      return {s.text};
    case Kind::zone:
      for (const HostPlan& host : r.plan.hosts) {
        if (host.zone == s.text) names.push_back(host.name);
      }
      return names;
    case Kind::role:
      for (const ProcessEntry& p : r.plan.cluster.processes) {
        if (p.role == s.text) names.push_back(p.name);
      }
      return names;
    case Kind::app:
      for (const ProcessEntry& p : r.plan.cluster.processes) {
        const auto key = p.keys.find("app");
        if (key != p.keys.end() && to_string(key->second) == s.text) names.push_back(p.name);
      }
      return names;
    case Kind::one_of:
    case Kind::all:
    case Kind::any_two_of:
      for (const Selector& part : s.parts) {
        for (std::string& name : members(r, part)) {
          if (!contains(names, name)) names.push_back(std::move(name));
        }
      }
      return names;
    default:
      return names;
  }
}

void check_bare_name(Reading& r, const Node& node, const std::string& name) {
  const std::vector<std::string> processes = r.processes();
  const std::vector<std::string> hosts = r.hosts();
  const bool process = contains(processes, name);
  const bool host = contains(hosts, name);
  if (process && host) {
    r.problems.add(node.place, "'" + name + "' is both a process and a host",
                   "{process: " + name + "} or {host: " + name + "}");
  } else if (!process && !host) {
    std::vector<std::string> all = processes;
    all.insert(all.end(), hosts.begin(), hosts.end());
    r.problems.add(node.place, "'" + name + "' is no process and no host", listed(all), nearest_name(name, all));
  }
}

/// Names that a simple static selector may hold; null: any text.
std::optional<std::vector<std::string>> names_for(const Reading& r, Kind kind) {
  std::vector<std::string> names;
  switch (kind) {
    case Kind::host:
      return r.hosts();
    case Kind::process:
      return r.processes();
    case Kind::zone:
      return r.zones();
    case Kind::role:
      for (const Role& role : r.info.roles) names.push_back(role.name);
      return names;
    case Kind::app:
      for (const ProcessEntry& p : r.plan.cluster.processes) {
        const auto key = p.keys.find("app");
        if (key != p.keys.end() && !contains(names, to_string(key->second))) names.push_back(to_string(key->second));
      }
      return names;
    case Kind::table:
      for (const TableSpec& table : r.plan.target->tables(r.plan.cluster.profile)) names.push_back(table.name);
      return names;
    default:
      return std::nullopt;
  }
}

bool is_database_server(Reading& r, const Node& value, const std::string& text) {
  if (!r.plan.database) {
    r.problems.add(value.place, "the cluster has no database", "");
    return false;
  }
  const std::size_t size = r.plan.database->replicas.size() + 1;
  const auto number = parse_integer(text);
  const bool numbered = number && *number >= 1 && static_cast<std::size_t>(*number) <= size;
  if (text == "primary" || numbered || (text == "replica" && size > 1)) return true;
  const std::string known =
      size == 1 ? "primary (the database has no replica)" : "primary, replica or 1 to " + std::to_string(size);
  r.problems.add(value.place, "no database server '" + text + "'", known, nearest_name(text, {"primary", "replica"}));
  return false;
}

std::optional<Selector> read_simple(Reading& r, const Node& value, const std::string& path, Kind kind) {
  const std::string what(faults::key_of(kind));
  std::optional<std::string> text;
  if (const auto names = names_for(r, kind)) {
    text = r.values.name(value, path, what, *names);
  } else {
    text = r.values.text(value, path);
  }
  if (!text) return std::nullopt;
  Selector selector(kind, *text);
  if (kind == Kind::zookeeper) {
    const auto number = parse_integer(*text);
    const std::size_t size = r.plan.zookeeper ? r.plan.zookeeper->servers.size() : 0;
    const bool right = *text == "leader" || *text == "follower" ||
                       (number && *number >= 1 && static_cast<std::size_t>(*number) <= size);
    if (size == 0 || !right) {
      r.problems.add(value.place, "no ZooKeeper server '" + *text + "'",
                     size == 0 ? "(the cluster has none)" : "leader, follower or 1 to " + std::to_string(size));
      return std::nullopt;
    }
  }
  if (kind == Kind::database && !is_database_server(r, value, *text)) return std::nullopt;
  if (kind == Kind::role && members(r, selector).empty()) {
    r.problems.add(value.place, "the cluster has no process of the role '" + *text + "'", "");
    return std::nullopt;
  }
  if (kind == Kind::zone && members(r, selector).empty()) {
    r.problems.add(value.place, "the zone '" + *text + "' has no host", "a zone with processes");
    return std::nullopt;
  }
  return selector;
}

std::optional<Selector> read_pool(Reading& r, const Node& value, const std::string& path) {
  Fields fields(value, "a pool", r.problems);
  const Node* const process = fields.need("process", "a process");
  const Node* const name = fields.need("name", "the pool's name");
  fields.done();
  if (process == nullptr || name == nullptr) return std::nullopt;
  const auto whose =
      read_selector(r, *process, path + "/process", faults::accepted_selectors(faults::Target::process), "a process");
  const auto text = r.values.text(*name, path + "/name");
  if (!whose || !text) return std::nullopt;
  Selector selector(Kind::pool, *text);
  selector.parts.push_back(*whose);
  return selector;
}

std::optional<Selector> read_message(Reading& r, const Node& value, const std::string& path) {
  Selector selector(Kind::message, "");
  if (value.is_scalar()) {
    if (!read_message_kind(r, value, path, selector.message)) return std::nullopt;
    return selector;
  }
  Fields fields(value, "a message", r.problems);
  const Node* const kind = fields.get("kind");
  bool right = kind == nullptr || read_message_kind(r, *kind, path + "/kind", selector.message);
  const Accepted& ends = faults::accepted_selectors(faults::Target::process);
  for (const char* key : {"from", "to"}) {
    const Node* const end = fields.get(key);
    if (end == nullptr) continue;
    auto whom = read_selector(r, *end, path + "/" + key, ends, "a process");
    right = right && whom;
    if (whom) (key[0] == 'f' ? selector.message.from : selector.message.to).push_back(std::move(*whom));
  }
  if (const Node* nth = fields.get("nth")) {
    selector.nth = static_cast<int>(r.values.integer(*nth, path + "/nth", 1, 1'000'000'000).value_or(1));
  }
  fields.done();
  if (!right) return std::nullopt;
  return selector;
}

/// The parts of a combination: those listed, or what one static selector means.
std::optional<std::vector<Selector>> read_parts(Reading& r, const Node& value, const std::string& path,
                                                const Accepted& accepted, const std::string& wanted) {
  std::vector<Selector> parts;
  if (value.is_list()) {
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      auto part = read_selector(r, value.items[i], path + "/" + std::to_string(i + 1), accepted, wanted);
      if (!part) return std::nullopt;
      parts.push_back(std::move(*part));
    }
  } else {
    auto part = read_selector(r, value, path, accepted, wanted);
    if (!part) return std::nullopt;
    parts.push_back(std::move(*part));
  }
  if (parts.empty()) {
    r.problems.add(value.place, "nothing to choose from", "a list of selectors, or one that means several");
    return std::nullopt;
  }
  if (parts.size() == 1 && parts[0].is_static()) {
    std::vector<Selector> several;
    for (std::string& name : members(r, parts[0])) several.push_back(Selector::named(std::move(name)));
    if (!several.empty()) return several;
  }
  return parts;
}

std::optional<Selector> read_combination(Reading& r, const Node& value, const std::string& path, Kind kind,
                                         const Accepted& accepted, const std::string& wanted) {
  auto parts = read_parts(r, value, path, accepted, wanted);
  if (!parts) return std::nullopt;
  Selector selector(kind, "");
  // One selector that only the run can resolve: the injector draws among what it means then.
  const bool later = parts->size() == 1 && !(*parts)[0].is_static();
  if (kind == Kind::one_of && !later) return (*parts)[r.values.pick(parts->size(), path)];
  if (kind == Kind::any_two_of && !later) {
    if (parts->size() < 2) {
      r.problems.add(value.place, "two of " + std::to_string(parts->size()), "at least two");
      return std::nullopt;
    }
    const auto first = r.values.pick(parts->size(), path);
    selector.parts.push_back((*parts)[first]);
    parts->erase(parts->begin() + static_cast<std::ptrdiff_t>(first));
    selector.parts.push_back((*parts)[r.values.pick(parts->size(), path)]);
    selector.kind = Kind::all;
    return selector;
  }
  selector.parts = std::move(*parts);
  return selector;
}

}  // namespace

std::vector<std::string> hosts_of(const Reading& r, const Selector& selector) {
  std::vector<std::string> hosts;
  if (!selector.is_static()) return hosts;
  for (const std::string& name : members(r, selector)) {
    const std::string of = r.host_of(name);
    const std::string& host = selector.kind == Kind::host || of.empty() ? name : of;
    if (!contains(hosts, host)) hosts.push_back(host);
  }
  return hosts;
}

std::optional<Selector> read_keyed_selector(Reading& r, const Node& key, const Node& value, const std::string& path,
                                            const Accepted& accepted, const std::string& wanted) {
  for (const SelectorInfo& own : r.info.selectors) {
    if (own.key != key.text || !has(accepted, Kind::system)) continue;
    const auto names = r.plan.target->arguments(own.key, r.plan.cluster);
    const auto argument = names ? r.values.name(value, path, own.argument, *names) : r.values.text(value, path);
    if (!argument) return std::nullopt;
    Selector selector(Kind::system, *argument);
    selector.key = own.key;
    return selector;
  }
  for (const Kind kind : keyed) {
    if (faults::key_of(kind) != key.text || !has(accepted, kind)) continue;
    if (kind == Kind::pool) return read_pool(r, value, path);
    if (kind == Kind::message) return read_message(r, value, path);
    if (kind == Kind::one_of || kind == Kind::all || kind == Kind::any_two_of) {
      return read_combination(r, value, path, kind, accepted, wanted);
    }
    return read_simple(r, value, path, kind);
  }
  const std::vector<std::string> keys = accepted_keys(r, accepted);
  r.problems.add(key.place, "'" + key.text + "' does not say " + wanted, listed(keys), nearest_name(key.text, keys));
  return std::nullopt;
}

std::optional<Selector> read_selector(Reading& r, const Node& node, const std::string& path, const Accepted& accepted,
                                      const std::string& wanted) {
  if (node.is_map() && node.entries.size() == 1 && !Values::is_draw(node)) {
    const auto& [key, value] = node.entries.front();
    return read_keyed_selector(r, key, value, path, accepted, wanted);
  }
  if (has(accepted, Kind::name) && (node.is_scalar() || Values::is_draw(node))) {
    const auto name = r.values.text(node, path);
    if (!name) return std::nullopt;
    const std::size_t before = r.problems.list().size();
    check_bare_name(r, node, *name);
    if (r.problems.list().size() != before) return std::nullopt;
    return Selector::named(*name);
  }
  r.problems.add(node.place, described(node) + " does not say " + wanted,
                 (has(accepted, Kind::name) ? "a name, or one of " : "one of ") + listed(accepted_keys(r, accepted)));
  return std::nullopt;
}

}  // namespace chronofault::scenarios
