// The four causes of a misfire, each with a delay just below, at and above the threshold, for every misfire policy of
// every kind of trigger: what runs (quartz 7.9, 9.2). Each cell is a world of its own: a scheduler and one trigger that
// is due every two seconds from an instant 0 on, but cannot be looked at before threshold + delay.
//
// In memory a trigger is declared misfired when it is looked at, from the threshold on; "stopped" is a standby. On a
// database (not clustered) it is the misfire handler that declares it, beyond the threshold; until its next pass, here
// 7 s after 0, an overdue trigger cannot be acquired. There "stopped" is a shutdown and a new start, which recovers
// first.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <ports/time.hpp>

namespace chronofault::scenarios {

/// By which `chronofault replay` knows it.
inline constexpr std::string_view quartz_misfire_policies_name = "quartz-misfire-policies";

/// Instants are counted from the first fire time that is missed.
struct MisfireRun {
  Duration fired;
  Duration scheduled;
  friend bool operator==(const MisfireRun&, const MisfireRun&) = default;
};

struct MisfireCell {
  Duration delay;    // beyond the threshold
  int misfires = 0;  // how often the trigger was declared misfired
  std::vector<MisfireRun> runs;
  friend bool operator==(const MisfireCell&, const MisfireCell&) = default;
};

struct MisfireRow {
  std::string store;    // "memory", "database"
  std::string trigger;  // "simple, 3 repeats"
  std::string policy;   // "FIRE_NOW"
  std::string cause;    // "no free thread"
  std::vector<MisfireCell> cells;
};

struct MisfirePolicies {
  Duration threshold;
  Duration until;  // runs are listed until so long after 0
  std::vector<MisfireRow> rows;
};

MisfirePolicies quartz_misfire_policies();

}  // namespace chronofault::scenarios
