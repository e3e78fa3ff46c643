// The catalogue of fault kinds, as data: what each does, what it takes, whom it may be aimed at, and how it heals at
// the end of a run. Reader, describe, schema and injector all work from this one table.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <faults/selector.hpp>

namespace chronofault::faults {

enum class FaultKind : std::uint8_t {
  // processes
  kill,     // kill -9
  restart,  // kill -9, and started again
  stop,     // graceful: shutdown hooks, then the rest is a crash
  start,    // started again if it is down
  pause,    // GC or SIGSTOP: tasks stand, clocks run
  hang,     // a pool takes up nothing and finishes nothing
  exit,     // System.exit(code)
  // hosts
  crash,       // the machine reboots: its processes die, connections reset
  power_loss,  // gone: silence, nothing refuses
  freeze,      // both clocks stop
  cpu_load,
  memory,
  disk_full,
  slow,
  // clocks
  clock_step,
  clock_offset,
  clock_drift,
  clock_slew,
  clock_freeze,
  clock_zone,
  // network
  partition,
  delay,
  loss,
  duplicate,
  reorder,
  arrives,
  drop,
  slow_link,
  reset,
  resolve,
  // database server
  slow_statement,
  read_only,
  hold_lock,
  lose_acknowledgement,  // of commits: done, and the connection ends without an answer
  exhaust_pool,          // all of a process's connections are lent to somebody
  failover,              // a replica becomes the primary
  // ZooKeeper
  slow_fsync,
  expire_session,
};

/// How a fault ends when its `for` is over, and at the end of the run.
enum class Heal : std::uint8_t {
  remove,   // the effect is taken away
  resume,   // paused or frozen: goes on
  release,  // hung pool: its work goes on
  start,    // dead with no restart pending: started, unless `stays_down`
  undrift,  // clock: the drift becomes 0, the offset stays
  nothing,  // a thing that happened; there is nothing to take away
};
std::string_view name_of(Heal heal);

enum class ParamType : std::uint8_t {
  boolean,    // Value bool
  integer,    // Value integer
  duration,   // Value integer, microseconds
  share,      // Value integer, parts per million; written 0.02 or 2%
  ppm,        // Value integer, thousandths of a ppm (ppb); written 12.5
  cores,      // Value integer, thousandths of a core; written 0.5
  bytes,      // Value integer; written 200MiB
  text,       // Value text
  zone,       // Value text: a zone of the cluster
  time_zone,  // Value text: a name of the tz database, or an offset
};
std::string_view name_of(ParamType type);

struct ParamInfo {
  std::string_view name;
  ParamType type;
  bool required;
  std::string_view standard;  // as a scenario writes it; empty: none
  std::string_view meaning;
  std::int64_t low = INT64_MIN;
  std::int64_t high = INT64_MAX;
  std::vector<std::string_view> choices = {};  // text only; empty: free
};

/// What a fault acts on.
enum class Target : std::uint8_t {
  process,   // processes, database and ZooKeeper servers among them
  host,      // machines; the name of a process stands for its host
  pool,      // {pool: {process, name}}
  link,      // from/to, between, or {message: ...}; after `when: {message}` nothing: the matched message
  message,   // only the message that matched `when`, or {message: ...}
  table,     // {table: name} of the database
  database,  // {database: primary}; may be left out
  names,     // a name of the cluster's `names`
};
std::string_view name_of(Target target);

struct FaultKindInfo {
  FaultKind kind;
  std::string_view name;   // key in a scenario: "clock_step"
  std::string_view group;  // "process", "host", "clock", "network", "database", "zookeeper"
  Target target;
  Heal heal;
  std::string_view brief;  // the parameter that a bare scalar sets where no target is needed ("by" of delay); or empty
  std::vector<ParamInfo> params;
  std::string_view meaning;
  /// While it lasts nobody can be expected to run anything in time: deadlines start anew when it ends.
  bool stalls = false;

  const ParamInfo* param(std::string_view wanted) const;
};

/// In the order of the enumeration.
const std::vector<FaultKindInfo>& fault_kinds();
const FaultKindInfo& info_of(FaultKind kind);
/// Null: no such kind.
const FaultKindInfo* fault_kind(std::string_view name);

/// Kinds of selector that may stand for such a target; the system's own are allowed wherever processes or hosts are.
const std::vector<Selector::Kind>& accepted_selectors(Target target);
bool accepts(Target target, Selector::Kind kind);

}  // namespace chronofault::faults
