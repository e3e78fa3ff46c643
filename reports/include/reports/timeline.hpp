// The timeline of a run: what a person reads beside the report of the incident. One line per event: instant, process,
// sentence.
//
// It is no log. A line is there because the event
//   - stands in the causal slice of a violation;
//   - is a fault, or an act of the operator;
//   - changes who owns what, or whom a process counts as alive;
//   - is about a run: due, taken up, dispatched, started, ended, its outcome;
//   - is the life of a process, or a reply that nobody waited for any longer.
// Lines that say the same of several members at nearly the same time become one. A run with very many jobs keeps,
// beyond `lines_most`, only what is about a violation, and says how much it left out.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <scenarios/slice.hpp>
#include <scenarios/verdict.hpp>
#include <sim/trace/trace.hpp>

namespace chronofault::reports {

struct TimelineLine {
  sim::TrueTime at;
  std::string who;  // the process; "fault", "book" for what no process does
  std::string text;
  RecordId record = 0;  // the first of those that it stands for
  bool in_slice = false;
};

struct Timeline {
  std::vector<TimelineLine> lines;
  std::uint64_t left_out = 0;
};

struct TimelineOptions {
  TimelineOptions() = default;
  std::size_t lines_most = 300;
};

/// Needs a trace that was kept. `view` gives sentences for world records.
Timeline make_timeline(const sim::Trace& trace, const scenarios::TraceView& view, const scenarios::Verdict& verdict,
                       const TimelineOptions& options = TimelineOptions());

/// "  02:36:13.959  xz  ...", a line with the date wherever it changes.
std::string to_text(const Timeline& timeline, Duration utc_offset);

}  // namespace chronofault::reports
