// Random streams keyed by (seed, name, index): Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1,
// 2, 3", 2011) with the seed as its key, and index and hashed name as its counter. A stream has no other state than its
// index, so streams do not touch each other and a stream can be continued anywhere.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <ports/random.hpp>
#include <sim/kernel/digest.hpp>

namespace chronofault::sim {

/// The bijection itself, for its known answers.
std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) noexcept;

class Stream final : public RandomStream {
 public:
  /// Draws are folded into `digest` unless it is null (injector, book, scenario draws).
  Stream(std::uint64_t seed, std::string_view name, Digest* digest) noexcept;
  std::uint64_t next() noexcept override;
  std::uint64_t index() const noexcept { return index_; }

 private:
  std::uint64_t seed_;
  std::uint64_t name_;
  Digest* digest_;
  std::uint64_t index_ = 0;
  std::uint64_t second_half_ = 0;
};

/// All streams of one seed, made when first asked for.
class Streams {
 public:
  Streams(std::uint64_t seed, Digest* digest) : seed_(seed), digest_(digest) {}
  RandomStream& stream(std::string_view name);
  std::uint64_t seed() const noexcept { return seed_; }

 private:
  std::uint64_t seed_;
  Digest* digest_;
  std::map<std::string, std::unique_ptr<Stream>, std::less<>> streams_;
};

/// The streams of one part of the world (a process, a link), as its Random port: names get the part's prefix.
class ScopedStreams final : public Random {
 public:
  ScopedStreams(Streams& streams, std::string prefix) : streams_(streams), prefix_(std::move(prefix)) {}
  RandomStream& stream(std::string_view name) override;

 private:
  Streams& streams_;
  std::string prefix_;
};

}  // namespace chronofault::sim
