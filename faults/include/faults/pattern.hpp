// What a fault waits for, and what an expectation looks for in a causal slice: a message or a domain record.
//
//   {message: Ping.reply, from: lz, to: xz, nth: 2, not_before: "02:36:13.5"}
//   {record: OwnershipTaken, scope: monkey, member: "10.96.178.40:10086", nth: each}
//
// A message matches when it is sent. `nth` counts the matches that pass `not_before` and `request_not_before`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <faults/selector.hpp>
#include <faults/true_time.hpp>
#include <ports/events.hpp>
#include <ports/value.hpp>
#include <sim/trace/trace.hpp>

namespace chronofault::faults {

/// Fields of a domain record that a pattern may ask for, by the name of the member of Event, and `process`, `host`:
/// where the record was made.
enum class RecordField { job, run, parent_run, node, shard, attempt, scope, member, ok, detail, process, host };
std::string_view name_of(RecordField field);
std::optional<RecordField> record_field(std::string_view name);
const std::vector<RecordField>& record_fields();
/// `where`: of the process that made the record.
Value field_of(RecordField field, const Event& event, const sim::ProcessInfo& where);
/// The kind of that name; none: no such kind.
std::optional<EventKind> event_kind(std::string_view name);
const std::vector<EventKind>& event_kinds();

struct Pattern {
  /// Exactly one of the two is there.
  std::optional<MessageMatch> message;
  std::optional<EventKind> record;
  /// record only: all must be equal. bool for `ok`, integers for run, parent_run, shard and attempt, else text.
  std::vector<std::pair<RecordField, Value>> fields;

  int nth = 1;                                      // which match strikes, from 1
  bool each = false;                                // every match strikes; nth is 1
  std::optional<sim::TrueTime> not_before;          // instant of the matched message or record
  std::optional<sim::TrueTime> request_not_before;  // replies only: instant of the request that it answers

  friend bool operator==(const Pattern&, const Pattern&) = default;
};

/// As a scenario writes it, on one line; instants with the offset `utc_offset` from UTC.
std::string to_string(const Pattern& pattern, Duration utc_offset);

/// "2022-02-25T02:36:13.959+08:00": as many decimals as needed.
std::string to_string(sim::TrueTime t, Duration utc_offset);

}  // namespace chronofault::faults
