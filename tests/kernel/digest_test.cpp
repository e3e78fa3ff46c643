// Digest: independent of when it is asked, sensitive to order and position, also across its blocks.
#include <algorithm>
#include <set>
#include <vector>

#include <catch2/catch.hpp>

#include <sim/kernel/digest.hpp>

using namespace chronofault::sim;

namespace {
Hash128 of(const std::vector<std::uint64_t>& words) {
  Digest digest;
  for (const std::uint64_t w : words) digest.fold(w);
  return digest.value();
}
std::vector<std::uint64_t> numbers(std::size_t n) {
  std::vector<std::uint64_t> all;
  for (std::size_t i = 0; i < n; ++i) all.push_back(i * i + 1);
  return all;
}
}  // namespace

TEST_CASE("asking for the value changes nothing", "[digest]") {
  Digest asked;
  Digest silent;
  for (const std::uint64_t w : numbers(1'000)) {
    asked.fold(w);
    silent.fold(w);
    CHECK(asked.value() == asked.value());
  }
  CHECK(asked.value() == silent.value());
}

TEST_CASE("each prefix has another value, through all block boundaries", "[digest]") {
  Digest digest;
  std::set<Hash128> seen{digest.value()};
  for (const std::uint64_t w : numbers(600)) {
    digest.fold(w);
    CHECK(seen.insert(digest.value()).second);
  }
  Digest zeros;
  std::set<Hash128> of_zeros{zeros.value()};
  for (int i = 0; i < 600; ++i) {
    zeros.fold(0);
    CHECK(of_zeros.insert(zeros.value()).second);
  }
}

TEST_CASE("every position and every bit counts, before and after a block boundary", "[digest]") {
  const auto words = numbers(300);
  const Hash128 right = of(words);
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto changed = words;
    changed[i] ^= std::uint64_t{1} << (i % 64);
    CHECK(of(changed) != right);
    if (i + 1 < words.size()) {
      auto swapped = words;
      std::swap(swapped[i], swapped[i + 1]);
      CHECK(of(swapped) != right);
    }
  }
}

TEST_CASE("folding several words is folding each", "[digest]") {
  Digest at_once;
  at_once.fold(1, std::uint64_t{2}, std::uint64_t{3});
  CHECK(at_once.value() == of({1, 2, 3}));
}

TEST_CASE("digests print as 32 digits and never change", "[digest]") {
  CHECK(to_string(Hash128{1, 0xab}) == "000000000000000100000000000000ab");
  // Stored plans name the digest of their run.
  CHECK(to_string(of({})) == "e5189a9599e3f86205ea23ef06e28b2d");
  CHECK(to_string(of(numbers(1'000))) == "19793c4136898a97224dcbd77fa3a9d4");
}
