#include <algorithm>
#include <bit>

#include <ports/assert.hpp>
#include <scenarios/distribution.hpp>

namespace chronofault::scenarios {
namespace {

__extension__ using Wide = unsigned __int128;

/// ln 2 in units of 2^-64.
constexpr std::uint64_t ln2_q64 = 0xb172'17f7'd1cf'79abu;

/// log2(v) with 32 binary digits behind the point, rounded down: the mantissa is squared once per digit.
std::uint64_t log2_q32(std::uint64_t v) {
  const int exponent = 63 - std::countl_zero(v);
  std::uint64_t mantissa = v << (63 - exponent);  // in [1, 2), 63 digits behind the point
  std::uint64_t fraction = 0;
  for (int i = 0; i < 32; ++i) {
    const Wide square = static_cast<Wide>(mantissa) * mantissa;  // 126 digits
    const bool two_or_more = (square >> 127) != 0;
    mantissa = static_cast<std::uint64_t>(square >> (two_or_more ? 64 : 63));
    fraction = fraction << 1 | (two_or_more ? 1u : 0u);
  }
  return static_cast<std::uint64_t>(exponent) << 32 | fraction;
}

/// x * y / 2^64.
std::uint64_t scaled_down(std::uint64_t x, std::uint64_t y) {
  return static_cast<std::uint64_t>(static_cast<Wide>(x) * y >> 64);
}

}  // namespace

Duration draw_exponential(RandomStream& stream, Duration mean) {
  CF_ASSERT(mean >= Duration{});
  const std::uint64_t bits = stream.next();
  // u = (bits + 1) / 2^64 in (0, 1]; u = 1 gives 0.
  if (bits == UINT64_MAX) return Duration{};
  const std::uint64_t minus_log2 = (std::uint64_t{64} << 32) - log2_q32(bits + 1);
  const std::uint64_t minus_ln = scaled_down(minus_log2, ln2_q64);  // 32 digits behind the point
  const auto product = static_cast<Wide>(minus_ln) * static_cast<std::uint64_t>(mean.count_us());
  const Wide us = std::min(product >> 32, static_cast<Wide>(Duration::max().count_us()));
  return Duration::us(static_cast<std::int64_t>(us));
}

Duration Distribution::draw(RandomStream& stream) const {
  switch (kind) {
    case Kind::constant:
      return values[0];
    case Kind::uniform:
      return stream.between(values[0], values[1]);
    case Kind::choose:
      return values[stream.below(values.size())];
    case Kind::exponential: {
      const Duration d = draw_exponential(stream, values[0]);
      return values.size() > 1 ? std::min(d, values[1]) : d;
    }
    case Kind::weighted:
      break;
  }
  std::int64_t sum = 0;
  for (const std::int64_t weight : weights) sum += weight;
  auto rest = static_cast<std::int64_t>(stream.below(static_cast<std::uint64_t>(sum)));
  std::size_t i = 0;
  while (rest >= weights[i]) rest -= weights[i++];
  return values[i];
}

Duration Distribution::lowest() const {
  return kind == Kind::exponential ? Duration{} : *std::min_element(values.begin(), values.end());
}

Duration Distribution::highest() const {
  if (kind != Kind::exponential) return *std::max_element(values.begin(), values.end());
  const auto most = static_cast<Wide>(values[0].count_us()) * 44'361'420 / 1'000'000;  // 64 ln 2
  const Wide capped = std::min(most, static_cast<Wide>(Duration::max().count_us()));
  const Duration limit = Duration::us(static_cast<std::int64_t>(capped));
  return values.size() > 1 ? std::min(values[1], limit) : limit;
}

std::string to_string(const Distribution& d) {
  using Kind = Distribution::Kind;
  const auto text = [](Duration value) { return chronofault::to_string(value); };
  switch (d.kind) {
    case Kind::constant:
      return text(d.values[0]);
    case Kind::exponential:
      if (d.values.size() == 1) return "{exponential: " + text(d.values[0]) + "}";
      return "{exponential: {mean: " + text(d.values[0]) + ", max: " + text(d.values[1]) + "}}";
    case Kind::uniform:
    case Kind::choose:
    case Kind::weighted:
      break;
  }
  std::string items;
  for (std::size_t i = 0; i < d.values.size(); ++i) {
    if (i > 0) items += ", ";
    items += text(d.values[i]);
    if (d.kind == Kind::weighted) items += ": " + std::to_string(d.weights[i]);
  }
  if (d.kind == Kind::weighted) return "{weighted: {" + items + "}}";
  return std::string(d.kind == Kind::uniform ? "{uniform: [" : "{choose: [") + items + "]}";
}

}  // namespace chronofault::scenarios
