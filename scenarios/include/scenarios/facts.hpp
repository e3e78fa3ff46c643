// General facts of one run, of any system: did the faults strike, did ownership move, who dispatched what while owning
// it or not. From them comes a sentence on why a run did not fail: the campaign counts such sentences.
//
// They are counted from domain records alone, without a trace.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <sim/trace/trace.hpp>

namespace chronofault::scenarios {

class ScenarioRun;

class RunFacts final : public sim::Monitor {
 public:
  RunFacts() = default;
  void on_event(const sim::DomainRecord& record) override;

  /// Why the run came out well although it was meant not to; `run` is over.
  std::string why_well(const ScenarioRun& run) const;

 private:
  struct Move {
    sim::TrueTime at;
    sim::ProcessId to = 0;
  };
  struct Dispatch {
    sim::TrueTime at;
    sim::ProcessId by = 0;
    std::string scope;
    std::size_t members = 0;  // that the dispatcher counted in the scope
  };
  std::map<std::string, std::vector<Move>> moves_;  // by scope
  std::map<std::pair<sim::ProcessId, std::string>, std::set<std::string>> members_;
  std::vector<Dispatch> dispatches_;
  std::uint64_t started_ = 0;
};

}  // namespace chronofault::scenarios
