// A PowerJob cluster from a few lines of scenario, run to its end, and what its records say.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <scenarios/run.hpp>

namespace support {

struct Said {
  chronofault::sim::TrueTime at;
  std::string process;
  chronofault::Event event;
};

class ClusterRun {
 public:
  /// `rest`: jobs, workflows, do, faults. The cluster: servers s1 and s2, workers w-1 and w-2 of app alpha, one zone;
  /// all servers start at once, then the workers. Until 20 minutes after 10:00:00 UTC.
  ClusterRun(const std::string& version, const std::string& rest, std::uint64_t seed = 1,
             const std::string& servers = "", const std::string& rows = "");

  chronofault::scenarios::ScenarioRun& run() { return *run_; }
  const chronofault::scenarios::Verdict& verdict() const { return verdict_; }
  /// Records of a kind, of a job (empty: any), in order.
  std::vector<Said> said(chronofault::EventKind kind, const std::string& job = {}) const;
  /// Counted from 10:00:00.
  static chronofault::Duration since_start(const Said& said);
  /// "property: message" of each violated property but this one.
  std::string violations(std::string_view except = {}) const;

 private:
  std::unique_ptr<chronofault::scenarios::ScenarioRun> run_;
  chronofault::scenarios::Verdict verdict_;
};

}  // namespace support
