// The lists of the system's roles: one entry per process, or per `count` of them.
#include <algorithm>
#include <set>

#include "reading.hpp"

namespace chronofault::scenarios {
namespace {

/// "10.112.62.2" or "10.112.62.2:10086".
void read_address(Reading& r, const Node& node, const std::string& path, ProcessEntry& process) {
  const auto text = r.values.text(node, path);
  if (!text) return;
  const auto address = parse_address(*text);
  if (is_ip(*text)) {
    process.ip = *text;
  } else if (address && is_ip(address->ip)) {
    process.ip = address->ip;
    process.port = address->port;
  } else {
    r.problems.add(node.place, "'" + *text + "' is no address", "an ip such as 10.112.62.2, or ip:port");
  }
}

bool check_name(Reading& r, const Node& node, const std::string& name) {
  const std::vector<std::string> taken = r.processes();
  if (std::find(taken.begin(), taken.end(), name) != taken.end()) {
    r.problems.add(node.place, "a second process '" + name + "'", "names that differ");
    return false;
  }
  if (name == "database" || name.starts_with("database-") || name.starts_with("zookeeper-")) {
    r.problems.add(node.place, "'" + name + "' is the name of a server of the cluster itself", "another name");
    return false;
  }
  return true;
}

struct Entry {
  const Role& role;
  const Node& node;
  const Node* name;
  const Node* zone;
  const Node* host;
  const Node* address;
  const Node* port;
  const Node* starts;
  const Node* settings;
  std::vector<std::pair<const Setting*, const Node*>> keys;
};

/// False: the name cannot be, and nothing was added.
bool add_process(Reading& r, const Entry& e, const std::string& name) {
  const std::string path = "cluster/" + e.role.list + "/" + name;
  if (!check_name(r, *e.name, name)) return false;
  ProcessEntry process;
  process.role = e.role.name;
  process.name = name;
  process.host = name + ".host";
  if (e.zone != nullptr) {
    process.zone = r.values.name(*e.zone, path + "/zone", "zone", r.zones()).value_or(r.plan.zones.front().name);
  } else if (r.plan.zones.size() == 1) {
    process.zone = r.plan.zones.front().name;
  }
  if (e.host != nullptr) process.host = r.values.text(*e.host, path + "/host").value_or(process.host);
  if (e.address != nullptr) read_address(r, *e.address, path + "/address", process);
  if (e.port != nullptr) {
    process.port = static_cast<int>(r.values.integer(*e.port, path + "/port", 1, 65'535).value_or(0));
  }
  process.settings =
      read_settings(r, e.settings, e.role.settings, "the settings of a " + e.role.name, path + "/settings", true);
  for (const auto& [key, node] : e.keys) {
    if (auto value = read_setting(r, *node, *key, path + "/" + key->key)) process.keys[key->key] = std::move(*value);
  }
  for (const Setting& key : e.role.keys) {
    if (!std::holds_alternative<Null>(key.standard)) process.keys.emplace(key.key, key.standard);
  }
  Duration after;
  if (e.starts != nullptr) {
    after = r.values.duration(*e.starts, path + "/starts").value_or(after);
    if (r.plan.start + after > r.plan.until) {
      r.problems.add(e.starts->place, "the start of '" + name + "' is after the end of the scenario",
                     "a duration of at most " + to_string(r.plan.until - r.plan.start));
    }
  } else {
    after = r.values.start_of(name);
  }
  r.plan.starts.push_back(StartPlan{name, after});
  r.plan.cluster.processes.push_back(std::move(process));
  return true;
}

void read_entry(Reading& r, const Role& role, const Node& node, std::size_t index) {
  Fields fields(node, "a " + role.name, r.problems);
  Entry e{role,
          node,
          fields.need("name", "a name"),
          fields.get("zone"),
          fields.get("host"),
          fields.get("address"),
          fields.get("port"),
          fields.get("starts"),
          nullptr,
          {}};
  const Node* const count = fields.get("count");
  e.settings = fields.get("settings");
  for (const Setting& key : role.keys) {
    if (const Node* value = fields.get(key.key)) e.keys.emplace_back(&key, value);
  }
  fields.done();
  if (e.name == nullptr) return;
  const auto name = r.values.text(*e.name, "cluster/" + role.list + "/" + std::to_string(index + 1) + "/name");
  if (!name) return;
  if (!is_name(*name)) {
    r.problems.add(e.name->place, "'" + *name + "' cannot be a name",
                   "letters, digits, _ and -, beginning with a letter");
    return;
  }
  if (count == nullptr) {
    add_process(r, e, *name);
    return;
  }
  if (e.address != nullptr)
    r.problems.add(e.address->place, "one address for several processes", "entries of their own");
  const auto n = r.values.integer(*count, "cluster/" + role.list + "/" + *name + "/count", 0, 1'000);
  for (std::int64_t i = 1; n && i <= *n && add_process(r, e, *name + "-" + std::to_string(i)); ++i) {
  }
}

}  // namespace

void read_processes(Reading& r, Fields& cluster) {
  for (const Role& role : r.info.roles) {
    const Node* const list = cluster.get(role.list);
    if (list == nullptr) continue;
    const auto& entries = entries_of(*list, "`" + role.list + "`", r.problems);
    for (std::size_t i = 0; i < entries.size(); ++i) read_entry(r, role, entries[i], i);
  }
}

}  // namespace chronofault::scenarios
