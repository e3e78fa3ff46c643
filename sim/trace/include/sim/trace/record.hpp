// One line of the trace. A record is compact: texts are interned, causes lie in one array of the trace.
#pragma once

#include <cstdint>
#include <string_view>

#include <ports/events.hpp>
#include <sim/kernel/time.hpp>

namespace chronofault::sim {

enum class RecordKind : std::uint8_t {
  // world
  send,
  deliver,
  drop,
  dead_letter,
  arm,
  expire,  // a timer
  signal,  // a hand-over within a process: unlock, push, notify
  statement,
  operation,
  session,
  memory,
  absence,
  connection,
  process,  // started, crashed, paused, resumed: the label says which
  // faults
  fault_on,
  fault_off,
  fault_missed,
  domain,
};
std::string_view name_of(RecordKind kind) noexcept;

using ProcessId = std::uint32_t;  // 0: the world itself
using Label = std::uint32_t;      // an interned text; 0: empty

struct Record {
  RecordId id = 0;
  std::uint64_t step = 0;
  TrueTime at;
  ProcessId process = 0;
  ProcessId peer = 0;  // send: to; deliver, drop: from
  RecordKind kind = RecordKind::signal;
  Label label = 0;  // message kind, statement, timer kind, fault
  std::uint32_t cause_count = 0;
  std::uint64_t first_cause = 0;
  std::uint64_t detail = 0;  // domain: index of the event; send and deliver: the message's number
};

/// A domain record as monitors get it. `id` is 0 when no trace is kept.
struct DomainRecord {
  RecordId id = 0;
  std::uint64_t step = 0;
  TrueTime at;
  ProcessId process = 0;
  Event event{EventKind::JobDefined};
};

}  // namespace chronofault::sim
