// Pass 2, oldest to newest: which of it is out of order, and who came to know of that.
#include "slicer.hpp"

namespace chronofault::scenarios::slicing {

void Slicer::relevance() {
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

bool Slicer::edge(RecordId id, RecordId cause) const {
  if (cause == 0 || !has(id, followed) || !has(cause, reached)) return false;
  if (has(id, fault_only) && !is_fault(at(cause))) return false;
  if (is_store(at(id).process) && reads_own_write(at(id), cause)) return false;
  return !has(id, written_down) || has(cause, renewal);
}

bool Slicer::is_late_start(RecordId id, const Record& record) const {
  return trace_.text(record.label) != "started" || id >= since_;
}

bool Slicer::is_origin(RecordId id, const Record& record) const {
  return is_fault(record) || record.kind == RecordKind::absence || has(id, fault_only) ||
         (record.kind == RecordKind::process && is_late_start(id, record));
}

bool Slicer::learn(std::uint32_t& known, std::uint32_t told) {
  const std::uint32_t both = origin_sets_.merge(known, told);
  const bool news = both != known;
  known = both;
  return news;
}

bool Slicer::keep(RecordId id, const Record& record) {
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

}  // namespace chronofault::scenarios::slicing
