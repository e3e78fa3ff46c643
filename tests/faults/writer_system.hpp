// A system that does nothing but use its database: each writer inserts a row every 100 ms and notes what became of it;
// each updater adds to row 1; each reader reads from a replica. What it may say of a run is what its clients saw.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <scenarios/run.hpp>
#include <scenarios/scenario.hpp>

namespace writers {

using namespace chronofault;

/// One statement as its client saw it. Times count from the start of the process.
struct Attempt {
  Duration at;
  Duration took;
  std::int64_t number = 0;  // inserted, or read
  std::string outcome;      // "ok", the class of the error, "unknown" for a lost connection with unknown outcome
};

/// A scenario's run with this system, to its end.
class Run {
 public:
  /// `cluster`: further lines of `database:` in braces; `faults`: a list in brackets.
  Run(const std::string& database, const std::string& faults, std::uint64_t seed = 1, Duration look_every = Duration());
  ~Run();

  /// Of the process w (writer), u (updater) or r (reader).
  const std::vector<Attempt>& attempts(const std::string& process) const { return attempts_.at(process); }
  /// Those that began within [from, to).
  std::vector<Attempt> between(const std::string& process, Duration from, Duration to) const;
  /// How many of them had this outcome.
  std::size_t count(const std::string& process, const std::string& outcome) const;
  /// Numbers of the writer's rows that had this outcome.
  std::vector<std::int64_t> numbers(const std::string& outcome) const;
  /// Numbers in the table of a server (from 0), in order.
  std::vector<std::int64_t> stored(std::size_t server) const;
  std::vector<std::string> struck() const;
  sim::World& world() { return run_->world(); }
  scenarios::ScenarioRun& run() { return *run_; }

  class WriterSystem;

 private:
  std::map<std::string, std::vector<Attempt>> attempts_;
  std::unique_ptr<WriterSystem> system_;
  std::unique_ptr<scenarios::ScenarioRun> run_;
};

/// The problems of a scenario file; empty: none.
std::string problems(const std::string& database, const std::string& faults);

}  // namespace writers
