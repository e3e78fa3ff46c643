// One fault as data: a trigger, one action, and how long it lasts. Everything is resolved: no draws, no names of `let`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <faults/kinds.hpp>
#include <faults/pattern.hpp>
#include <faults/selector.hpp>
#include <faults/true_time.hpp>
#include <ports/value.hpp>

namespace chronofault::faults {

/// At an instant of true time; it acts before the first step due at or after it.
struct At {
  sim::TrueTime instant;
  friend bool operator==(const At&, const At&) = default;
};

/// When a message or record matches, `after` later. Strikes once (pattern.nth) or at each match (pattern.each).
struct When {
  Pattern pattern;
  Duration after;
  friend bool operator==(const When&, const When&) = default;
};

/// `every:` is gone in a plan: it has become a list of At.
using Trigger = std::variant<At, When>;

/// Where a network fault acts. One way: from -> to. `both`: also to -> from (`between: [a, b]`).
struct LinkTarget {
  Selector from;
  Selector to;
  bool both = false;
  friend bool operator==(const LinkTarget&, const LinkTarget&) = default;
};

/// What happens. At most one of `target` and `link` is there; neither: the message that matched the trigger (network
/// kinds), or the cluster's database (database kinds).
struct Action {
  FaultKind kind = FaultKind::kill;
  std::optional<Selector> target;
  std::optional<LinkTarget> link;
  std::map<std::string, Value, std::less<>> params;  // those of FaultKindInfo, checked, defaults filled in

  const FaultKindInfo& info() const { return info_of(kind); }
  bool has(std::string_view param) const { return params.contains(param); }
  /// Value of a parameter; its type is the catalogue's. Asserts that it is there.
  Duration duration(std::string_view param) const;
  std::int64_t integer(std::string_view param) const;
  bool flag(std::string_view param) const;
  const std::string& text(std::string_view param) const;

  /// False: some selector is resolved only when the fault strikes.
  bool is_static() const;
  /// False: a thing that happened, or whose victims stay down; nothing is taken back when it ends.
  bool heals() const;
  friend bool operator==(const Action&, const Action&) = default;
};

struct FaultSpec {
  Trigger trigger;
  Action action;
  std::optional<Duration> lasts;  // `for`; none: until the end of the run heals it

  friend bool operator==(const FaultSpec&, const FaultSpec&) = default;
};

/// As a scenario writes it, on one line: {at: "2022-02-25T02:36:13.5+08:00", pause: lz, for: 10s}.
std::string to_string(const FaultSpec& fault, Duration utc_offset);
/// The part without trigger and `for`: "pause: lz", "arrives: {after_request: 1474ms}".
std::string to_string(const Action& action);
/// A parameter as a scenario writes it.
std::string to_string(const ParamInfo& info, const Value& value);

}  // namespace chronofault::faults
