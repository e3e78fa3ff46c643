// A plan: a scenario, one variant of it and a seed, with nothing left to draw that a person would want to read. It
// prints as a file of the scenario format and reads back to the same plan, byte for byte.
//
// Drawn inside the run from counter-based streams, and so not pinned: upstream's own draws, what `takes` of a job draws
// at each run, the latency of each message within its link's range.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include <faults/spec.hpp>
#include <ports/system.hpp>
#include <scenarios/distribution.hpp>
#include <scenarios/scenario.hpp>

namespace chronofault::scenarios {

/// With what a plan was made. A difference is no error: the same plan may then run differently.
struct Versions {
  std::string program;  // "0.1.0"
  std::string system;   // release of the profile: "3.4.0 (2020-11-29)"
  std::string tzdata;   // "2024a"
  friend bool operator==(const Versions&, const Versions&) = default;
};

struct ZonePlan {
  std::string name;
  std::string time_zone;  // of its hosts
};

struct HostPlan {
  std::string name;  // "lz.host"
  std::string zone;
  std::string ip;
  std::string time_zone;            // tz database name or an offset "+08:00"
  std::int64_t cores_milli = 4000;  // thousandths of a core
  std::int64_t memory_bytes = std::int64_t{16} << 30;
  std::int64_t disk_bytes = std::int64_t{100} << 30;
  Duration clock_offset;       // wall clock - true time at start
  std::int64_t drift_ppb = 0;  // thousandths of a ppm
};

/// Latency of messages from one zone to another (or within it). The matrix is complete: every ordered pair is there.
struct LinkPlan {
  std::string from;
  std::string to;
  Distribution latency;
};

/// When a process is first started, counted from the plan's start.
struct StartPlan {
  std::string process;
  Duration after;
};

struct DatabasePlan {
  std::string dialect = "innodb";  // or "postgresql"
  std::string name = "database";   // of its process
  std::string host = "database.host";
  struct Replica {
    std::string name;  // "database-2"
    std::string host;
  };
  std::vector<Replica> replicas;
  std::string replication = "async";  // semisync-after-commit, semisync-after-sync; of postgresql: synchronous
  Duration replication_lag;           // from a commit's arrival at a replica to its effect
  Duration semisync_timeout = Duration::seconds(10);  // rpl_semi_sync_master_timeout; postgresql has none

  /// Of its servers, the primary's first.
  std::vector<std::string> processes() const;
};

struct ZookeeperPlan {
  struct Server {
    std::string name;  // "zookeeper-1"
    std::string host;
  };
  std::vector<Server> servers;  // 1, 3 or 5
  // Settings of all of them, under upstream's keys, with the defaults of sim::ZooKeeperOptions.
  Duration tick_time = Duration::ms(2000);
  std::int64_t init_limit = 10;
  std::int64_t sync_limit = 5;
  std::optional<Duration> min_session_timeout;  // none: 2 ticks
  std::optional<Duration> max_session_timeout;  // none: 20 ticks
  Duration fsync = Duration::ms(1);             // not upstream's: what one flush of the log takes
};

/// What a job does once its own time has passed: client API calls of the work (System's verbs), in order.
struct ThenPlan {
  std::string verb;                 // "build", "execute"
  std::string argument;             // name of the job
  Distribution takes;               // time before the call
  std::vector<std::int64_t> items;  // the shards whose work calls; empty: all
};

/// What the simulated work of a job is like.
struct WorkPlan {
  Distribution takes = Distribution::constant(Duration::seconds(1));
  std::int64_t cpu_milli = 0;     // thousandths of a core while it runs
  std::int64_t memory_bytes = 0;  // held while it runs
  std::int64_t fails_ppm = 0;     // probability of failure, parts per million
  bool obeys_interrupt = true;
  bool outlives_worker = false;  // an OS process of its own (where upstream's is one)
  std::vector<ThenPlan> then;
};

struct ActionPlan {
  sim::TrueTime at;
  OperatorAction action;
};

enum class Seeds : std::uint8_t { all, some, none };

/// How often a property is expected to be violated.
struct Expectation {
  std::string property;
  Seeds seeds = Seeds::none;  // share of the runs that violate it; in a single run all: violated, none: held
  std::optional<std::pair<std::int64_t, std::int64_t>> share_ppm;  // of violating runs, parts per million, inclusive
  std::vector<faults::Pattern> because;  // each must be found in the causal slice of a violation
};

struct Plan {
  std::string scenario;
  std::string summary;
  std::string system;
  const System* target = nullptr;  // of that name
  std::string variant;
  std::uint64_t seed = 0;
  Versions versions;

  sim::TrueTime start;
  Duration utc_offset;  // of `start` as written: the zone of times of day, and of the printed instants
  sim::TrueTime until;
  std::optional<Duration> settle;  // none: the default of DESIGN 7

  /// What the system gets: profile, processes (each with its host, ip and port), jobs, workflows, names, rows.
  ClusterSpec cluster;
  std::vector<ZonePlan> zones;
  std::vector<HostPlan> hosts;  // of all processes, database and ZooKeeper servers, in order of their processes
  std::vector<LinkPlan> links;
  std::vector<StartPlan> starts;  // in order of cluster.processes
  std::optional<DatabasePlan> database;
  std::optional<ZookeeperPlan> zookeeper;

  std::vector<std::pair<std::string, std::string>> let;  // names and what was drawn, as printed
  std::map<std::string, WorkPlan> work;                  // by job
  std::vector<ActionPlan> actions;                       // in order of time, then of the file
  std::vector<faults::FaultSpec> faults;                 // in file order
  std::vector<Expectation> expect;                       // of the variant

  const HostPlan* host(std::string_view name) const;
  /// Latency from zone to zone; asserts that both exist.
  const Distribution& latency(std::string_view from, std::string_view to) const;
};

/// Draws everything from the streams `let/NAME`, `starts/NAME` and `draw/PATH` of the seed. Fails for an unknown
/// variant, and where values that this seed drew do not fit together.
tl::expected<Plan, Problems> make_plan(const Scenario& scenario, const std::string& variant, std::uint64_t seed,
                                       const World& world = World());

/// The plan as a file of the scenario format.
std::string print(const Plan& plan);

/// An instant as the plan's file writes one: with a date, a time of day, or +90s from the start. A span that is too
/// long to be held stands for the last instant. None: it is none of these, or there is no such day.
std::optional<sim::TrueTime> instant_in(const Plan& plan, std::string_view text);

}  // namespace chronofault::scenarios
