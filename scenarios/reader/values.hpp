// Typed scalars of a scenario: literals, names of `let`, sums and differences, and draws.
//
// A draw takes the place of any scalar: {uniform: [low, high]} (both included), {choose: [a, b]}, {weighted: {a: 3, b:
// 1}}, {exponential: mean} or {exponential: {mean: 5s, max: 1min}}. It is drawn from the stream "draw/PATH" of the
// place where it stands (names of list entries where they have one, else their numbers), so that a draw more in one
// place moves no other; draws of `let` from "let/NAME". Durations and instants whose bounds are whole milliseconds a
// second or more apart are drawn in whole milliseconds: a plan is read by people.
//
// To check a file before any seed is known, a Probe takes the place of the streams: every draw gives its lowest value,
// its highest, or its n-th option; an exponential its mean, or eight of them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <scenarios/distribution.hpp>
#include <scenarios/node.hpp>
#include <scenarios/place.hpp>
#include <sim/kernel/random.hpp>

#include "literals.hpp"

namespace chronofault::scenarios {

/// What every draw gives: the value at this index of those possible; beyond the last: the last.
struct Probe {
  std::uint64_t option = 0;
};
inline constexpr Probe highest_probe{UINT64_MAX};

enum class ScalarType : std::uint8_t { boolean, integer, decimal, duration, instant, bytes, text };

/// number: 0 or 1, an integer, millionths, microseconds, microseconds since 1970, bytes.
struct Scalar {
  ScalarType type = ScalarType::text;
  std::int64_t number = 0;
  std::string text;
};

class Values {
 public:
  Values(Problems& problems, sim::Streams* streams, Probe probe)
      : problems_(problems), streams_(streams), probe_(probe) {}

  /// Before this, instants without a date cannot be read.
  void set_frame(TimeFrame frame) { frame_ = frame; }
  const TimeFrame& frame() const { return *frame_; }
  /// Defines names in file order; returns them with their values as printed.
  std::vector<std::pair<std::string, std::string>> read_let(const Node& node);

  // Each adds a problem and returns none if the value is not of its type. `path` names the place for the stream.
  std::optional<std::int64_t> integer(const Node& node, const std::string& path, std::int64_t low = INT64_MIN,
                                      std::int64_t high = INT64_MAX);
  /// Millionths.
  std::optional<std::int64_t> decimal(const Node& node, const std::string& path, std::int64_t low, std::int64_t high);
  std::optional<bool> boolean(const Node& node, const std::string& path);
  std::optional<Duration> duration(const Node& node, const std::string& path, Duration low = Duration{});
  std::optional<sim::TrueTime> instant(const Node& node, const std::string& path);
  std::optional<std::int64_t> bytes(const Node& node, const std::string& path);
  std::optional<std::string> text(const Node& node, const std::string& path);
  /// One of the names, or a problem with the nearest. `what`: "a zone".
  std::optional<std::string> name(const Node& node, const std::string& path, const std::string& what,
                                  const std::vector<std::string>& names);

  /// Not drawn here: a distribution whose numbers may be expressions.
  std::optional<Distribution> distribution(const Node& node);

  /// An index below n: drawn, or as the probe says.
  std::uint64_t pick(std::uint64_t n, const std::string& path);
  /// The default start of a process: uniform in [0 s, 30 s), from the stream "starts/NAME".
  Duration start_of(const std::string& process);
  Problems& problems() { return problems_; }
  /// The largest number of options that a draw had: so many probes see all of them.
  std::uint64_t options_seen() const noexcept { return options_; }
  static bool is_draw(const Node& node);

 private:
  /// Type none: whatever stands there (`let`).
  using Type = std::optional<ScalarType>;
  std::optional<Scalar> scalar(const Node& node, const std::string& path, Type type);
  std::optional<Scalar> literal(const Node& node, Type type);
  std::optional<Scalar> uniform(const Node& operand, const std::string& path, Type type);
  std::optional<Scalar> exponential(const Node& operand, const std::string& path, Type type);
  std::optional<Scalar> chosen(const Node& operand, const std::string& path, Type type);
  std::optional<Scalar> weighted(const Node& operand, const std::string& path, Type type);
  std::optional<Scalar> expression(std::string_view text) const;
  std::optional<Scalar> term(std::string_view text) const;
  std::optional<std::vector<std::int64_t>> weights_of(const Node& operand);
  std::uint64_t below(std::uint64_t n, const std::string& path);
  RandomStream& stream(const std::string& path);
  void mismatch(const Node& node, Type type);
  std::string printed(const Scalar& scalar) const;

  Problems& problems_;
  sim::Streams* streams_;
  Probe probe_;
  std::optional<TimeFrame> frame_;
  std::map<std::string, Scalar, std::less<>> names_;
  std::uint64_t options_ = 2;
};

}  // namespace chronofault::scenarios
