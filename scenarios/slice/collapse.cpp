// Pass 3, oldest to newest: repetitions become one entry; then the slice is read off.
#include <algorithm>
#include <map>
#include <tuple>

#include <ports/assert.hpp>
#include <scenarios/roster.hpp>

#include "graph.hpp"
#include "slicer.hpp"

namespace chronofault::scenarios::slicing {

sim::ProcessId Slicer::doer(const Record& record) const {
  if (record.kind != RecordKind::memory) return record.process;
  for (const RecordId cause : trace_.causes(record)) {
    if (cause != 0 && at(cause).kind == RecordKind::deliver) return at(cause).peer;
  }
  return record.process;
}

Slicer::Class Slicer::class_of(const Record& record) const {
  if (is_loop_pass(record)) {
    const std::string role = trace_.role(record.process);
    return {record.kind, trace_.event(record).detail, role.empty() ? "#" + std::to_string(record.process) : role};
  }
  return {record.kind, trace_.text(record.label), "#" + std::to_string(doer(record))};
}

bool Slicer::collapses(RecordId id, const Record& record) const {
  if (has(id, evidence) || is_fault(record)) return false;
  if (record.kind == RecordKind::domain) return is_loop_pass(record) || has(id, renewal);
  return true;
}

void Slicer::collapse() {
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

std::uint32_t Slicer::repeats(const Record& absence, const std::vector<std::uint32_t>& causes) const {
  for (const std::uint32_t cause : causes) {
    const Record& other = at(nodes_[cause].members.front());
    if (other.kind != RecordKind::absence || other.label != absence.label || other.process != absence.process) continue;
    const std::vector<std::uint32_t>& known = nodes_[cause].causes;
    const bool nothing_new = std::all_of(causes.begin(), causes.end(), [&](std::uint32_t c) {
      return c == cause || std::binary_search(known.begin(), known.end(), c);
    });
    if (nothing_new) return cause;
  }
  return none;
}

bool Slicer::join_siblings(std::vector<std::vector<std::uint32_t>>& causes, const std::vector<bool>& needed) {
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

Slice Slicer::result() {
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

}  // namespace chronofault::scenarios::slicing
