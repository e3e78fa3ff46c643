// Sets of small numbers, each distinct set stored once and named by a number: neighbours in a trace rest on the same
// few records again and again. Set 0 is empty. A set keeps its `most` largest members: a union of unions keeps the same
// ones.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace chronofault::scenarios {

class SetPool {
 public:
  static constexpr std::size_t most = 64;

  SetPool() : sets_(1) {}
  std::uint32_t single(std::uint32_t member);
  /// The union of these sets. `sets` is scratch for the callee.
  std::uint32_t merge(std::vector<std::uint32_t>& sets);
  std::uint32_t merge(std::uint32_t a, std::uint32_t b);
  const std::vector<std::uint32_t>& members(std::uint32_t set) const { return sets_[set]; }

 private:
  std::uint32_t intern(std::vector<std::uint32_t> members);

  std::vector<std::vector<std::uint32_t>> sets_;                      // members ascending
  std::unordered_multimap<std::uint64_t, std::uint32_t> of_content_;  // by hash; never iterated as a whole
  std::unordered_map<std::uint64_t, std::uint32_t> of_pair_;
};

}  // namespace chronofault::scenarios
