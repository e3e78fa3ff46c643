// Names of triggers and jobs, and in which order triggers that are due come up (quartz 7.10).
#pragma once

#include <compare>
#include <optional>
#include <string>

#include <ports/time.hpp>

namespace chronofault::triggers {

inline constexpr const char* default_group = "DEFAULT";

/// org.quartz.utils.Key. Ordered by group, DEFAULT before all others, then by name; by UTF-16 code units.
struct TriggerKey {
  TriggerKey() = default;
  TriggerKey(std::string group, std::string name) : group(std::move(group)), name(std::move(name)) {}

  std::string group = default_group;
  std::string name;

  friend bool operator==(const TriggerKey&, const TriggerKey&) = default;
  friend std::strong_ordering operator<=>(const TriggerKey& a, const TriggerKey& b);
};

/// TriggerTimeComparator: earlier next fire time (none last), then higher priority, then key.
struct TriggerOrder {
  TriggerOrder(std::optional<WallTime> next, int priority, TriggerKey key)
      : next(next), priority(priority), key(std::move(key)) {}

  std::optional<WallTime> next;
  int priority;
  TriggerKey key;

  friend std::strong_ordering operator<=>(const TriggerOrder& a, const TriggerOrder& b);
  friend bool operator==(const TriggerOrder&, const TriggerOrder&) = default;
};

}  // namespace chronofault::triggers
