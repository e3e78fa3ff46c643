#include <algorithm>

#include <scenarios/because.hpp>
#include <scenarios/roster.hpp>

namespace chronofault::scenarios {
namespace {

using faults::Pattern;
using faults::RecordField;

/// Whether the selector means the process, as far as a plan and the state at the end tell.
bool means(ScenarioRun& run, const faults::Selector& selector, const std::string& process) {
  using Kind = faults::Selector::Kind;
  const Plan& plan = run.plan();
  const auto& entries = plan.cluster.processes;
  const auto entry = std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.name == process; });
  const bool known = entry != entries.end();
  switch (selector.kind) {
    case Kind::name:
      return selector.text == process || (known && entry->host == selector.text);
    case Kind::process:
      return selector.text == process;
    case Kind::host:
      return known && entry->host == selector.text;
    case Kind::zone:
      return known && entry->zone == selector.text;
    case Kind::role:
      return known && entry->role == selector.text;
    case Kind::app: {
      if (!known) return false;
      const auto app = entry->keys.find("app");
      return app != entry->keys.end() && app->second == Value(selector.text);
    }
    case Kind::database:
      return run.world().process(process) != nullptr && run.world().process(process)->role() == "database";
    case Kind::system: {
      const auto now = plan.target->resolve(chronofault::Selector{selector.key, selector.text}, run.world().view());
      return std::find(now.begin(), now.end(), process) != now.end();
    }
    case Kind::one_of:
    case Kind::all:
    case Kind::any_two_of:
      return std::any_of(selector.parts.begin(), selector.parts.end(),
                         [&](const faults::Selector& part) { return means(run, part, process); });
    case Kind::pool:
    case Kind::message:
    case Kind::table:
    case Kind::zookeeper:
      return false;
  }
  return false;
}

bool end_matches(ScenarioRun& run, const std::vector<faults::Selector>& end, sim::ProcessId process) {
  return end.empty() || means(run, end.front(), run.world().trace().processes()[process].name);
}

bool matches_message(ScenarioRun& run, const faults::MessageMatch& match, const sim::Record& record) {
  const bool sent = record.kind == sim::RecordKind::send;
  if (!sent && record.kind != sim::RecordKind::deliver && record.kind != sim::RecordKind::drop &&
      record.kind != sim::RecordKind::dead_letter) {
    return false;
  }
  const std::string& label = run.world().trace().text(record.label);
  if (match.kind.empty() ? label.ends_with(".reply") != match.reply : label != match.kind_text()) return false;
  return end_matches(run, match.from, sent ? record.process : record.peer) &&
         end_matches(run, match.to, sent ? record.peer : record.process);
}

bool matches_record(ScenarioRun& run, const Pattern& pattern, const sim::Record& record) {
  if (record.kind != sim::RecordKind::domain) return false;
  const sim::Trace& trace = run.world().trace();
  const Event& event = trace.event(record);
  if (event.kind != *pattern.record) return false;
  return std::all_of(pattern.fields.begin(), pattern.fields.end(), [&](const auto& wanted) {
    return field_of(wanted.first, event, trace.processes()[record.process]) == wanted.second;
  });
}

}  // namespace

TraceView view_of(ScenarioRun& run) {
  TraceView view(run.world().trace());
  view.role = [&run](sim::ProcessId id) {
    return std::string(run.roster().role_of(run.world().trace().processes()[id].name));
  };
  return view;
}

bool found(ScenarioRun& run, const Slice& slice, const Pattern& pattern) {
  int matches = 0;
  for (const SliceEntry& entry : slice.entries) {
    const sim::Record& record = run.world().trace().record(entry.record);
    if (pattern.not_before && record.at < *pattern.not_before) continue;
    const bool matched =
        pattern.message ? matches_message(run, *pattern.message, record) : matches_record(run, pattern, record);
    if (matched && ++matches >= pattern.nth) return true;
  }
  return false;
}

std::vector<std::string> not_found(ScenarioRun& run, const Slice& slice, const std::vector<Pattern>& patterns) {
  std::vector<std::string> missing;
  for (const Pattern& pattern : patterns) {
    if (!found(run, slice, pattern)) missing.push_back(faults::to_string(pattern, run.plan().utc_offset));
  }
  return missing;
}

}  // namespace chronofault::scenarios
