// The causal slice: what a person has to read to understand one violation.
//
// The trace is a DAG: every record cites the records that it rests on, all of them older. The slice is a cut of the
// ancestry of the violation's evidence. Three passes over flat arrays, no recursion, linear in the records behind it.
//
// 1. Reach (newest to oldest). From the evidence back along causes, except that
//    - the causes of a LoopPassed are not followed: a loop comes round because it came round;
//    - records older than the obligation are leaves;
//    - of an absence, the last renewals (messages of its kind that did arrive) are leaves: that they were the last
//    matters,
//      not why they came; a renewal that is known through memory stands as the message that was written down there;
//    - what a unit of work reads of its own writes in a database (a lock that it took itself) tells it nothing;
//    - of a message that a fault dropped or delayed, the fault is followed, and no other reason for which it was sent.
// 2. Relevance (oldest to newest). The *origins* of a record are what is out of order behind it: faults, absences, ends
//    and pauses of processes, disturbed messages. Kept are: evidence; the origins themselves, absences with their last
//    renewals; the timer that began the unit of a domain record in evidence; domain records since the obligation; and
//    the messages and database writes by which news of an origin first came to a process (to a table): a message whose
//    receiver knew all of its origins before only repeats them. Statements' own messages to and from a database are not
//    kept, the write is. So are the writes to ZooKeeper since the obligation that the unit of a kept domain record
//    read and did not make, and the last one that it made of a call or an assignment, which is what the record speaks
//    of: what was agreed on there needs nothing out of order to mislead. Everything else (other timers, hand-overs,
//    memory, deliveries) is contracted: what a kept record rests on are the nearest kept records behind it, at most
//    SetPool::most of them, the latest.
// 3. Collapse (oldest to newest), so that a history of periodic repetitions reads as one line: records of one kind and
//    label, by one process (passes of a loop: by processes of one role), that rest on the same kept records are one
//    entry with a count; it stands at the latest of them that is older than all its effects. Evidence, faults and
//    domain records other than LoopPassed are never collapsed. An absence that rests on an earlier one of its kind by
//    its process, and on nothing else that this one does not rest on, repeats it. Causes that follow from other causes
//    go (graph.cpp); then messages of one label, from one role to one role, that lead to the same entries (four workers
//    are told of a new server by two) are one entry as well.
//
// Not attempted: to judge which of two sufficient causes mattered. All are shown.
#include <algorithm>

#include <scenarios/property.hpp>
#include <scenarios/slice.hpp>

#include "slicer.hpp"

namespace chronofault::scenarios {

namespace slicing {

Slicer::Slicer(const TraceView& trace, const std::vector<RecordId>& cited, RecordId since)
    : trace_(trace), since_(since), marks_(trace.records.size() + 1) {
  for (const RecordId id : cited) {
    if (id == 0 || id > trace.records.size()) continue;
    marks_[id] = reached | evidence;
    newest_ = std::max(newest_, id);
  }
}

Slice Slicer::run() {
  reach();
  relevance();
  collapse();
  return result();
}

}  // namespace slicing

TraceView::TraceView(const sim::Trace& trace)
    : records(trace.records()),
      causes([&trace](const sim::Record& record) { return trace.causes(record); }),
      event([&trace](const sim::Record& record) -> const Event& { return trace.event(record); }),
      text([&trace](sim::Label label) -> const std::string& { return trace.text(label); }),
      process([&trace](sim::ProcessId id) { return id == 0 ? std::string("world") : trace.processes()[id].name; }) {}

const SliceEntry* Slice::find(RecordId record) const {
  const auto found = std::lower_bound(entries.begin(), entries.end(), record,
                                      [](const SliceEntry& e, RecordId id) { return e.record < id; });
  return found != entries.end() && found->record == record ? &*found : nullptr;
}

Slice causal_slice(const TraceView& trace, const std::vector<RecordId>& evidence, RecordId since) {
  return slicing::Slicer(trace, evidence, since).run();
}

Slice causal_slice(const TraceView& trace, const Violation& violation) {
  return causal_slice(trace, violation.records, violation.since);
}

}  // namespace chronofault::scenarios
