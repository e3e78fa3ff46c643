// The three passes of slice.cpp over one trace, and what they note of its records.
#pragma once

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include <scenarios/slice.hpp>

#include "sets.hpp"

namespace chronofault::scenarios::slicing {

using sim::Record;
using sim::RecordKind;

enum Mark : std::uint16_t {
  reached = 1,
  evidence = 2,
  renewal = 4,     // of an absence: a leaf
  fault_only = 8,  // a disturbed message
  origin = 16,
  kept = 32,
  written_down = 64,  // memory that holds a renewal: stands for the delivery alone
  followed = 128,
  rang = 256,       // the timer that began the unit of evidence
  agreed_on = 512,  // a write to ZooKeeper that a domain record rests on
};

inline bool is_fault(const Record& record) {
  return record.kind == RecordKind::fault_on || record.kind == RecordKind::fault_off ||
         record.kind == RecordKind::fault_missed;
}

class Slicer {
 public:
  Slicer(const TraceView& trace, const std::vector<RecordId>& cited, RecordId since);
  Slice run();

 private:
  static constexpr std::size_t hand_overs_most = 16;
  const Record& at(RecordId id) const { return trace_.records[id - 1]; }
  bool has(RecordId id, std::uint16_t mark) const { return (marks_[id] & mark) != 0; }
  void set(RecordId id, std::uint16_t mark) { marks_[id] = static_cast<std::uint16_t>(marks_[id] | mark); }
  bool is_loop_pass(const Record& record) const {
    return record.kind == RecordKind::domain && trace_.event(record).kind == EventKind::LoopPassed;
  }
  bool is_store(sim::ProcessId process) const { return process < stores_.size() && stores_[process]; }

  // reach.cpp
  void reach();
  // What a scheduler did because a timer of its own ran out: the oldest expiry that its unit rests on, directly or
  // through hand-overs within the process.
  void mark_timer(RecordId id, const Record& record);
  // An answer of ZooKeeper's to this process. That to a read was sent on its request and on the writes that it found;
  // that to a write, on the write alone.
  std::span<const RecordId> behind_answer(RecordId told, const Record& record) const;
  void mark_agreed(const Record& record);
  // Whether the unit that sent `asked` made this write: its causes only grow.
  bool of_unit(RecordId write, RecordId asked) const;
  // Sorts the causes of an absence into last renewals, disturbed messages and the rest.
  void mark_subjects(const Record& absence);
  // The statement's message that led to what a database does; 0: none.
  RecordId request_of(const Record& record) const;
  // A unit's later statements rest on all that its earlier ones rested on: reads only grow until the next unit begins.
  bool reads_own_write(const Record& reader, RecordId written) const;
  void note_store(const Record& record);

  // relevance.cpp
  void relevance();
  // Whether the edge from `id` back to its cause was followed.
  bool edge(RecordId id, RecordId cause) const;
  bool is_late_start(RecordId id, const Record& record) const;
  bool is_origin(RecordId id, const Record& record) const;
  // Takes in what the record tells; false: all of it was known.
  bool learn(std::uint32_t& known, std::uint32_t told);
  bool keep(RecordId id, const Record& record);

  // collapse.cpp
  struct Node {
    std::vector<RecordId> members;
    std::vector<std::uint32_t> causes;  // nodes, ascending
    RecordId stands_at = 0;
  };
  // kind, label, who
  using Class = std::tuple<RecordKind, std::string, std::string>;
  // The process for which it was done: of a database's write the client's.
  sim::ProcessId doer(const Record& record) const;
  Class class_of(const Record& record) const;
  bool collapses(RecordId id, const Record& record) const;
  void collapse();
  // The node of the absence that this one repeats; `none`.
  std::uint32_t repeats(const Record& absence, const std::vector<std::uint32_t>& causes) const;
  // Messages of one label, from one role to one role, with the same effects. The newest of them takes in the others;
  // that cannot close a circle, for what rests on one of them rests on all.
  bool join_siblings(std::vector<std::vector<std::uint32_t>>& causes, const std::vector<bool>& needed);
  Slice result();

  const TraceView& trace_;
  RecordId since_;
  RecordId newest_ = 0;
  std::uint64_t ancestors_ = 0;
  std::vector<std::uint16_t> marks_;
  std::vector<bool> stores_;
  std::vector<std::uint32_t> near_;  // by record: set of the nearest nodes; 0: none
  SetPool sets_;
  std::vector<Node> nodes_;
  std::vector<std::uint32_t> origins_;  // by record: set of what is out of order behind it; 0: nothing
  SetPool origin_sets_;
  std::map<std::pair<sim::ProcessId, sim::Label>, std::uint32_t> known_;  // origins that came to a process (to a table)
};

}  // namespace chronofault::scenarios::slicing
