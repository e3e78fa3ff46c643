// Two runs that should have been one: where do they part? Checkpoints say between which steps, the records of both runs
// (kept on a second pass) say at which record, and each record says what it rests on.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sim/trace/trace.hpp>

namespace chronofault::sim {

/// A record with its texts, independent of the trace that made it; goes through a pipe as one line.
struct PlainRecord {
  PlainRecord() = default;
  RecordId id = 0;
  std::uint64_t step = 0;
  TrueTime at;
  std::string process;  // its name; of the world: "world"
  std::string peer;     // empty: none
  std::string kind;
  std::string label;
  std::string detail;  // of a domain record: its fields
  std::vector<RecordId> causes;
  friend bool operator==(const PlainRecord&, const PlainRecord&) = default;
};

PlainRecord plain(const Trace& trace, const Record& record);
std::vector<PlainRecord> plain(const Trace& trace);

/// "12 step 3 at 1645671600000000us worker-1 send Ping to server-1: 7"; without its causes.
std::string to_string(const PlainRecord& record);

/// One line each, and back. Throws std::runtime_error with the number of a line that is none.
void write_records(std::ostream& out, std::span<const PlainRecord> records);
std::vector<PlainRecord> read_records(std::istream& in);

/// The index of the first checkpoint that differs, found by bisection: once two runs have parted, their digests differ
/// for good. If one list ends before they part, its length; none: both are equal.
std::optional<std::size_t> first_difference(std::span<const Checkpoint> a, std::span<const Checkpoint> b);
/// The index of the first record that differs (or that one run lacks).
std::optional<std::size_t> first_difference(std::span<const PlainRecord> a, std::span<const PlainRecord> b);

/// Both versions of the first differing record, each with its causes down to `depth`. Empty: the runs are equal.
std::string explain_difference(std::span<const PlainRecord> a, std::span<const PlainRecord> b, int depth = 3);

}  // namespace chronofault::sim
