// A duration that is drawn again at each use inside a run: how long work takes, how long a link delays. Draws are
// integer arithmetic, so they are the same on every machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ports/random.hpp>
#include <ports/time.hpp>

namespace chronofault::scenarios {

struct Distribution {
  enum class Kind : std::uint8_t {
    constant,     // values[0]
    uniform,      // in [values[0], values[1]], every microsecond alike
    choose,       // one of values, all alike
    weighted,     // values[i] with weights[i] / sum
    exponential,  // mean values[0]; if there is values[1], no longer than that
  };
  Kind kind = Kind::constant;
  std::vector<Duration> values = {Duration{}};
  std::vector<std::int64_t> weights;

  static Distribution constant(Duration d) { return {Kind::constant, {d}, {}}; }
  static Distribution uniform(Duration low, Duration high) { return {Kind::uniform, {low, high}, {}}; }

  /// One draw; a constant draws nothing.
  Duration draw(RandomStream& stream) const;
  Duration lowest() const;
  /// Of an exponential without a limit: the largest value that a draw can give, 64 ln 2 means.
  Duration highest() const;

  friend bool operator==(const Distribution&, const Distribution&) = default;
};

/// As a scenario writes it: "5s", "{uniform: [1s, 20s]}".
std::string to_string(const Distribution& d);

/// An exponentially distributed duration of this mean by integer arithmetic: -ln((u + 1) / 2^64) * mean, u of 64 bits.
Duration draw_exponential(RandomStream& stream, Duration mean);

}  // namespace chronofault::scenarios
