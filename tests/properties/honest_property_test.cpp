// A model of a scheduler that keeps its contract violates nothing, whatever it draws; each single lie is caught by the
// property that guards against it, and by no other.
#include <algorithm>
#include <map>

#include <catch2/catch.hpp>

#include <support/property.hpp>

#include "court.hpp"

using namespace court;
using namespace chronofault::literals;

namespace {

enum class Lie { none, drop, twice, late, false_success, false_failure, no_outcome, foreign };

// What one seed decides, by a generator of its own.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::int64_t below(std::int64_t n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::int64_t>((state_ >> 33) % static_cast<std::uint64_t>(n));
  }

 private:
  std::uint64_t state_;
};

struct Act {
  Duration at;
  int what;  // 0 taken and dispatched, 1 began, 2 ended, 3 outcome
  int fire;
};

// Ten minutes of one cron job; the lie is told about the fire of minute `victim`.
std::string judged(std::uint64_t seed, Lie lie) {
  Dice dice(seed);
  Court c;
  DeclaredJob declared = job("a", cron("0 * * * * ?"));
  declared.contract.guarantee = Guarantee::at_most_once;
  c.roster.add(declared);
  c.open();
  const int victim = 1 + static_cast<int>(dice.below(9));
  std::vector<Act> acts;
  std::vector<bool> well(12);
  for (int minute = 1; minute <= 10; ++minute) {
    const bool chosen = minute == victim;
    if (chosen && lie == Lie::drop) continue;
    Duration at = Duration::minutes(minute) + Duration::us(dice.below(10'000'000));
    acts.push_back({at, 0, minute});
    at += Duration::us(dice.below(20'000'000));
    if (chosen && lie == Lie::late) at = Duration::minutes(minute) + 30_s + 1_us + Duration::us(dice.below(3'600'000));
    acts.push_back({at, 1, minute});
    at += Duration::us(1 + dice.below(10'000'000));
    well[static_cast<std::size_t>(minute)] = dice.below(3) > 0;
    acts.push_back({at, 2, minute});
    if (!chosen || lie != Lie::no_outcome) acts.push_back({at + Duration::us(dice.below(10'000'000)), 3, minute});
  }
  std::stable_sort(acts.begin(), acts.end(), [](const Act& a, const Act& b) { return a.at < b.at; });
  std::vector<std::string> worker_of(12);
  std::map<std::string, Duration> failed;
  for (const Act& act : acts) {
    c.to(act.at);
    const bool chosen = act.fire == victim;
    bool ok = well[static_cast<std::size_t>(act.fire)];
    if (chosen && lie == Lie::false_success) ok = false;
    if (chosen && lie == Lie::false_failure) ok = true;
    std::string& worker = worker_of[static_cast<std::size_t>(act.fire)];
    if (act.what == 0) {
      worker = failed["w1"] <= failed["w2"] ? "w1" : "w2";  // the one whose last failure is longer ago
      c.taken("a", act.fire, Duration::minutes(act.fire));
      c.dispatched("a", act.fire, chosen && lie == Lie::foreign ? "s2" : "s1", worker.c_str());
    } else if (act.what == 1) {
      c.began("a", act.fire, worker);
    } else if (act.what == 2) {
      c.ended("a", act.fire, ok, worker);
      if (!ok) failed[worker] = act.at;
      if (chosen && lie == Lie::twice) {
        c.began("a", act.fire, worker, 0, -1, 1);
        c.ended("a", act.fire, ok, worker, 0, -1, 1);
      }
    } else {
      c.outcome("a", act.fire, (chosen && (lie == Lie::false_success || lie == Lie::false_failure)) ? !ok : ok);
    }
  }
  c.to(10_min + 59_s);
  c.operate("pause", "a", OperatorResult::accepted(0, std::nullopt));
  c.to(15_min);
  return c.violated();
}

}  // namespace

TEST_CASE("an honest scheduler violates nothing, and each lie exactly its property") {
  const std::vector<std::pair<Lie, std::string>> lies = {
      {Lie::none, ""},
      {Lie::drop, "no-lost-run"},
      {Lie::twice, "no-duplicate-run"},
      {Lie::late, "no-lost-run"},
      {Lie::false_success, "outcome-true"},
      {Lie::false_failure, "outcome-true"},
      {Lie::no_outcome, "no-stuck-run"},
      {Lie::foreign, "owner-acts"},
  };
  for (const auto& [lie, property] : lies) {
    support::check_property("lie " + std::to_string(static_cast<int>(lie)),
                            [lie = lie, property = property](std::uint32_t seed) {
                              const std::string seen = judged(seed, lie);
                              RC_ASSERT(seen == property);
                            });
  }
}
