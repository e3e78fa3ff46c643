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
#include <map>
#include <tuple>
#include <utility>

#include <ports/assert.hpp>
#include <scenarios/property.hpp>
#include <scenarios/slice.hpp>

#include "graph.hpp"
#include "sets.hpp"

namespace chronofault::scenarios {

namespace {

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

bool is_fault(const Record& record) {
  return record.kind == RecordKind::fault_on || record.kind == RecordKind::fault_off ||
         record.kind == RecordKind::fault_missed;
}

class Slicer {
 public:
  Slicer(const TraceView& trace, const std::vector<RecordId>& cited, RecordId since)
      : trace_(trace), since_(since), marks_(trace.records.size() + 1) {
    for (const RecordId id : cited) {
      if (id == 0 || id > trace.records.size()) continue;
      marks_[id] = reached | evidence;
      newest_ = std::max(newest_, id);
    }
  }

  Slice run() {
    reach();
    relevance();
    collapse();
    return result();
  }

 private:
  static constexpr std::size_t hand_overs_most = 16;
  const Record& at(RecordId id) const { return trace_.records[id - 1]; }
  bool has(RecordId id, std::uint16_t mark) const { return (marks_[id] & mark) != 0; }
  void set(RecordId id, std::uint16_t mark) { marks_[id] = static_cast<std::uint16_t>(marks_[id] | mark); }
  bool is_loop_pass(const Record& record) const {
    return record.kind == RecordKind::domain && trace_.event(record).kind == EventKind::LoopPassed;
  }

  void reach() {
    for (RecordId id = newest_; id > 0; --id) {
      if (!has(id, reached)) continue;
      ++ancestors_;
      const Record& record = at(id);
      note_store(record);
      if (has(id, renewal)) continue;
      if (id < since_ || is_loop_pass(record)) continue;
      set(id, followed);
      if (record.kind == RecordKind::absence) mark_subjects(record);
      if (has(id, evidence) && record.kind == RecordKind::domain) mark_timer(id, record);
      if (record.kind == RecordKind::domain) mark_agreed(record);
      for (const RecordId cause : trace_.causes(record)) {
        CF_ASSERT(cause < id);
        if (cause == 0 || (has(id, fault_only) && !is_fault(at(cause)))) continue;
        if (has(id, written_down) && !has(cause, renewal)) continue;
        if (is_store(record.process) && reads_own_write(record, cause)) continue;
        set(cause, reached);
      }
    }
  }

  // What a scheduler did because a timer of its own ran out: the oldest expiry that its unit rests on, directly or
  // through hand-overs within the process.
  void mark_timer(RecordId id, const Record& record) {
    if (trace_.event(record).kind == EventKind::OperatorActed) return;
    RecordId oldest = 0;
    std::vector<RecordId> open{id};
    for (std::size_t i = 0; i < open.size() && i < hand_overs_most; ++i) {
      for (const RecordId cause : trace_.causes(at(open[i]))) {
        if (cause < since_ || cause == 0 || at(cause).process != record.process) continue;
        if (at(cause).kind == RecordKind::signal) open.push_back(cause);
        if (at(cause).kind == RecordKind::expire && (oldest == 0 || cause < oldest)) oldest = cause;
      }
    }
    if (oldest != 0) set(oldest, rang);
  }

  // An answer of ZooKeeper's to this process. That to a read was sent on its request and on the writes that it found;
  // that to a write, on the write alone.
  std::span<const RecordId> behind_answer(RecordId told, const Record& record) const {
    if (told == 0 || at(told).kind != RecordKind::deliver || at(told).process != record.process) return {};
    if (trace_.text(at(told).label) != "ZkReply") return {};
    const std::span<const RecordId> sent = trace_.causes(at(told));
    if (sent.empty() || at(sent.front()).kind != RecordKind::send) return {};
    return trace_.causes(at(sent.front()));
  }
  void mark_agreed(const Record& record) {
    const std::span<const RecordId> causes = trace_.causes(record);
    const EventKind kind = trace_.event(record).kind;
    bool did = kind == EventKind::WorkCalled || kind == EventKind::ShardsAssigned;
    for (std::size_t i = causes.size(); i-- > 0;) {
      RecordId asked = 0;
      for (const RecordId id : behind_answer(causes[i], record)) {
        if (at(id).kind == RecordKind::deliver && !trace_.causes(at(id)).empty()) asked = trace_.causes(at(id)).front();
      }
      for (const RecordId write : behind_answer(causes[i], record)) {
        if (write < since_ || at(write).kind != RecordKind::memory) continue;
        const bool wanted = asked != 0 ? !of_unit(write, asked) : std::exchange(did, false);
        if (wanted) set(write, reached | agreed_on);
      }
    }
  }
  // Whether the unit that sent `asked` made this write: its causes only grow.
  bool of_unit(RecordId write, RecordId asked) const {
    const RecordId request = request_of(at(write));
    if (request == 0 || at(request).process != at(asked).process) return false;
    const std::span<const RecordId> before = trace_.causes(at(request));
    const std::span<const RecordId> after = trace_.causes(at(asked));
    return !before.empty() && std::includes(after.begin(), after.end(), before.begin(), before.end());
  }

  // Sorts the causes of an absence into last renewals, disturbed messages and the rest.
  void mark_subjects(const Record& absence) {
    for (const RecordId id : trace_.causes(absence)) {
      if (id == 0) continue;
      const Record& cause = at(id);
      const bool of_kind = cause.label == absence.label;
      if (cause.kind == RecordKind::send && of_kind) set(id, fault_only);
      if (cause.process != absence.process) continue;
      if (cause.kind == RecordKind::deliver && of_kind) set(id, renewal);
      if (cause.kind == RecordKind::domain && trace_.event(cause).kind == EventKind::MemberSeen) set(id, renewal);
      if (cause.kind != RecordKind::memory) continue;
      for (const RecordId trigger : trace_.causes(cause)) {
        if (trigger == 0 || at(trigger).kind != RecordKind::deliver || at(trigger).label != absence.label) continue;
        if (at(trigger).process != absence.process) continue;
        set(trigger, renewal);
        set(id, written_down);
      }
    }
  }

  // The statement's message that led to what a database does; 0: none.
  RecordId request_of(const Record& record) const {
    for (const RecordId cause : trace_.causes(record)) {
      if (cause == 0 || at(cause).kind != RecordKind::deliver || at(cause).process != record.process) continue;
      const std::span<const RecordId> sent = trace_.causes(at(cause));
      return sent.empty() ? 0 : sent.front();
    }
    return 0;
  }
  // A unit's later statements rest on all that its earlier ones rested on: reads only grow until the next unit begins.
  bool reads_own_write(const Record& reader, RecordId written) const {
    const Record& write = at(written);
    if (write.kind != RecordKind::memory || write.process != reader.process) return false;
    const RecordId read = request_of(reader);
    return read != 0 && read != request_of(write) && of_unit(written, read);
  }

  void note_store(const Record& record) {
    if (record.kind != RecordKind::send && record.kind != RecordKind::deliver) return;
    const std::string& label = trace_.text(record.label);
    const bool request = label == "Statement";
    if (!request && label != "StatementResult") return;
    const bool sent = record.kind == RecordKind::send;
    const sim::ProcessId store = request == sent ? record.peer : record.process;
    if (store >= stores_.size()) stores_.resize(store + 1);
    stores_[store] = true;
  }
  bool is_store(sim::ProcessId process) const { return process < stores_.size() && stores_[process]; }

  void relevance() {
    origins_.assign(newest_ + 1, 0);
    std::vector<std::uint32_t> inputs;
    for (RecordId id = 1; id <= newest_; ++id) {
      if (!has(id, reached)) continue;
      const Record& record = at(id);
      inputs.clear();
      if (has(id, followed)) {
        for (const RecordId cause : trace_.causes(record)) {
          if (edge(id, cause)) inputs.push_back(origins_[cause]);
        }
      }
      if (is_origin(id, record)) inputs.push_back(origin_sets_.single(static_cast<std::uint32_t>(id)));
      origins_[id] = origin_sets_.merge(inputs);
      if (keep(id, record)) set(id, kept);
      learn(known_[{record.process, is_store(record.process) ? record.label : 0}], origins_[id]);
    }
  }
  // Whether the edge from `id` back to its cause was followed.
  bool edge(RecordId id, RecordId cause) const {
    if (cause == 0 || !has(id, followed) || !has(cause, reached)) return false;
    if (has(id, fault_only) && !is_fault(at(cause))) return false;
    if (is_store(at(id).process) && reads_own_write(at(id), cause)) return false;
    return !has(id, written_down) || has(cause, renewal);
  }

  bool is_late_start(RecordId id, const Record& record) const {
    return trace_.text(record.label) != "started" || id >= since_;
  }
  bool is_origin(RecordId id, const Record& record) const {
    return is_fault(record) || record.kind == RecordKind::absence || has(id, fault_only) ||
           (record.kind == RecordKind::process && is_late_start(id, record));
  }

  // Takes in what the record tells; false: all of it was known.
  bool learn(std::uint32_t& known, std::uint32_t told) {
    const std::uint32_t both = origin_sets_.merge(known, told);
    const bool news = both != known;
    known = both;
    return news;
  }

  bool keep(RecordId id, const Record& record) {
    if (has(id, evidence) || has(id, rang) || has(id, agreed_on) || is_fault(record)) return true;
    if (has(id, renewal)) return record.kind == RecordKind::deliver || record.kind == RecordKind::domain;
    if (record.kind == RecordKind::process) return is_late_start(id, record);
    const bool recent = id >= since_;
    switch (record.kind) {
      case RecordKind::absence:
      case RecordKind::domain:
        return recent;
      case RecordKind::send: {
        if (is_store(record.process) || is_store(record.peer)) return false;
        const bool news = learn(known_[{record.peer, 0}], origins_[id]);
        return recent && (news || has(id, fault_only));
      }
      case RecordKind::statement:
      case RecordKind::operation:
      case RecordKind::session:
        // What a server of statements is told, by what: it answers many.
        return learn(known_[{sim::ProcessId{0}, record.label}], origins_[id]) && recent;
      case RecordKind::memory:
        if (!is_store(record.process)) return false;
        return learn(known_[{record.process, record.label}], origins_[id]) && recent;
      default:
        return false;
    }
  }

  // The process for which it was done: of a database's write the client's.
  sim::ProcessId doer(const Record& record) const {
    if (record.kind != RecordKind::memory) return record.process;
    for (const RecordId cause : trace_.causes(record)) {
      if (cause != 0 && at(cause).kind == RecordKind::deliver) return at(cause).peer;
    }
    return record.process;
  }

  struct Node {
    std::vector<RecordId> members;
    std::vector<std::uint32_t> causes;  // nodes, ascending
    RecordId stands_at = 0;
  };
  // kind, label, who
  using Class = std::tuple<RecordKind, std::string, std::string>;

  Class class_of(const Record& record) const {
    if (is_loop_pass(record)) {
      const std::string role = trace_.role(record.process);
      return {record.kind, trace_.event(record).detail, role.empty() ? "#" + std::to_string(record.process) : role};
    }
    return {record.kind, trace_.text(record.label), "#" + std::to_string(doer(record))};
  }

  bool collapses(RecordId id, const Record& record) const {
    if (has(id, evidence) || is_fault(record)) return false;
    if (record.kind == RecordKind::domain) return is_loop_pass(record) || has(id, renewal);
    return true;
  }

  void collapse() {
    near_.assign(newest_ + 1, 0);
    std::map<std::pair<Class, std::vector<std::uint32_t>>, std::uint32_t> known;
    std::vector<std::uint32_t> inputs;
    for (RecordId id = 1; id <= newest_; ++id) {
      if (!has(id, reached)) continue;
      const Record& record = at(id);
      inputs.clear();
      if (has(id, followed)) {
        for (const RecordId cause : trace_.causes(record)) {
          if (edge(id, cause) && near_[cause] != 0) inputs.push_back(near_[cause]);
        }
      }
      const std::uint32_t behind = sets_.merge(inputs);
      if (!has(id, kept)) {
        near_[id] = behind;
        continue;
      }
      std::vector<std::uint32_t> causes = sets_.members(behind);
      if (record.kind == RecordKind::absence && !has(id, evidence)) {
        if (const std::uint32_t first = repeats(record, causes); first != none) {
          near_[id] = sets_.single(first);
          continue;
        }
      }
      std::uint32_t node = static_cast<std::uint32_t>(nodes_.size());
      if (collapses(id, record)) {
        node = known.try_emplace({class_of(record), causes}, node).first->second;
      }
      if (node == nodes_.size()) {
        nodes_.emplace_back();
        nodes_.back().causes = std::move(causes);
      }
      nodes_[node].members.push_back(id);
      near_[id] = sets_.single(node);
    }
  }

  // The node of the absence that this one repeats; `none`.
  std::uint32_t repeats(const Record& absence, const std::vector<std::uint32_t>& causes) const {
    for (const std::uint32_t cause : causes) {
      const Record& other = at(nodes_[cause].members.front());
      if (other.kind != RecordKind::absence || other.label != absence.label || other.process != absence.process)
        continue;
      const std::vector<std::uint32_t>& known = nodes_[cause].causes;
      const bool nothing_new = std::all_of(causes.begin(), causes.end(), [&](std::uint32_t c) {
        return c == cause || std::binary_search(known.begin(), known.end(), c);
      });
      if (nothing_new) return cause;
    }
    return none;
  }

  // Messages of one label, from one role to one role, with the same effects. The newest of them takes in the others;
  // that cannot close a circle, for what rests on one of them rests on all.
  bool join_siblings(std::vector<std::vector<std::uint32_t>>& causes, const std::vector<bool>& needed) {
    std::vector<std::vector<std::uint32_t>> effects(nodes_.size());
    for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
      if (!needed[n]) continue;
      for (const std::uint32_t cause : causes[n]) effects[cause].push_back(n);
    }
    std::map<std::tuple<sim::Label, std::string, std::string, std::vector<std::uint32_t>>, std::uint32_t> newest;
    bool joined = false;
    for (std::uint32_t n = static_cast<std::uint32_t>(nodes_.size()); n-- > 0;) {
      const RecordId first = nodes_[n].members.front();
      const Record& record = at(first);
      if (!needed[n] || record.kind != RecordKind::send || has(first, evidence) || has(first, fault_only)) continue;
      std::string from = trace_.role(record.process);
      std::string to = trace_.role(record.peer);
      if (from.empty() || to.empty()) continue;
      const auto [place, fresh] = newest.try_emplace({record.label, std::move(from), std::move(to), effects[n]}, n);
      if (fresh) continue;
      joined = true;
      std::vector<RecordId>& members = nodes_[place->second].members;
      members.insert(members.end(), nodes_[n].members.begin(), nodes_[n].members.end());
      std::sort(members.begin(), members.end());
      std::vector<std::uint32_t>& all = causes[place->second];
      all.insert(all.end(), causes[n].begin(), causes[n].end());
      std::sort(all.begin(), all.end());
      all.erase(std::unique(all.begin(), all.end()), all.end());
      for (const std::uint32_t effect : effects[n]) std::erase(causes[effect], n);
    }
    return joined;
  }

  Slice result() {
    std::vector<std::vector<std::uint32_t>> causes(nodes_.size());
    std::vector<std::uint32_t> roots;
    for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
      causes[n] = nodes_[n].causes;
      if (has(nodes_[n].members.front(), evidence)) roots.push_back(n);
    }
    std::vector<bool> needed = reduce(causes, roots);
    if (join_siblings(causes, needed)) needed = reduce(causes, roots);

    // Each stands at the latest of its members that is older than all its effects; effects have larger numbers.
    std::vector<RecordId> before(nodes_.size(), newest_ + 1);
    Slice slice;
    slice.ancestors = ancestors_;
    for (std::uint32_t n = static_cast<std::uint32_t>(nodes_.size()); n-- > 0;) {
      if (!needed[n]) continue;
      Node& node = nodes_[n];
      const auto after = std::lower_bound(node.members.begin(), node.members.end(), before[n]);
      CF_ASSERT(after != node.members.begin());
      node.stands_at = *(after - 1);
      for (const std::uint32_t cause : causes[n]) before[cause] = std::min(before[cause], node.stands_at);
    }
    for (std::uint32_t n = 0; n < nodes_.size(); ++n) {
      if (!needed[n]) continue;
      SliceEntry entry;
      entry.record = nodes_[n].stands_at;
      entry.count = static_cast<std::uint32_t>(nodes_[n].members.size());
      entry.evidence = has(entry.record, evidence);
      entry.leaf = entry.record < since_;
      for (const std::uint32_t cause : causes[n]) entry.causes.push_back(nodes_[cause].stands_at);
      std::sort(entry.causes.begin(), entry.causes.end());
      slice.entries.push_back(std::move(entry));
    }
    std::sort(slice.entries.begin(), slice.entries.end(),
              [](const SliceEntry& a, const SliceEntry& b) { return a.record < b.record; });
    return slice;
  }

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

}  // namespace

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
  return Slicer(trace, evidence, since).run();
}

Slice causal_slice(const TraceView& trace, const Violation& violation) {
  return causal_slice(trace, violation.records, violation.since);
}

}  // namespace chronofault::scenarios
