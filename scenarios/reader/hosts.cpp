// Machines: those that `hosts:` declares, and one for each process that is put on no other. A host has one zone and one
// address; those that have no address get 10.ZONE.0.N, zones and hosts numbered from 1 in order of their processes.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <ports/assert.hpp>

#include "reading.hpp"

namespace chronofault::scenarios {
namespace {

HostPlan* find_host(Reading& r, const std::string& name) {
  for (HostPlan& host : r.plan.hosts) {
    if (host.name == name) return &host;
  }
  return nullptr;
}

void read_declared(Reading& r, const Node& node, const std::string& name, HostPlan& host) {
  const std::string path = "cluster/hosts/" + name;
  Fields fields(node, "the host '" + name + "'", r.problems);
  if (const Node* zone = fields.get("zone")) {
    const auto given = r.values.name(*zone, path + "/zone", "zone", r.zones());
    if (given && !host.zone.empty() && host.zone != *given) {
      r.problems.add(zone->place, "the host '" + name + "' would be in two zones, " + host.zone + " and " + *given,
                     "one zone");
    }
    if (given) host.zone = *given;
  }
  if (const Node* address = fields.get("address")) {
    const auto ip = r.values.text(*address, path + "/address");
    if (ip && !is_ip(*ip)) {
      r.problems.add(address->place, "'" + *ip + "' is no ip", "an ip such as 10.112.62.2");
    } else if (ip && !host.ip.empty() && host.ip != *ip) {
      r.problems.add(address->place, "the host '" + name + "' would have two addresses, " + host.ip + " and " + *ip,
                     "one");
    } else if (ip) {
      host.ip = *ip;
    }
  }
  if (const Node* tz = fields.get("time_zone")) {
    const auto zone = r.values.text(*tz, path + "/time_zone");
    if (zone && !parse_offset(*zone) && r.world.zone(*zone) == nullptr) {
      r.problems.add(tz->place, "'" + *zone + "' is no time zone",
                     "a name of the tz database such as Asia/Shanghai, or +08:00");
    } else if (zone) {
      host.time_zone = *zone;
    }
  }
  if (const Node* cores = fields.get("cores")) {
    if (const auto n = r.values.decimal(*cores, path + "/cores", 1'000, 1'000'000'000)) host.cores_milli = *n / 1'000;
  }
  if (const Node* memory = fields.get("memory"))
    host.memory_bytes = r.values.bytes(*memory, path + "/memory").value_or(host.memory_bytes);
  if (const Node* disk = fields.get("disk"))
    host.disk_bytes = r.values.bytes(*disk, path + "/disk").value_or(host.disk_bytes);
  if (const Node* offset = fields.get("clock_offset")) {
    host.clock_offset = r.values.duration(*offset, path + "/clock_offset", -Duration::max()).value_or(Duration{});
    if (!in_calendar(r.plan.start + host.clock_offset) || !in_calendar(r.plan.until + host.clock_offset)) {
      r.problems.add(offset->place, "the clock of '" + name + "' would be out of range", std::string(calendar_text));
    }
  }
  if (const Node* drift = fields.get("drift_ppm")) {
    const auto ppm = r.values.decimal(*drift, path + "/drift_ppm", -100'000'000'000, 100'000'000'000);
    if (ppm) host.drift_ppb = *ppm / 1'000;
  }
  fields.done();
}

/// Gives each process's host a zone and the address that the process names.
void gather(Reading& r, const Place& place) {
  std::vector<HostPlan> own = std::move(r.plan.hosts);  // of database and ZooKeeper servers
  r.plan.hosts.clear();
  for (ProcessEntry& process : r.plan.cluster.processes) {
    HostPlan* host = find_host(r, process.host);
    if (host == nullptr) {
      r.plan.hosts.emplace_back();
      host = &r.plan.hosts.back();
      host->name = process.host;
    }
    if (host->zone.empty()) host->zone = process.zone;
    if (!process.zone.empty() && host->zone != process.zone) {
      r.problems.add(place,
                     "the host '" + host->name + "' would be in two zones, " + host->zone + " and " + process.zone,
                     "one zone");
    }
    if (host->ip.empty()) host->ip = process.ip;
    if (!process.ip.empty() && host->ip != process.ip) {
      r.problems.add(
          place, "the host '" + host->name + "' would have two addresses, " + host->ip + " and " + process.ip, "one");
    }
  }
  for (HostPlan& host : own) {
    if (HostPlan* known = find_host(r, host.name); known == nullptr) {
      r.plan.hosts.push_back(std::move(host));
    } else if (known->zone.empty()) {
      known->zone = host.zone;
    }
  }
}

void fill_addresses(Reading& r, const Place& place) {
  std::set<std::string> taken;
  for (const HostPlan& host : r.plan.hosts) {
    if (!host.ip.empty() && !taken.insert(host.ip).second) {
      r.problems.add(place, "two hosts with the address " + host.ip, "addresses that differ");
    }
  }
  for (std::size_t z = 0; z < r.plan.zones.size(); ++z) {
    int n = 0;
    for (HostPlan& host : r.plan.hosts) {
      if (host.zone != r.plan.zones[z].name || !host.ip.empty()) continue;
      do {
        host.ip = fmt::format("10.{}.{}.{}", z + 1, n / 250, n % 250 + 1);
        ++n;
      } while (!taken.insert(host.ip).second);
    }
  }
}

void fill_ports(Reading& r, const Place& place) {
  std::set<std::pair<std::string, int>> taken;
  for (const ProcessEntry& process : r.plan.cluster.processes) {
    if (process.port != 0 && !taken.emplace(process.host, process.port).second) {
      r.problems.add(place, fmt::format("two processes at port {} of '{}'", process.port, process.host),
                     "ports that differ");
    }
  }
  for (ProcessEntry& process : r.plan.cluster.processes) {
    if (process.port != 0) continue;
    for (const Role& role : r.info.roles) {
      if (role.name == process.role) process.port = role.default_port;
    }
    while (process.port != 0 && !taken.emplace(process.host, process.port).second) ++process.port;
  }
}

}  // namespace

void read_hosts(Reading& r, Fields& cluster) {
  const Place place = cluster.place();
  const Node* const declared = cluster.get("hosts");
  gather(r, place);
  if (declared != nullptr) {
    if (!declared->is_map() && !declared->is_null()) {
      r.problems.add(declared->place, "`hosts` is " + described(*declared), "a map {NAME: {cores: 4}}");
    }
    const std::vector<std::string> names = r.hosts();
    for (const auto& [key, value] : declared->entries) {
      if (HostPlan* host = find_host(r, key.text)) {
        read_declared(r, value, key.text, *host);
      } else {
        r.problems.add(key.place, "no process is on a host '" + key.text + "'", listed(names),
                       nearest_name(key.text, names));
      }
    }
  }
  for (HostPlan& host : r.plan.hosts) {
    const bool bare = host.zone.empty();
    if (bare) host.zone = r.plan.zones.front().name;
    for (const ProcessEntry& process : r.plan.cluster.processes) {
      if (bare && process.host == host.name && r.plan.zones.size() > 1) {
        r.problems.add(place, "'" + process.name + "' has no zone", "zone: one of " + listed(r.zones()));
      }
    }
    for (const ZonePlan& zone : r.plan.zones) {
      if (zone.name == host.zone && host.time_zone.empty()) host.time_zone = zone.time_zone;
    }
  }
  fill_addresses(r, place);
  fill_ports(r, place);
  for (ProcessEntry& process : r.plan.cluster.processes) {
    const HostPlan* const host = find_host(r, process.host);
    CF_ASSERT(host != nullptr);
    process.zone = host->zone;
    process.ip = host->ip;
  }
  if (r.plan.database) {
    const HostPlan* const host = find_host(r, r.plan.database->host);
    CF_ASSERT(host != nullptr);
    r.plan.cluster.database.ip = host->ip;
  }
  if (r.plan.zookeeper) {
    for (const auto& server : r.plan.zookeeper->servers) {
      const HostPlan* const host = find_host(r, server.host);
      CF_ASSERT(host != nullptr);
      std::string& servers = r.plan.cluster.zookeeper;
      servers += (servers.empty() ? "" : ",") + to_string(Address(host->ip, 2181));
    }
  }
}

}  // namespace chronofault::scenarios
