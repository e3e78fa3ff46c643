// Philox against the known answers of its authors' library, and what streams promise.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <sim/kernel/random.hpp>

using namespace chronofault;
using namespace chronofault::sim;
using Words = std::array<std::uint32_t, 4>;

TEST_CASE("Philox 4x32-10 gives the known answers", "[random]") {
  CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) == Words{0x6627'e8d5, 0xe169'c58d, 0xbc57'ac4c, 0x9b00'dbd8});
  constexpr std::uint32_t ones = 0xffff'ffff;
  CHECK(philox4x32({ones, ones, ones, ones}, {ones, ones}) ==
        Words{0x408f'276d, 0x41c8'3b0e, 0xa20b'c7c6, 0x6d54'51fd});
  CHECK(philox4x32({0x243f'6a88, 0x85a3'08d3, 0x1319'8a2e, 0x0370'7344}, {0xa409'3822, 0x299f'31d0}) ==
        Words{0xd16c'fe09, 0x94fd'cceb, 0x5001'e420, 0x2412'6ea1});
}

namespace {
std::vector<std::uint64_t> draws(RandomStream& stream, int n) {
  std::vector<std::uint64_t> all;
  for (int i = 0; i < n; ++i) all.push_back(stream.next());
  return all;
}
}  // namespace

TEST_CASE("a stream depends on seed and name alone", "[random]") {
  Streams alone(7, nullptr);
  const auto expected = draws(alone.stream("worker/jitter"), 9);

  Streams crowded(7, nullptr);
  std::vector<std::uint64_t> got;
  for (int i = 0; i < 9; ++i) {
    crowded.stream("other " + std::to_string(i)).next();
    got.push_back(crowded.stream("worker/jitter").next());
    crowded.stream("worker/jitte").next();
    crowded.stream("worker").next();
  }
  CHECK(got == expected);

  Streams other_seed(8, nullptr);
  CHECK(draws(other_seed.stream("worker/jitter"), 9) != expected);
  Streams other_name(7, nullptr);
  CHECK(draws(other_name.stream("worker/jitter2"), 9) != expected);
}

TEST_CASE("a stream's draws are all different words of the counter", "[random]") {
  Streams streams(1, nullptr);
  auto all = draws(streams.stream("s"), 10'000);
  std::sort(all.begin(), all.end());
  CHECK(std::adjacent_find(all.begin(), all.end()) == all.end());
  Stream stream(1, "s", nullptr);
  CHECK(stream.index() == 0);
  stream.next();
  CHECK(stream.index() == 1);
}

TEST_CASE("a scoped stream is the stream of the prefixed name", "[random]") {
  Streams streams(3, nullptr);
  ScopedStreams scoped(streams, "lz/server");
  CHECK(&scoped.stream("jitter") == &streams.stream("lz/server/jitter"));
  CHECK(&scoped.stream("jitter") == &scoped.stream("jitter"));
}

TEST_CASE("draws are folded where a digest is given, and only there", "[random][digest]") {
  Digest with;
  Digest without;
  Streams folded(1, &with);
  Streams silent(1, nullptr);
  CHECK(draws(folded.stream("s"), 3) == draws(silent.stream("s"), 3));
  CHECK(with.value() != without.value());
  Digest same;
  Streams again(1, &same);
  draws(again.stream("s"), 3);
  CHECK(same.value() == with.value());
  Digest other;
  Streams renamed(1, &other);
  draws(renamed.stream("t"), 3);
  CHECK(other.value() != with.value());
}

TEST_CASE("below() is uniform", "[random]") {
  Stream stream(20220224, "chi-square", nullptr);
  // Bounds: the 99.9 % point of chi-square with n - 1 degrees of freedom.
  struct Row {
    std::uint64_t n;
    double bound;
  };
  for (const Row row : {Row{2, 10.83}, Row{3, 13.82}, Row{10, 27.88}, Row{100, 148.23}, Row{256, 330.52}}) {
    const int per_cell = 2'000;
    std::vector<int> seen(row.n);
    for (std::uint64_t i = 0; i < row.n * per_cell; ++i) {
      const std::uint64_t x = stream.below(row.n);
      REQUIRE(x < row.n);
      ++seen[x];
    }
    double chi = 0;
    for (const int count : seen) chi += double(count - per_cell) * double(count - per_cell) / per_cell;
    CHECK(chi < row.bound);
  }
}

TEST_CASE("below() has no bias where a plain product would have one", "[random]") {
  // n = 3/4 of 2^64: four draws fall on three results, so without rejection those divisible by 3 came twice as often.
  Stream stream(1, "wide", nullptr);
  const std::uint64_t n = 3u * (std::uint64_t{1} << 62);
  std::array<int, 3> residues{};
  for (int i = 0; i < 30'000; ++i) ++residues[stream.below(n) % 3];
  for (const int count : residues) CHECK(std::abs(count - 10'000) < 400);
}

TEST_CASE("below() and between() at their edges", "[random]") {
  Stream stream(1, "edges", nullptr);
  for (int i = 0; i < 10; ++i) {
    CHECK(stream.below(1) == 0);
    CHECK(stream.between(5, 5) == 5);
    const std::int64_t x = stream.between(-2, 2);
    CHECK((x >= -2 && x <= 2));
    CHECK_FALSE(stream.percent(0));
    CHECK_FALSE(stream.percent(-5));
    CHECK(stream.percent(100));
    (void)stream.between(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max());
    const Duration d = stream.between(1_s, 2_s);
    CHECK((d >= 1_s && d <= 2_s));
  }
  std::array<bool, 5> seen{};
  for (int i = 0; i < 200; ++i) seen[static_cast<std::size_t>(stream.between(-2, 2) + 2)] = true;
  CHECK(std::count(seen.begin(), seen.end(), true) == 5);
}

TEST_CASE("a shuffle is a permutation, each about equally often", "[random]") {
  Stream stream(1, "shuffle", nullptr);
  std::array<int, 6> seen{};
  for (int i = 0; i < 6'000; ++i) {
    std::array<int, 3> items{0, 1, 2};
    stream.shuffle(std::span<int>(items));
    REQUIRE(items[0] + items[1] + items[2] == 3);
    ++seen[static_cast<std::size_t>(items[0] * 2 + (items[1] > items[2] ? 1 : 0))];
  }
  for (const int count : seen) CHECK(std::abs(count - 1'000) < 150);
}

TEST_CASE("the words of a stream never change", "[random][digest]") {
  // Every stored plan rests on these.
  Stream stream(20220224, "known", nullptr);
  const std::uint64_t first = stream.next();
  const std::uint64_t second = stream.next();
  const std::uint64_t third = stream.next();
  CHECK(first == 0xfbf021f0a9fe8484u);
  CHECK(second == 0xb8e077f06f85db98u);
  CHECK(third == 0x3a648128686c02b2u);
}
