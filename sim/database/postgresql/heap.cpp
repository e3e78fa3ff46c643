#include "heap.hpp"

#include <ports/assert.hpp>

namespace chronofault::sim::postgresql {

Heap::Heap(TableSpec spec, Fractions fractions) : StoredTable(std::move(spec), fractions), entries_(indexes().size()) {}

KeyBytes Heap::entry_key(std::size_t index, const Chain& chain, const db::Values& values) const {
  KeyBytes key = key_bytes(index, values);
  sim::append(key, chain.root);
  return key;
}

bool Heap::same_keys(const db::Values& a, const db::Values& b) const noexcept {
  for (std::size_t i = 0; i < size(); ++i) {
    if (!same_key(i, a, b)) return false;
  }
  return true;
}

HeapVersion& Heap::append(ImagePtr image, HeapVersion* before) {
  auto version = std::make_unique<HeapVersion>();
  HeapVersion& made = *version;
  made.tid = ++last_tid_;
  made.image = std::move(image);
  if (before != nullptr && same_keys(before->image->values, made.image->values)) {
    made.chain = before->chain;
  } else {
    made.chain = std::make_shared<Chain>(made.tid);
  }
  made.chain->versions.push_back(&made);
  versions_.emplace_hint(versions_.end(), made.tid, std::move(version));
  return made;
}

void Heap::enter(HeapVersion& version, std::optional<Entries::const_iterator> next) {
  Chain& chain = *version.chain;
  CF_ASSERT(chain.entered < size());
  KeyBytes key = entry_key(chain.entered, chain, version.image->values);
  if (!next) next = std::as_const(entries_[chain.entered]).lower_bound(key);
  entries_[chain.entered].insert(*next, std::move(key), &chain);
  ++chain.entered;
}

void Heap::erase(HeapVersion& version) {
  Chain& chain = *version.chain;
  std::erase(chain.versions, &version);
  if (chain.versions.empty()) {
    for (std::size_t i = 0; i < chain.entered; ++i) {
      entries_[i].erase(entries_[i].find(entry_key(i, chain, version.image->values)));
    }
  }
  versions_.erase(version.tid);
}

void Heap::load(ImagePtr image, CommitNumber commit) {
  for (std::size_t i = 0; i < size(); ++i) {
    if (!can_conflict(i, image->values)) continue;
    const KeyBytes key = key_bytes(i, image->values);
    const auto same = entries_[i].lower_bound(key);
    CF_ASSERT(same == entries_[i].end() || !same->first.starts_with(key));
  }
  HeapVersion& version = append(std::move(image), nullptr);
  version.created = commit;
  while (version.chain->entered < size()) enter(version);
}

std::vector<ImagePtr> Heap::committed(CommitNumber until) const {
  std::vector<ImagePtr> images;
  for (const auto& [key, chain] : entries_.front()) {
    for (const HeapVersion* version : chain->versions) {
      if (version->alive_at(until)) images.push_back(version->image);
    }
  }
  return images;
}

void Heap::recover(CommitNumber until) {
  for (auto at = versions_.begin(); at != versions_.end();) {
    HeapVersion& version = *at->second;
    ++at;
    version.lockers.clear();
    version.queue.clear();
    if (!version.alive_at(until)) {
      erase(version);
      continue;
    }
    version.xmax = 0;
    version.removed = 0;
    version.next = nullptr;
  }
}

void Heap::clear() {
  for (Entries& entries : entries_) entries.clear();
  versions_.clear();
}

std::string Heap::flaw() const {
  for (const auto& [tid, version] : versions_) {
    if (!version->lockers.empty() || !version->queue.empty()) return "locks are left on a version";
    if (!version->alive() || version->xmax != 0) return "a version that nobody can see";
    if (version->chain->entered != size()) return "a version that an index does not lead to";
  }
  for (std::size_t i = 0; i < size(); ++i) {
    if (entries_[i].size() != versions_.size()) return "entries without versions in " + indexes()[i].name;
    for (const auto& [key, chain] : entries_[i]) {
      if (key != entry_key(i, *chain, chain->versions.front()->image->values)) {
        return "an entry of another key in " + indexes()[i].name;
      }
    }
  }
  return {};
}

RecordId Heap::written_by(const Key& key) const {
  const Entries& entries = entries_.front();
  const KeyBytes begin = bytes_of(key);
  RecordId newest = 0;
  for (auto at = entries.lower_bound(begin); at != entries.end() && at->first.starts_with(begin); ++at) {
    if (!at->second->versions.empty()) newest = at->second->versions.back()->record;
  }
  return newest;
}

}  // namespace chronofault::sim::postgresql
