// Pass 1, newest to oldest: what stands behind the evidence, and which of it are leaves.
#include <algorithm>
#include <utility>

#include <ports/assert.hpp>

#include "slicer.hpp"

namespace chronofault::scenarios::slicing {

void Slicer::reach() {
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

void Slicer::mark_timer(RecordId id, const Record& record) {
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

std::span<const RecordId> Slicer::behind_answer(RecordId told, const Record& record) const {
  if (told == 0 || at(told).kind != RecordKind::deliver || at(told).process != record.process) return {};
  if (trace_.text(at(told).label) != "ZkReply") return {};
  const std::span<const RecordId> sent = trace_.causes(at(told));
  if (sent.empty() || at(sent.front()).kind != RecordKind::send) return {};
  return trace_.causes(at(sent.front()));
}

void Slicer::mark_agreed(const Record& record) {
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

bool Slicer::of_unit(RecordId write, RecordId asked) const {
  const RecordId request = request_of(at(write));
  if (request == 0 || at(request).process != at(asked).process) return false;
  const std::span<const RecordId> before = trace_.causes(at(request));
  const std::span<const RecordId> after = trace_.causes(at(asked));
  return !before.empty() && std::includes(after.begin(), after.end(), before.begin(), before.end());
}

void Slicer::mark_subjects(const Record& absence) {
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

RecordId Slicer::request_of(const Record& record) const {
  for (const RecordId cause : trace_.causes(record)) {
    if (cause == 0 || at(cause).kind != RecordKind::deliver || at(cause).process != record.process) continue;
    const std::span<const RecordId> sent = trace_.causes(at(cause));
    return sent.empty() ? 0 : sent.front();
  }
  return 0;
}

bool Slicer::reads_own_write(const Record& reader, RecordId written) const {
  const Record& write = at(written);
  if (write.kind != RecordKind::memory || write.process != reader.process) return false;
  const RecordId read = request_of(reader);
  return read != 0 && read != request_of(write) && of_unit(written, read);
}

void Slicer::note_store(const Record& record) {
  if (record.kind != RecordKind::send && record.kind != RecordKind::deliver) return;
  const std::string& label = trace_.text(record.label);
  const bool request = label == "Statement";
  if (!request && label != "StatementResult") return;
  const bool sent = record.kind == RecordKind::send;
  const sim::ProcessId store = request == sent ? record.peer : record.process;
  if (store >= stores_.size()) stores_.resize(store + 1);
  stores_[store] = true;
}

}  // namespace chronofault::scenarios::slicing
