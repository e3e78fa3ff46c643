#include "sets.hpp"

#include <algorithm>
#include <iterator>

namespace chronofault::scenarios {

std::uint32_t SetPool::intern(std::vector<std::uint32_t> members) {
  if (members.empty()) return 0;
  std::uint64_t hash = members.size();
  for (const std::uint32_t member : members) {
    hash = (hash ^ member) * 0x9e37'79b9'7f4a'7c15u;
    hash ^= hash >> 29;
  }
  for (auto [it, end] = of_content_.equal_range(hash); it != end; ++it) {
    if (sets_[it->second] == members) return it->second;
  }
  const auto made = static_cast<std::uint32_t>(sets_.size());
  sets_.push_back(std::move(members));
  of_content_.emplace(hash, made);
  return made;
}

std::uint32_t SetPool::single(std::uint32_t member) { return intern({member}); }

std::uint32_t SetPool::merge(std::uint32_t a, std::uint32_t b) {
  if (a == b || b == 0) return a;
  if (a == 0) return b;
  if (a > b) std::swap(a, b);
  const std::uint64_t pair = std::uint64_t{a} << 32 | b;
  if (const auto found = of_pair_.find(pair); found != of_pair_.end()) return found->second;
  std::vector<std::uint32_t> all;
  std::set_union(sets_[a].begin(), sets_[a].end(), sets_[b].begin(), sets_[b].end(), std::back_inserter(all));
  if (all.size() > most) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(most));
  const std::uint32_t made = intern(std::move(all));
  // A memory of pairs, not of everything that ever was: it is forgotten when it grows large.
  if (of_pair_.size() > (1u << 20)) of_pair_.clear();
  of_pair_.emplace(pair, made);
  return made;
}

std::uint32_t SetPool::merge(std::vector<std::uint32_t>& sets) {
  std::sort(sets.begin(), sets.end());
  sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
  std::uint32_t all = 0;
  for (const std::uint32_t set : sets) all = merge(all, set);
  return all;
}

}  // namespace chronofault::scenarios
