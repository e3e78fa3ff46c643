#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include <reports/timeline.hpp>

#include "sentences.hpp"

namespace chronofault::reports {
namespace {

using sim::Record;
using sim::RecordKind;

/// Lines about members are joined if they come no further apart.
constexpr Duration one_breath = Duration::seconds(1);

bool tells(EventKind kind) {
  return kind != EventKind::JobDefined && kind != EventKind::LoopDeclared && kind != EventKind::LoopPassed;
}

bool of_a_run(EventKind kind) {
  switch (kind) {
    case EventKind::FireDue:
    case EventKind::FireTaken:
    case EventKind::RunCreated:
    case EventKind::RunDispatched:
    case EventKind::RunRejected:
    case EventKind::RunUnplaced:
    case EventKind::RunStarted:
    case EventKind::RunEnded:
    case EventKind::OutcomeRecorded:
    case EventKind::ShardsAssigned:
    case EventKind::WorkflowAdvanced:
    case EventKind::AlarmRaised:
      return true;
    default:
      return false;
  }
}

class Maker {
 public:
  Maker(const sim::Trace& trace, const scenarios::TraceView& view, const scenarios::Verdict& verdict,
        const TimelineOptions& options)
      : trace_(trace), zone_("", verdict.utc_offset), sentences_(trace, view, zone_), options_(options) {
    for (const auto& [property, slice] : verdict.slices) {
      for (const scenarios::SliceEntry& entry : slice.entries) {
        if (entry.count == 1) in_slice_.insert(entry.record);
      }
    }
    for (const scenarios::PropertyResult& property : verdict.properties) {
      for (const scenarios::Violation& violation : property.violations) {
        if (violation.run != 0) runs_.insert(violation.run);
        in_slice_.insert(violation.records.begin(), violation.records.end());
      }
    }
  }

  Timeline make() {
    for (const Record& record : trace_.records()) {
      if (record.kind == RecordKind::dead_letter) follow_message(record);
      if (record.kind == RecordKind::domain && in_slice_.contains(record.id)) find_timer(record);
    }
    for (const Record& record : trace_.records()) {
      if (wanted(record) && !repeats(record)) add(record);
    }
    thin_out();
    return std::move(timeline_);
  }

 private:
  bool wanted(const Record& record) const {
    switch (record.kind) {
      case RecordKind::fault_on:
      case RecordKind::fault_off:
      case RecordKind::fault_missed:
      case RecordKind::process:
      case RecordKind::dead_letter:
        return true;
      case RecordKind::domain:
        return tells(trace_.event(record).kind) || passed_in_slice(record);
      // The way of a message is told by its two ends.
      case RecordKind::send:
      case RecordKind::absence:
      case RecordKind::drop:
        return in_slice_.contains(record.id) || on_the_way_.contains(record.id);
      default:
        return on_the_way_.contains(record.id) || timers_.contains(record.id);
    }
  }

  /// The pass of a loop that the violation rests on.
  bool passed_in_slice(const Record& record) const {
    return trace_.event(record).kind == EventKind::LoopPassed && in_slice_.contains(record.id);
  }

  /// A late reply: how it and its request went.
  void follow_message(const Record& late) {
    const std::string& reply = trace_.text(late.label);
    std::string_view request = reply;
    if (request.ends_with(".reply")) request.remove_suffix(std::string_view(".reply").size());
    const Record* record = &late;
    constexpr int ends_most = 5;  // dead letter, delivery and sending of the reply, delivery and sending of the request
    for (int i = 0; i < ends_most && record != nullptr; ++i) {
      if (record->kind == RecordKind::send || trace_.text(record->label) == request) on_the_way_.insert(record->id);
      const Record* before = nullptr;
      for (const RecordId cause : trace_.causes(*record)) {
        const Record& candidate = trace_.record(cause);
        const bool message = candidate.kind == RecordKind::send || candidate.kind == RecordKind::deliver;
        const std::string& label = trace_.text(candidate.label);
        if (message && (label == reply || label == request)) before = &candidate;
      }
      record = before;
    }
  }

  /// What a process does because of a timer that it set long ago: the tick at which it fired. Systems call the memory
  /// that holds one "timer".
  void find_timer(const Record& record) {
    const Record* tick = nullptr;
    const Record* set = nullptr;
    for (const RecordId cause : trace_.causes(record)) {
      const Record& candidate = trace_.record(cause);
      if (candidate.process != record.process) continue;
      if (candidate.kind == RecordKind::expire && record.at - candidate.at <= one_breath) tick = &candidate;
      if (candidate.kind == RecordKind::memory && trace_.text(candidate.label) == "timer") set = &candidate;
    }
    if (tick != nullptr && set != nullptr && set->at < tick->at) timers_.emplace(tick->id, set->id);
  }

  bool about_members(const Record& record) const {
    if (record.kind != RecordKind::domain) return false;
    const EventKind kind = trace_.event(record).kind;
    return kind == EventKind::MemberSeen || kind == EventKind::MemberLost;
  }

  bool joins(const Record& record) const {
    if (!about_members(record) || group_.empty()) return false;
    const Record& last = trace_.record(group_.back());
    const Event& a = trace_.event(last);
    const Event& b = trace_.event(record);
    return last.process == record.process && a.kind == b.kind && a.scope == b.scope && a.detail == b.detail &&
           record.at - last.at <= one_breath;
  }

  /// A loop finds in each pass that its process owns nothing: told once, and again after the process did something
  /// else.
  bool repeats(const Record& record) {
    if (record.kind != RecordKind::domain || trace_.event(record).kind != EventKind::OwnsNothing) {
      idle_.erase(record.process);
      return false;
    }
    return !idle_[record.process].insert(trace_.event(record).detail).second;
  }

  void add(const Record& record) {
    const bool in_slice = in_slice_.contains(record.id);
    if (joins(record)) {
      group_.push_back(record.id);
      TimelineLine& line = timeline_.lines.back();
      line.in_slice = line.in_slice || in_slice;
      line.text = of_group();
      return;
    }
    group_.clear();
    if (about_members(record)) group_.push_back(record.id);
    TimelineLine line;
    line.at = record.at;
    line.who = sentences_.who(record);
    line.text = sentences_.text(record);
    if (const auto timer = timers_.find(record.id); timer != timers_.end()) {
      const WallTime set = WallTime::from_us(trace_.record(timer->second).at.us());
      line.text = fmt::format("its timer fires, set at {}", to_string(set, zone_));
    }
    line.record = record.id;
    line.in_slice = in_slice;
    timeline_.lines.push_back(std::move(line));
  }

  std::string of_group() const {
    const Event& first = trace_.event(trace_.record(group_.front()));
    std::vector<std::string> names;
    for (const RecordId id : group_) names.push_back(sentences_.member(trace_.event(trace_.record(id)).member));
    return fmt::format("{} {} of {}{}", first.kind == EventKind::MemberSeen ? "sees" : "releases",
                       fmt::join(names, ", "), first.scope, first.detail.empty() ? "" : ": " + first.detail);
  }

  bool about_violation(const TimelineLine& line) const {
    const Record& record = trace_.record(line.record);
    if (line.in_slice || record.kind != RecordKind::domain) return true;
    const Event& event = trace_.event(record);
    if (!of_a_run(event.kind)) return event.kind != EventKind::MemberSeen;
    return runs_.contains(event.run) || runs_.contains(event.parent_run);
  }

  void thin_out() {
    auto& lines = timeline_.lines;
    if (lines.size() <= options_.lines_most) return;
    const std::size_t before = lines.size();
    std::erase_if(lines, [this](const TimelineLine& line) { return !about_violation(line); });
    // Still too many: the latest ones, which lead to what the verdict says.
    if (lines.size() > options_.lines_most) {
      std::size_t surplus = lines.size() - options_.lines_most;
      std::erase_if(lines,
                    [&surplus](const TimelineLine& line) { return !line.in_slice && surplus > 0 && surplus-- > 0; });
    }
    timeline_.left_out = before - lines.size();
  }

  const sim::Trace& trace_;
  TimeZone zone_;
  Sentences sentences_;
  TimelineOptions options_;
  std::set<RecordId> in_slice_;
  std::set<std::int64_t> runs_;
  std::set<RecordId> on_the_way_;                         // of late replies and their requests
  std::map<RecordId, RecordId> timers_;                   // tick -> the memory that held the timer
  std::map<sim::ProcessId, std::set<std::string>> idle_;  // loops that own nothing, since the process's last line
  std::vector<RecordId> group_;
  Timeline timeline_;
};

}  // namespace

Timeline make_timeline(const sim::Trace& trace, const scenarios::TraceView& view, const scenarios::Verdict& verdict,
                       const TimelineOptions& options) {
  return Maker(trace, view, verdict, options).make();
}

std::string to_text(const Timeline& timeline, Duration utc_offset) {
  const TimeZone zone("", utc_offset);
  std::size_t width = 0;
  for (const TimelineLine& line : timeline.lines) width = std::max(width, line.who.size());
  std::string out;
  std::string date;
  for (const TimelineLine& line : timeline.lines) {
    const std::string instant = to_string(WallTime::from_us(line.at.us()), zone);  // "2022-02-25 02:36:13.959"
    if (instant.substr(0, 10) != date) {
      date = instant.substr(0, 10);
      out += date + "\n";
    }
    out +=
        fmt::format("{} {}  {:<{}}  {}\n", line.in_slice ? "*" : " ", instant.substr(11), line.who, width, line.text);
  }
  if (timeline.left_out > 0) {
    out += fmt::format("  ({} more events, about runs that went well, are left out; --trace has them all)\n",
                       timeline.left_out);
  }
  return out;
}

}  // namespace chronofault::reports
