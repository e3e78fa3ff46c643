// The making of one plan: what the readers of the parts share, and those readers, one per part of the format. All of
// them report every problem that they find and go on with what is right.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <scenarios/node.hpp>
#include <scenarios/plan.hpp>
#include <scenarios/scenario.hpp>

#include "fields.hpp"
#include "values.hpp"

namespace chronofault::scenarios {

struct Reading {
  const World& world;
  const SystemInfo& info;
  Values& values;
  Problems& problems;
  Plan& plan;

  std::vector<std::string> zones() const;
  std::vector<std::string> hosts() const;
  /// Those of the roles, then database and ZooKeeper servers.
  std::vector<std::string> processes() const;
  std::vector<std::string> jobs() const;
  std::vector<std::string> workflows() const;
  /// Host of a process of any kind; empty: no such process.
  std::string host_of(const std::string& process) const;
};

// cluster.cpp, processes.cpp, hosts.cpp, database.cpp
void read_cluster(Reading& r, const Node& node);
void read_processes(Reading& r, Fields& cluster);
void read_database(Reading& r, Fields& cluster);
void read_zookeeper(Reading& r, Fields& cluster);
void read_hosts(Reading& r, Fields& cluster);

// settings.cpp
/// The map's values by the types of `declared`; `fill`: defaults for what is left out.
std::map<std::string, Value> read_settings(Reading& r, const Node* node, const std::vector<Setting>& declared,
                                           const std::string& what, const std::string& path, bool fill);
std::optional<Value> read_setting(Reading& r, const Node& node, const Setting& setting, const std::string& path);
/// As a scenario writes it.
std::string setting_text(const Setting& setting, const Value& value);

// jobs.cpp, work.cpp, actions.cpp
void read_jobs(Reading& r, const Node& node);
void read_workflows(Reading& r, const Node& node);
WorkPlan read_work(Reading& r, const Node& node, const std::string& path);
/// The jobs that `then:` and `after:` name are known only when all were read.
void check_job_names(Reading& r, const Node& jobs);
void read_actions(Reading& r, const Node& node);
/// What an edit may `set`: portable keys of a job, and the system's own.
std::vector<Setting> editable_settings(const SystemInfo& info);

// occurrences.cpp
/// The instants of an `at:`, or of an `every:` with `from:` and `until:`.
std::vector<sim::TrueTime> read_instants(Reading& r, Fields& fields, const std::string& path);

// selectors.cpp, patterns.cpp, faults.cpp, expect.cpp
/// None: a problem was reported. Static draws (`one_of`) are drawn.
std::optional<faults::Selector> read_selector(Reading& r, const Node& node, const std::string& path,
                                              const std::vector<faults::Selector::Kind>& accepted,
                                              const std::string& wanted);
/// The same of one key and its value, where they stand among other keys.
std::optional<faults::Selector> read_keyed_selector(Reading& r, const Node& key, const Node& value,
                                                    const std::string& path,
                                                    const std::vector<faults::Selector::Kind>& accepted,
                                                    const std::string& wanted);
/// Hosts that a static selector means; empty: only the run knows.
std::vector<std::string> hosts_of(const Reading& r, const faults::Selector& selector);
/// "Ping.reply"
bool read_message_kind(Reading& r, const Node& node, const std::string& path, faults::MessageMatch& match);
std::optional<faults::Pattern> read_pattern(Reading& r, const Node& node, const std::string& path);
void read_faults(Reading& r, const Node& node);
std::vector<Expectation> read_expectations(Reading& r, const Node& node, const std::string& path);

/// A list's entries; anything but a list or nothing is a problem.
const std::vector<Node>& entries_of(const Node& node, const std::string& what, Problems& problems);
/// The place in a path: the entry's name if it has one, else its number from 1.
std::string label_of(const Node& entry, std::size_t index);

}  // namespace chronofault::scenarios
