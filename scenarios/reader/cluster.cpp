// `cluster:` as a whole: zones, links between them, names, and the order in which its parts are read.
#include <algorithm>
#include <set>

#include "reading.hpp"

namespace chronofault::scenarios {
namespace {

constexpr Duration within_zone = Duration::us(200);
constexpr Duration between_zones = Duration::ms(1);

std::optional<std::string> read_time_zone(Reading& r, const Node& node, const std::string& path) {
  auto name = r.values.text(node, path);
  if (!name) return std::nullopt;
  if (parse_offset(*name) || r.world.zone(*name) != nullptr) return name;
  r.problems.add(node.place, "'" + *name + "' is no time zone",
                 "a name of the tz database such as Asia/Shanghai, or +08:00");
  return std::nullopt;
}

/// Returns the latencies within zones that were given.
std::map<std::string, Distribution> read_zones(Reading& r, const Node* node) {
  std::map<std::string, Distribution> within;
  if (node != nullptr && !node->is_map() && !node->is_null()) {
    r.problems.add(node->place, "`zones` is " + described(*node), "a map {NAME: {}}");
  }
  if (node == nullptr || node->entries.empty()) {
    r.plan.zones.push_back(ZonePlan{"main", r.plan.cluster.zone_name});
    return within;
  }
  for (const auto& [key, value] : node->entries) {
    ZonePlan zone{key.text, r.plan.cluster.zone_name};
    Fields fields(value, "a zone", r.problems);
    if (const Node* tz = fields.get("time_zone")) {
      if (auto name = read_time_zone(r, *tz, "cluster/zones/" + key.text + "/time_zone")) zone.time_zone = *name;
    }
    if (const Node* latency = fields.get("latency")) {
      if (auto d = r.values.distribution(*latency)) within.emplace(key.text, *d);
    }
    fields.done();
    r.plan.zones.push_back(std::move(zone));
  }
  return within;
}

void set_link(Reading& r, const std::string& from, const std::string& to, const Distribution& latency) {
  for (LinkPlan& link : r.plan.links) {
    if (link.from == from && link.to == to) link.latency = latency;
  }
}

void read_link(Reading& r, const Node& node, const std::string& path) {
  Fields fields(node, "a link", r.problems);
  const Node* const between = fields.get("between");
  const Node* const from = fields.get("from");
  const Node* const to = fields.get("to");
  std::vector<std::string> ends;
  const std::vector<std::string> zones = r.zones();
  const auto add_end = [&](const Node& end) {
    if (auto zone = r.values.name(end, path + "/" + std::to_string(ends.size()), "zone", zones)) ends.push_back(*zone);
  };
  if (between != nullptr && between->is_list() && between->items.size() == 2 && from == nullptr && to == nullptr) {
    for (const Node& end : between->items) add_end(end);
  } else if (between == nullptr && from != nullptr && to != nullptr) {
    add_end(*from);
    add_end(*to);
  } else {
    r.problems.add(node.place, "a link without its two ends", "between: [A, B], or from: A and to: B");
  }
  const Node* const latency = fields.need("latency", "a duration or {uniform: [1ms, 3ms]}");
  const auto d = latency != nullptr ? r.values.distribution(*latency) : std::nullopt;
  fields.done();
  if (!d || ends.size() != 2) return;
  set_link(r, ends[0], ends[1], *d);
  if (between != nullptr) set_link(r, ends[1], ends[0], *d);
}

void read_links(Reading& r, const Node* node, const std::map<std::string, Distribution>& within) {
  for (const ZonePlan& a : r.plan.zones) {
    for (const ZonePlan& b : r.plan.zones) {
      Distribution latency = Distribution::constant(a.name == b.name ? within_zone : between_zones);
      if (const auto found = within.find(a.name); a.name == b.name && found != within.end()) latency = found->second;
      r.plan.links.push_back(LinkPlan{a.name, b.name, std::move(latency)});
    }
  }
  if (node == nullptr) return;
  const auto& links = entries_of(*node, "`links`", r.problems);
  for (std::size_t i = 0; i < links.size(); ++i) read_link(r, links[i], "cluster/links/" + std::to_string(i + 1));
}

void read_names(Reading& r, const Node& node) {
  const std::vector<std::string> processes = r.processes();
  const std::vector<std::string> zones = r.zones();
  const auto target = [&](const Node& value, const std::string& path) -> std::optional<std::string> {
    auto text = r.values.text(value, path);
    if (!text || is_ip(*text)) return text;
    if (std::find(processes.begin(), processes.end(), *text) != processes.end()) return text;
    r.problems.add(value.place, "'" + *text + "' is no process", "a process or an ip", nearest_name(*text, processes));
    return std::nullopt;
  };
  if (!node.is_map() && !node.is_null()) r.problems.add(node.place, "`names` is " + described(node), "a map");
  for (const auto& [name, value] : node.entries) {
    const std::string path = "cluster/names/" + name.text;
    auto& per_zone = r.plan.cluster.names[name.text];
    if (value.is_scalar() || Values::is_draw(value)) {
      const auto everywhere = target(value, path);
      for (const std::string& zone : zones) {
        if (everywhere) per_zone[zone] = *everywhere;
      }
      continue;
    }
    Fields fields(value, "the name '" + name.text + "'", r.problems);
    for (const std::string& zone : zones) {
      const Node* const given = fields.get(zone);
      if (given == nullptr) continue;
      if (auto text = target(*given, path + "/" + zone)) per_zone[zone] = *text;
    }
    fields.done();
  }
}

}  // namespace

void read_cluster(Reading& r, const Node& node) {
  Fields fields(node, "the cluster", r.problems);
  if (const Node* tz = fields.get("time_zone")) {
    if (auto name = read_time_zone(r, *tz, "cluster/time_zone")) r.plan.cluster.zone_name = *name;
  }
  const std::size_t before = r.problems.count();
  const auto right = [&] { return r.problems.count() == before; };
  const auto within = read_zones(r, fields.get("zones"));
  const Node* const links = fields.get("links");
  if (right()) {
    read_links(r, links, within);
    read_processes(r, fields);
    read_database(r, fields);
    read_zookeeper(r, fields);
  } else {
    for (const Role& role : r.info.roles) fields.know(role.list);
    for (const char* key : {"database", "zookeeper"}) fields.know(key);
  }
  for (const char* key : {"hosts", "names"}) fields.know(key);
  fields.done();
  if (right()) read_hosts(r, fields);
  const Node* const names = fields.get("names");
  if (names != nullptr && right()) read_names(r, *names);
}

}  // namespace chronofault::scenarios
