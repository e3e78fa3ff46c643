// `expect:` of one variant.
#include <scenarios/property_names.hpp>

#include "reading.hpp"

namespace chronofault::scenarios {
namespace {

std::optional<Expectation> read_expectation(Reading& r, const Node& node, const std::string& path) {
  Fields fields(node, "an expectation", r.problems);
  Expectation e;
  const Node* const property = fields.need("property", "one of " + listed(property_names()));
  const auto name =
      property != nullptr ? r.values.name(*property, path + "/property", "property", property_names()) : std::nullopt;
  if (const Node* seeds = fields.need("seeds", "all, some or none: how many seeds violate the property")) {
    const auto word = r.values.name(*seeds, path + "/seeds", "share of the seeds", {"all", "some", "none"});
    if (word) e.seeds = *word == "all" ? Seeds::all : *word == "some" ? Seeds::some : Seeds::none;
  }
  if (const Node* share = fields.get("share")) {
    if (!share->is_list() || share->items.size() != 2) {
      r.problems.add(share->place, "`share` is " + described(*share), "[lowest, highest] such as [0.2, 0.9]");
    } else {
      const auto low = r.values.decimal(share->items[0], path + "/share/1", 0, 1'000'000);
      const auto high = r.values.decimal(share->items[1], path + "/share/2", 0, 1'000'000);
      if (low && high && *low > *high)
        r.problems.add(share->place, "a share from high to low", "the lower bound first");
      if (low && high) e.share_ppm.emplace(*low, *high);
    }
  }
  if (const Node* because = fields.get("because")) {
    std::vector<const Node*> patterns;
    if (because->is_list()) {
      for (const Node& item : because->items) patterns.push_back(&item);
    } else {
      patterns.push_back(because);
    }
    for (const Node* pattern : patterns) {
      if (auto read = read_pattern(r, *pattern, path + "/because")) e.because.push_back(std::move(*read));
    }
  }
  fields.done();
  if (!name) return std::nullopt;
  e.property = *name;
  return e;
}

/// The share of violating runs that an expectation allows, in parts per million.
std::pair<std::int64_t, std::int64_t> share_of(const Expectation& e) {
  if (e.share_ppm) return *e.share_ppm;
  return {e.seeds == Seeds::all ? 1'000'000 : 0, e.seeds == Seeds::none ? 0 : 1'000'000};
}

/// No number of runs can meet what contradicts itself.
void check_agreement(Reading& r, const Node& node, const Expectation& e, const std::vector<Expectation>& others) {
  const auto [low, high] = share_of(e);
  const bool right = e.seeds == Seeds::all ? high == 1'000'000 : e.seeds == Seeds::none ? low == 0 : high > 0;
  if (!right) {
    r.problems.add(node.find("share")->place, "a share that contradicts `seeds`",
                   e.seeds == Seeds::all    ? "[..., 1]"
                   : e.seeds == Seeds::none ? "[0, ...]"
                                            : "a share above 0");
    return;
  }
  for (const Expectation& other : others) {
    if (other.property != e.property) continue;
    const auto [other_low, other_high] = share_of(other);
    if ((e.seeds == Seeds::none) == (other.seeds == Seeds::none) && low <= other_high && other_low <= high) continue;
    r.problems.add(node.find("property")->place, "'" + e.property + "' is expected above to be otherwise",
                   "expectations of one property that can hold together");
    return;
  }
}

}  // namespace

std::vector<Expectation> read_expectations(Reading& r, const Node& node, const std::string& path) {
  std::vector<Expectation> all;
  const auto& entries = entries_of(node, "the list of expectations", r.problems);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const std::size_t before = r.problems.count();
    auto e = read_expectation(r, entries[i], path + "/" + std::to_string(i + 1));
    if (!e || r.problems.count() != before) continue;
    check_agreement(r, entries[i], *e, all);
    all.push_back(std::move(*e));
  }
  return all;
}

}  // namespace chronofault::scenarios
