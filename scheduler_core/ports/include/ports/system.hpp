// How a scheduler is reached: one registered object per system, and the program of each of its processes. Everything
// that a scenario may say about a system is declared here as data, so that it can be checked, printed and described
// without running anything.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ports/clock.hpp>
#include <ports/coordination.hpp>
#include <ports/database.hpp>
#include <ports/events.hpp>
#include <ports/executor.hpp>
#include <ports/files.hpp>
#include <ports/host.hpp>
#include <ports/network.hpp>
#include <ports/random.hpp>
#include <ports/value.hpp>
#include <ports/work.hpp>

namespace chronofault {

/// What a process sees of the world. Lives as long as the process's program and longer than its tasks.
struct Ports {
  Executor& executor;
  Clock& clock;
  Network& network;
  Database& database;
  Files& files;
  Host& host;
  Random& random;
  Events& events;
  Work& work;
  Coordination& coordination;
};

/// The program of one process. Constructed without a word to the world; main() is spawned as its first task. Its tasks
/// are destroyed before it.
class Program {
 public:
  virtual ~Program() = default;
  virtual Task<> main() = 0;
};

// --- what a system declares -------------------------------------------------------------------------------------

enum class SettingType { boolean, integer, real, text, duration, address };

struct Setting {
  std::string key;  // upstream's own
  SettingType type = SettingType::text;
  Value standard;       // default; Null: none
  std::string meaning;  // one line; integers with their range
  std::int64_t low = INT64_MIN;
  std::int64_t high = INT64_MAX;
  std::vector<std::string> choices;  // text only; empty: free
};

struct Role {
  std::string list;  // key under `cluster:` ("servers")
  std::string name;  // "server"
  int default_port = 0;
  std::string meaning;
  std::vector<Setting> settings;
  std::vector<Setting>
      keys;  // own keys of an entry besides name, zone, host, address, starts, count, settings (`app:`)
};

struct Version {
  std::string name;     // "V340"
  std::string release;  // "3.4.0 (2020-11-29)"
  std::string meaning;
};

struct Policy {
  std::string name;      // "owner-check"
  std::string upstream;  // upstream's key, or "not upstream"
  std::string meaning;
};

struct MessageKindInfo {
  std::string kind;
  std::string from;  // role
  std::string to;
  std::string meaning;
  bool has_reply = false;
};

/// A selector of the system's own: `owner: monkey`.
struct SelectorInfo {
  std::string key;
  std::string argument;  // what stands behind the colon: "app", "job"
  std::string meaning;
};

/// A portable key of the scenario's jobs and workflows that this system cannot express, and the nearest that it can.
struct Unsupported {
  std::string key;
  std::string nearest;
};

/// Ownership may move to a process only if the old owner left an ask of it unanswered not long before.
struct OwnershipRule {
  std::string ask;      // kind of the message
  Duration valid_for;   // how long the silence may lie back
  std::string section;  // "powerjob 9.1 P3"
};

struct SystemInfo {
  std::string name;
  std::string summary;
  std::vector<Version> versions;
  std::vector<Policy> policies;
  std::vector<Role> roles;
  std::vector<MessageKindInfo> messages;
  std::vector<SelectorInfo> selectors;
  std::vector<Setting> job_keys;              // under `native:` of a job
  std::vector<Setting> workflow_keys;         // under `native:` of a workflow
  std::vector<std::string> operator_actions;  // run, stop, pause, edit, enable, scale, deploy ...
  std::vector<Unsupported> unsupported;
  std::optional<OwnershipRule> ownership_rule;  // none: it moves freely
  bool uses_database = false;
  bool uses_zookeeper = false;
  std::vector<std::string> client_calls;  // what work may do with `then`: build, execute, trigger, wait_for ...
  std::string operator_role;              // through whose processes (`via`) the operator acts; empty: any
};

// --- what a scenario declares, as the system gets it ---------------------------------------------------------------

struct Profile {
  std::string version;
  std::vector<std::string> policies;
  bool has(std::string_view policy) const;
};

enum class ScheduleKind { on_demand, cron, every, at, after };

struct Schedule {
  ScheduleKind kind = ScheduleKind::on_demand;
  std::string cron;                     // cron
  std::string zone;                     // cron: zone name, empty: the cluster's
  std::string cron_dialect = "quartz";  // in a contract: how the system reads `cron` (triggers/cron.hpp)
  Duration every;                       // every: the period
  bool fixed_delay = false;             // every: counted from the end of the last run
  WallTime at;                          // at
  std::vector<std::string> after;       // after: names of jobs
};

enum class Overlap { parallel, queue, discard_new, replace_old };

struct JobSpec {
  std::string name;
  Schedule schedule;
  Overlap overlap = Overlap::parallel;
  int shards = 1;
  int retries = 0;
  bool enabled = true;
  std::map<std::string, Value> native;  // checked against job_keys, defaults not filled in
};

struct WorkflowSpec {
  std::string name;
  Schedule schedule;
  std::vector<std::string> nodes;                          // names of jobs, in order
  std::vector<std::pair<std::string, std::string>> edges;  // (before, after), acyclic
  std::map<std::string, Value> native;
};

struct ProcessEntry {
  std::string role;  // Role::name
  std::string name;
  std::string zone;
  std::string host;
  std::string ip;
  int port = 0;                           // 0: the role's default
  std::map<std::string, Value> settings;  // checked, defaults filled in
  std::map<std::string, Value> keys;      // the role's own keys (`app`)
};

struct ClusterSpec {
  ClusterSpec() = default;
  Profile profile;
  std::vector<ProcessEntry> processes;
  std::vector<JobSpec> jobs;
  std::vector<WorkflowSpec> workflows;
  std::map<std::string, std::map<std::string, std::string>> names;        // name -> zone -> process or ip
  std::map<std::string, std::vector<std::map<std::string, Value>>> rows;  // scenario's rows per table
  WallTime start;
  std::string zone_name;  // default time zone of hosts
  bool has_database = false;
  Address database;
  std::string zookeeper;  // its servers as a client names them: "10.0.0.1:2181,10.0.0.2:2181"; empty: none
};

struct ProcessSpec {
  std::string role;
  std::string name;  // of an entry
  std::function<std::unique_ptr<Program>(Ports& ports)> make;
};

// --- the contract that the job book holds a system to --------------------------------------------------------------

enum class MisfireRule { skip, once, all };
enum class Guarantee { none, at_most_once, at_least_once };

/// A bound with what it is made of: the specification's constants, each with its section, and named allowances.
struct Bound {
  struct Part {
    std::string what;  // "check pass period, powerjob 3.1.2"
    Duration length;
  };
  std::vector<Part> parts;
  Duration total() const;
};

struct JobContract {
  std::string job;
  bool workflow = false;
  Schedule schedule;
  Bound start_within;  // after the nominal fire time
  Bound end_within;    // outcome recorded this long after the start
  Duration misfire_threshold;
  MisfireRule misfire = MisfireRule::once;
  Overlap overlap = Overlap::parallel;
  int overlap_limit = 0;  // runs at once; 0: no limit
  int shards = 1;
  int retries = 0;
  Guarantee guarantee = Guarantee::none;
};

// --- the operator -------------------------------------------------------------------------------------------------

struct OperatorAction {
  OperatorAction() = default;
  std::string verb;  // "run"
  std::string job;   // or workflow
  bool workflow = false;
  Duration delay;   // run: start so much later
  std::string via;  // process through which the operator acts; empty: the system's choice
  std::string params;
  std::map<std::string, Value> edits;  // edit: what to change
};

struct OperatorResult {
  enum class Kind { accepted, refused, unknown };
  OperatorResult() = default;
  static OperatorResult accepted(std::int64_t id, std::optional<WallTime> fire);
  static OperatorResult refused(std::string reason);
  static OperatorResult unknown(std::string reason);
  Kind kind = Kind::unknown;
  std::int64_t id = 0;           // accepted: the run or workflow run that it made
  std::optional<WallTime> fire;  // accepted run: its nominal fire time
  std::string reason;
};

// --- looking in from outside, without a request -------------------------------------------------------------------

/// Reads committed state without disturbing the run.
class StateView {
 public:
  /// Committed rows of a table, in primary-key order; empty if there is none of that name.
  virtual std::vector<std::map<std::string, Value>> rows(std::string_view table) const = 0;
  /// Data of a znode as the ensemble's leader has committed it, null data as empty; none: no such node, or nobody
  /// leads.
  virtual std::optional<std::string> znode(std::string_view path) const = 0;
  /// Names of its children in ascending order; empty also for no such node.
  virtual std::vector<std::string> znode_children(std::string_view path) const = 0;
  /// Name of the process that listens at the address ("ip:port"), or empty.
  virtual std::string process_at(std::string_view address) const = 0;

 protected:
  ~StateView() = default;
};

struct Selector {
  std::string key;  // of SelectorInfo
  std::string argument;
};

/// Why a cluster cannot be deployed, and what in the scenario is at fault.
struct Objection {
  /// To the cluster as a whole.
  explicit Objection(std::string message) : message(std::move(message)) {}
  Objection(std::string list, std::string entry, std::string key, std::string message)
      : list(std::move(list)), entry(std::move(entry)), key(std::move(key)), message(std::move(message)) {}
  std::string list;     // "jobs", "workflows" or Role::list
  std::string entry;    // name of the entry in it
  std::string key;      // of the entry: "cron", "native/app"; empty: the entry as a whole
  std::string message;  // names the key and what would be right
};

/// One registered scheduler. Pure data and pure functions; processes do the rest.
class System {
 public:
  virtual ~System() = default;
  virtual const SystemInfo& info() const = 0;
  /// Reasons why this cluster cannot be deployed, one per mistake; empty: none.
  virtual std::vector<Objection> check(const ClusterSpec& cluster) const = 0;
  virtual std::vector<TableSpec> tables(const Profile& profile) const = 0;
  /// Rows before the first process starts: the scenario's own, completed, and those of its jobs and workflows.
  virtual std::vector<InitialRow> initial_rows(const ClusterSpec& cluster) const = 0;
  virtual std::vector<ProcessSpec> deploy(const ClusterSpec& cluster) const = 0;
  virtual JobContract contract(const JobSpec& job, const ClusterSpec& cluster) const = 0;
  virtual JobContract contract(const WorkflowSpec& workflow, const ClusterSpec& cluster) const = 0;
  /// The system's longest declared loop: `settle` and the grace of `settles` are made from it.
  virtual Duration longest_loop(const Profile& profile) const = 0;
  /// Runs in a process of the operator's own on the host of `via`'s zone; talks to the cluster as a console would.
  virtual Task<OperatorResult> operate(OperatorAction action, const ClusterSpec& cluster, Ports& ports) const = 0;
  /// Names of the processes that the selector means now; empty: nothing.
  virtual std::vector<std::string> resolve(const Selector& selector, const StateView& view) const = 0;
  /// The process that is owner of record of `scope` (Event::scope) now; empty: none.
  virtual std::string owner(std::string_view scope, const StateView& view) const = 0;
  /// The ownership scope to which a job or workflow belongs; empty: nobody owns it.
  virtual std::string scope_of(std::string_view job, const ClusterSpec& cluster) const = 0;
  /// What may stand behind the colon of the selector of its own in this cluster; none: anything.
  virtual std::optional<std::vector<std::string>> arguments(std::string_view selector,
                                                            const ClusterSpec& cluster) const;
};

/// All systems of this program, by name.
const std::map<std::string, const System*>& systems();
/// Called once by the program's main for each room it links.
void register_system(const System& system);

}  // namespace chronofault
