// When something that is not a reaction happens: `at:`, or `every:` from `from:` to `until:`.
#include "reading.hpp"

namespace chronofault::scenarios {
namespace {

constexpr std::size_t occurrences_max = 10'000;

/// What lies outside of the run would never happen, without a word.
bool in_run(Reading& r, const Node& node, sim::TrueTime instant) {
  if (instant < r.plan.start) {
    r.problems.add(node.place, "the instant is before the start of the scenario",
                   "an instant from " + faults::to_string(r.plan.start, r.plan.utc_offset) + " on");
  } else if (instant > r.plan.until) {
    r.problems.add(node.place, "the instant is after the end of the scenario",
                   "an instant up to " + faults::to_string(r.plan.until, r.plan.utc_offset));
  }
  return instant >= r.plan.start && instant <= r.plan.until;
}

}  // namespace

std::vector<sim::TrueTime> read_instants(Reading& r, Fields& fields, const std::string& path) {
  const Node* const at = fields.get("at");
  const Node* const every = fields.get("every");
  const Node* const from = fields.get("from");
  const Node* const until = fields.get("until");
  std::vector<sim::TrueTime> instants;
  if (at != nullptr) {
    for (const Node* other : {every, from, until}) {
      if (other != nullptr) r.problems.add(other->place, "'at' with another time", "at, or every with from and until");
    }
    const auto instant = r.values.instant(*at, path + "/at");
    if (instant && in_run(r, *at, *instant)) instants.push_back(*instant);
    return instants;
  }
  const auto interval = r.values.duration(*every, path + "/every", Duration::ms(1));
  sim::TrueTime end = r.plan.until;
  if (until != nullptr) end = r.values.instant(*until, path + "/until").value_or(end);
  if (until != nullptr && !in_run(r, *until, end)) return instants;
  std::optional<sim::TrueTime> next;
  if (from != nullptr) next = r.values.instant(*from, path + "/from");
  if (!interval || (next && !in_run(r, *from, *next))) return instants;
  // The draw of the interval is made anew for each; the one above was the first.
  if (!next) next = r.plan.start + *interval;
  while (*next < end) {
    if (instants.size() == occurrences_max) {
      r.problems.add(every->place, "more than 10000 occurrences", "a longer interval, or `until`");
      return {};
    }
    instants.push_back(*next);
    const auto again = r.values.duration(*every, path + "/every", Duration::ms(1));
    if (!again) break;
    *next += *again;
  }
  // A drawn interval may be a long one.
  if (instants.empty() && !Values::is_draw(*every)) {
    r.problems.add(every->place, "no occurrence before " + faults::to_string(end, r.plan.utc_offset),
                   "a shorter interval, or an earlier `from`");
  }
  return instants;
}

}  // namespace chronofault::scenarios
