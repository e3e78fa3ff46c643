// Records in words, for timelines and slices, and the signature of a slice.
#include <algorithm>

#include <scenarios/slice.hpp>

namespace chronofault::scenarios {

using sim::Record;
using sim::RecordKind;

namespace {

std::string event_text(const Event& event) {
  std::string text(name_of(event.kind));
  const auto add = [&text](const std::string& word) {
    if (!word.empty()) text += " " + word;
  };
  add(event.job);
  if (event.node != event.job) add(event.node);
  add(event.scope);
  if (event.run != 0) add("run " + std::to_string(event.run));
  if (event.parent_run != 0) add("of " + std::to_string(event.parent_run));
  if (event.shard >= 0) add("shard " + std::to_string(event.shard));
  if (!event.member.empty()) add("member " + event.member);
  if (event.kind == EventKind::RunEnded || event.kind == EventKind::OutcomeRecorded) add(event.ok ? "ok" : "failed");
  if (!event.detail.empty()) add("'" + event.detail + "'");
  return text;
}

// The process for which a database or a ZooKeeper server wrote: who sent the statement or request.
sim::ProcessId client_of(const TraceView& trace, const Record& record) {
  for (const RecordId cause : trace.causes(record)) {
    if (cause == 0) continue;
    const Record& it = trace.records[cause - 1];
    if (it.kind != RecordKind::deliver) continue;
    if (trace.text(it.label) == "Statement" || trace.text(it.label) == "ZkRequest") return it.peer;
  }
  return record.process;
}

}  // namespace

std::string describe(const TraceView& trace, const Record& record) {
  const std::string& label = trace.text(record.label);
  switch (record.kind) {
    case RecordKind::domain:
      return event_text(trace.event(record));
    case RecordKind::send:
      return label + " -> " + trace.process(record.peer);
    case RecordKind::deliver:
      return label + " arrives from " + trace.process(record.peer);
    case RecordKind::drop:
      return label + " is lost";
    case RecordKind::dead_letter:
      return label + " arrives from " + trace.process(record.peer) + " and nobody waits";
    case RecordKind::absence:
      if (record.peer != 0) return "no " + label + " from " + trace.process(record.peer);
      return "no " + label + " from " + std::to_string(record.detail) + (record.detail == 1 ? " sender" : " senders");
    case RecordKind::memory: {
      const sim::ProcessId client = client_of(trace, record);
      return client == record.process ? "remembers " + label : label + " for " + trace.process(client);
    }
    case RecordKind::fault_on:
      return "fault: " + label;
    case RecordKind::fault_off:
      return "fault ends: " + label;
    case RecordKind::fault_missed:
      return "fault missed: " + label;
    case RecordKind::process:
      return label;
    default:
      return std::string(sim::name_of(record.kind)) + (label.empty() ? "" : " " + label);
  }
}

std::string to_text(const TraceView& trace, const Slice& slice, const TimeZone& zone) {
  std::string text;
  const auto number_of = [&slice](RecordId record) {
    const auto found = std::lower_bound(slice.entries.begin(), slice.entries.end(), record,
                                        [](const SliceEntry& e, RecordId id) { return e.record < id; });
    return static_cast<std::size_t>(found - slice.entries.begin()) + 1;
  };
  for (std::size_t i = 0; i < slice.entries.size(); ++i) {
    const SliceEntry& entry = slice.entries[i];
    const Record& record = trace.records[entry.record - 1];
    std::string head = "[" + std::to_string(i + 1) + "]";
    head.resize(std::max<std::size_t>(head.size() + 1, 5), ' ');
    std::string who = trace.process(record.process);
    who.resize(std::max<std::size_t>(who.size() + 2, 12), ' ');
    text += head + to_string(WallTime::from_us(record.at.us()), zone) + "  " + who + describe(trace, record);
    if (entry.count > 1) text += " (x" + std::to_string(entry.count) + ")";
    if (!entry.causes.empty()) {
      text += "  <-";
      for (const RecordId cause : entry.causes) text += " [" + std::to_string(number_of(cause)) + "]";
    }
    text += '\n';
  }
  return text;
}

std::string signature(const TraceView& trace, std::string_view property, const Slice& slice) {
  std::string text(property);
  std::string last;
  for (const SliceEntry& entry : slice.entries) {
    const Record& record = trace.records[entry.record - 1];
    const std::string& label = trace.text(record.label);
    std::string what;
    sim::ProcessId who = record.process;
    switch (record.kind) {
      case RecordKind::domain:
        what = std::string(name_of(trace.event(record).kind));
        break;
      case RecordKind::fault_on:
      case RecordKind::fault_off:
      case RecordKind::fault_missed:
        // "pause: lz", "{at: ..., pause: lz}": the kind of the fault is what is left of its target and numbers.
        what = std::string(sim::name_of(record.kind)) + " " + label.substr(0, label.find(':'));
        break;
      case RecordKind::memory:
        who = client_of(trace, record);
        [[fallthrough]];
      default:
        what = std::string(sim::name_of(record.kind)) + (label.empty() ? "" : " " + label);
    }
    const std::string role = trace.role(who);
    if (!role.empty()) what += "@" + role;
    if (record.kind == RecordKind::domain && trace.event(record).kind == EventKind::LoopPassed) {
      what += " " + trace.event(record).detail;
    }
    if (what == last) continue;
    text += " | " + what;
    last = std::move(what);
  }
  return text;
}

}  // namespace chronofault::scenarios
