// The verdict on one run, and its JSON form.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <scenarios/property.hpp>
#include <scenarios/slice.hpp>
#include <sim/kernel/digest.hpp>

namespace chronofault::scenarios {

struct Verdict {
  std::string scenario;
  std::string variant;
  std::uint64_t seed = 0;
  sim::TrueTime start;
  sim::TrueTime until;
  sim::TrueTime end;    // when the run really ended
  Duration utc_offset;  // of printed instants
  Duration settle;
  std::uint64_t steps = 0;
  sim::Hash128 digest;         // of the run
  sim::Hash128 domain_digest;  // of domain records alone
  std::vector<PropertyResult> properties;
  std::vector<std::pair<std::string, std::int64_t>> metrics;  // "messages sent", in the order of printing
  /// Of the first violation of each violated property, when a trace was kept: (property, slice).
  std::vector<std::pair<std::string, Slice>> slices;

  const PropertyResult* find(std::string_view property) const;
  bool violated(std::string_view property) const;
};

/// Pretty-printed JSON, the same bytes for the same verdict; instants as "2022-02-25T02:36:13.959+08:00".
std::string to_json(const Verdict& verdict);
/// One line per property: "violated  no-lost-run  (1 of 1): ...".
std::string to_text(const Verdict& verdict);

}  // namespace chronofault::scenarios
