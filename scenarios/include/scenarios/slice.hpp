// The causal slice of a violation: the few records without which it would not have come about, each with the kept
// records that it rests on. What is kept, and why that is enough: the essay in scenarios/slice/slice.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <ports/time_zone.hpp>
#include <sim/trace/trace.hpp>

namespace chronofault::scenarios {

struct Violation;

/// The part of a trace that a slice reads; a Trace gives it, tests make their own. Causes of a record have smaller ids.
struct TraceView {
  explicit TraceView(const sim::Trace& trace);
  TraceView() = default;
  std::span<const sim::Record> records;  // id = index + 1
  std::function<std::span<const RecordId>(const sim::Record&)> causes;
  std::function<const Event&(const sim::Record&)> event;  // of domain records
  std::function<const std::string&(sim::Label)> text;
  std::function<std::string(sim::ProcessId)> process;  // its name
  std::function<std::string(sim::ProcessId)> role = [](sim::ProcessId) { return std::string(); };
};

struct SliceEntry {
  RecordId record = 0;
  std::uint32_t count = 1;       // records that it stands for: those of its kind, by its process, for the same reasons
  std::vector<RecordId> causes;  // kept ones, ascending, without those that follow from the others
  bool leaf = false;             // older than the obligation: its own causes were not followed
  bool evidence = false;         // cited by the violation itself
};

struct Slice {
  std::vector<SliceEntry> entries;  // by record, oldest first
  std::uint64_t ancestors = 0;      // records behind the violation, before anything was left out
  const SliceEntry* find(RecordId record) const;
};

/// Of the records that a violation cites. `since`: causes of records older than it are not followed; 0: all are.
Slice causal_slice(const TraceView& trace, const std::vector<RecordId>& evidence, RecordId since);
Slice causal_slice(const TraceView& trace, const Violation& violation);

/// "Ping.reply lz -> xz", "OwnershipTaken monkey by 10...", one line without instant and causes.
std::string describe(const TraceView& trace, const sim::Record& record);
/// One line per entry: instant, process, description, count, causes as [n] of the lines above.
std::string to_text(const TraceView& trace, const Slice& slice, const TimeZone& zone);

/// DESIGN 9: the property and the slice's sequence of (kind, what, role), repeats collapsed, ids and times dropped.
std::string signature(const TraceView& trace, std::string_view property, const Slice& slice);

}  // namespace chronofault::scenarios
