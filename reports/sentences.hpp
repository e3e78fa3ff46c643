// Records as sentences of the timeline.
#pragma once

#include <string>

#include <scenarios/slice.hpp>
#include <sim/trace/trace.hpp>

namespace chronofault::reports {

class Sentences {
 public:
  Sentences(const sim::Trace& trace, const scenarios::TraceView& view, const TimeZone& zone)
      : trace_(trace), view_(view), zone_(zone) {}

  /// Who did it: a process, "fault", "book".
  std::string who(const sim::Record& record) const;
  std::string text(const sim::Record& record) const;
  /// A member as upstream names it, an address say, by the name that the scenario gave it.
  std::string member(const std::string& upstream) const;
  const std::string& process(sim::ProcessId id) const { return trace_.processes()[id].name; }

 private:
  std::string of_event(const Event& event) const;
  std::string run(const Event& event) const;
  std::string at(const std::optional<WallTime>& fire) const;

  const sim::Trace& trace_;
  const scenarios::TraceView& view_;
  const TimeZone& zone_;
};

}  // namespace chronofault::reports
