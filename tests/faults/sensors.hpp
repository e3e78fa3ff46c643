// Two processes, a and b, that use all that a fault can disturb, and count what they notice: clocks and tasks, work and
// a pool, files and names, messages and a connection to each other, a database with a replica, and ZooKeeper.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <scenarios/run.hpp>
#include <scenarios/scenario.hpp>

namespace sensors {

using namespace chronofault;

/// By name: "b.ticks" counts up, "b.wall_us" stands at something.
using Readings = std::map<std::string, std::int64_t>;

/// A run of 46 s with these faults ("[{at: +20s, pause: b}]"), read from outside at some instants.
class Run {
 public:
  Run(const std::string& faults, const std::vector<Duration>& looks);
  ~Run();

  /// By the order of `looks`.
  const std::vector<Readings>& readings() const { return readings_; }
  /// Texts of the fault records of this kind, in order.
  std::vector<std::string> told(sim::RecordKind kind);
  scenarios::ScenarioRun& run() { return *run_; }

  class SensorSystem;

 private:
  Readings look() const;
  Readings counts_;  // what the processes count, over all their lives
  std::vector<Readings> readings_;
  std::unique_ptr<SensorSystem> system_;
  std::unique_ptr<scenarios::ScenarioRun> run_;
};

}  // namespace sensors
