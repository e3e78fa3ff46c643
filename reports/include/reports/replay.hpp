// What `chronofault replay` prints of one run: who plays, the timeline, the verdicts with their bounds, the causal
// slices, and whether all came out as expected. And the table of many replays.
#pragma once

#include <string>
#include <vector>

#include <reports/timeline.hpp>
#include <scenarios/plan.hpp>
#include <scenarios/verdict.hpp>

namespace chronofault::reports {

/// One run, looked at from outside. The trace must outlive it.
struct Replay {
  Replay(const scenarios::Plan& plan, const scenarios::Verdict& verdict, const sim::Trace& trace,
         scenarios::TraceView view)
      : plan(plan), verdict(verdict), trace(trace), view(std::move(view)) {}
  const scenarios::Plan& plan;
  const scenarios::Verdict& verdict;
  const sim::Trace& trace;
  scenarios::TraceView view;
  std::string stopped;               // "at step 100", where the replay was told to stop; empty: it ran to its end
  std::vector<std::string> reasons;  // why the expectations are not met; empty: they are
  std::string comparison;            // with what the plan saw when it was written; empty: it carries nothing
};

std::string to_text(const Replay& replay);
std::string to_json(const Replay& replay);

/// "violated", "held", "either": what an expectation says of a single run.
std::string expected_of_one(scenarios::Seeds seeds);

/// A line of the table: scenario, variant, property, expected, seen.
struct ReplayLine {
  std::string scenario;
  std::string variant;
  std::string property;
  std::string expected;
  std::string seen;
  bool met = true;
};

std::string to_text(const std::vector<ReplayLine>& lines);
std::string to_json(const std::vector<ReplayLine>& lines);

/// "VARIANT of SCENARIO, seed N: steps DIGEST DOMAIN-DIGEST", the same bytes wherever the run is the same.
std::string digest_line(const scenarios::Verdict& verdict);

}  // namespace chronofault::reports
