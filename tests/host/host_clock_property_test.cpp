// The clocks of a machine under any sequence of steps, drifts, slews and freezes.
#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <catch2/catch.hpp>

#include <sim/host/clock_line.hpp>
#include <support/cluster.hpp>
#include <support/property.hpp>

namespace {

using namespace support;
using sim::ClockLine;
using sim::Thaw;

TEST_CASE("a clock line: when() is the first instant that shows a value", "[design:4]") {
  check_property("inverse", [](std::int64_t start, const std::vector<std::tuple<int, int, int>>& changes) {
    TrueTime now = TrueTime::from_us(1'000'000 + start % 1'000'000'000);
    ClockLine line(now, start % 5'000'000);
    for (const auto& [pause, ppm, step] : changes) {
      now += Duration::us(std::abs(pause % 2'000'000));
      if (ppm % 3 == 0) {
        line.step(now, Duration::us(step % 10'000'000));
      } else {
        line.set_rate(now, std::max(-1'000'000, ppm % 300'000));
      }
      const std::int64_t shown = line.at(now);
      for (const std::int64_t ahead : {0, 1, 2, 999'999, 1'000'000, 123'456'789}) {
        const TrueTime reached = line.when(shown + ahead);
        if (line.ppm() == ClockLine::ppm_of_standstill) {
          RC_ASSERT(ahead == 0 || reached == TrueTime::max());
          continue;
        }
        const TrueTime first = std::max(reached, now);
        RC_ASSERT(line.at(first) >= shown + ahead);
        if (first > now) RC_ASSERT(line.at(first - 1_us) < shown + ahead);
      }
    }
  });
}

enum class ChangeKind { step, drift, slew, stand_still, freeze, thaw_step, thaw_behind };

struct Change {
  Duration at;
  ChangeKind kind;
  std::int64_t amount;  // us of a step, ppm of a drift or slew
};

void apply(sim::Machine& machine, const Change& change) {
  sim::HostClock& clock = machine.clock();
  switch (change.kind) {
    case ChangeKind::step:
      clock.step_wall(Duration::us(change.amount));
      break;
    case ChangeKind::drift:
      clock.set_drift(change.amount);
      break;
    case ChangeKind::slew:
      clock.set_wall_rate(change.amount);
      break;
    case ChangeKind::stand_still:
      clock.set_wall_rate(ClockLine::ppm_of_standstill);
      break;
    case ChangeKind::freeze:
      machine.freeze(0);
      break;
    case ChangeKind::thaw_step:
      machine.thaw(Thaw::step, 0);
      break;
    case ChangeKind::thaw_behind:
      machine.thaw(Thaw::behind, 0);
      break;
  }
}

std::vector<Change> changes_of(const std::vector<ChangeKind>& kinds, std::int64_t span_us, std::int64_t ppm_max,
                               std::int64_t step_max) {
  const auto count = *rc::gen::inRange(0, 9);
  std::vector<Change> changes;
  for (int i = 0; i < count; ++i) {
    Change change{};
    change.at = Duration::us(*rc::gen::inRange<std::int64_t>(0, span_us));
    change.kind = *rc::gen::elementOf(kinds);
    change.amount = change.kind == ChangeKind::step ? *rc::gen::inRange<std::int64_t>(-step_max, step_max + 1)
                                                    : *rc::gen::inRange<std::int64_t>(-ppm_max, ppm_max + 1);
    changes.push_back(change);
  }
  std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.at < b.at; });
  return changes;
}

const std::vector<ChangeKind> all_kinds{ChangeKind::step,        ChangeKind::drift,  ChangeKind::slew,
                                        ChangeKind::stand_still, ChangeKind::freeze, ChangeKind::thaw_step,
                                        ChangeKind::thaw_behind};

Task<> idle(Ports& ports) { co_await ports.clock.sleep_for(Duration::hours(1'000)); }

TEST_CASE("the monotonic clock never goes back, and wall instants are found again", "[design:4]") {
  check_property("monotonic", [] {
    const auto changes = changes_of(all_kinds, 60'000'000, 200'000, 100'000'000);
    Cluster cluster;
    sim::Process& process = cluster.add("host", idle);
    sim::HostClock& clock = process.machine().clock();
    for (const Change& change : changes)
      cluster.at(change.at, [&process, change] { apply(process.machine(), change); });
    MonoTime before = clock.mono();
    for (Duration t; t < 61_s; t += Duration::us(333'331)) {
      cluster.run_until(t);
      RC_ASSERT(clock.mono() >= before);
      before = clock.mono();
      const TrueTime in_a_while = clock.when(clock.mono() + 1_s);
      if (in_a_while != TrueTime::max()) RC_ASSERT(clock.at(in_a_while) >= clock.mono() + 1_s);
      if (in_a_while != TrueTime::max()) RC_ASSERT(clock.at(in_a_while - 1_us) < clock.mono() + 1_s);
    }
  });
}

TEST_CASE("a sleep lasts its monotonic time, whatever the wall clock does", "[design:4]") {
  check_property("sleeps", [] {
    const auto changes = changes_of({ChangeKind::step, ChangeKind::slew, ChangeKind::stand_still}, 5'000'000, 500'000,
                                    1'000'000'000'000);
    const Duration d = Duration::us(*rc::gen::inRange<std::int64_t>(1, 6'000'000));
    Cluster cluster;
    std::optional<Duration> woke;
    const auto main = [&, d](Ports& ports) -> Task<> {
      return [](Ports& p, Cluster* c, Duration wanted, std::optional<Duration>* out) -> Task<> {
        co_await p.clock.sleep_for(wanted);
        *out = c->now();
      }(ports, &cluster, d, &woke);
    };
    sim::Process& process = cluster.add("host", main);
    for (const Change& change : changes)
      cluster.at(change.at, [&process, change] { apply(process.machine(), change); });
    cluster.run_until(10_s);
    RC_ASSERT(woke.has_value());
    RC_ASSERT(*woke == d);
  });
}

// The loop that Clock::tick_until stands for, tick by tick.
Task<> tick_by_tick(Clock* clock, TickLoop loop, WallTime until, Cluster* cluster, std::optional<Duration>* out) {
  if (until > clock->wall()) {
    std::int64_t tick = (clock->wall() - loop.origin) / loop.tick;
    if (clock->wall() - loop.origin < loop.tick * tick) --tick;
    while (true) {
      const WallTime end = loop.origin + loop.tick * (tick + 1);
      const Duration ahead = end - clock->wall();
      if (ahead > Duration{}) co_await clock->sleep_for(ahead);
      if (end >= until) break;
      ++tick;
    }
  }
  *out = cluster->now();
}

Task<> at_once(Clock* clock, TickLoop loop, WallTime until, Cluster* cluster, std::optional<Duration>* out) {
  co_await clock->tick_until(loop, until);
  *out = cluster->now();
}

struct Seen {
  std::optional<Duration> ticking;
  std::optional<Duration> at_once;
};

Seen run_both(const std::vector<Change>& changes, Duration tick, std::int64_t ticks, Duration phase) {
  Cluster cluster;
  Seen seen;
  sim::MachineOptions options;
  options.name = "host";
  sim::Machine& machine = cluster.add_machine(options);
  const TickLoop loop{machine.clock().wall() - phase, tick};
  const WallTime until = machine.clock().wall() + tick * ticks + Duration::us(phase.count_us() / 2);
  using Wait = Task<> (*)(Clock*, TickLoop, WallTime, Cluster*, std::optional<Duration>*);
  const auto add = [&](const std::string& name, Wait wait, std::optional<Duration>* out) {
    cluster.add_on(machine, name, [&cluster, loop, until, wait, out](Ports& ports) {
      return wait(&ports.clock, loop, until, &cluster, out);
    });
  };
  add("ticking", tick_by_tick, &seen.ticking);
  add("at-once", at_once, &seen.at_once);
  for (const Change& change : changes) cluster.at(change.at, [&machine, change] { apply(machine, change); });
  cluster.run_until(Duration::hours(2));
  return seen;
}

Duration some_tick() { return *rc::gen::element(1_ms, 7_ms, Duration::us(333), 100_ms); }

TEST_CASE("tick_until is equal to ticking under steps, drift and freezes", "[design:4]") {
  check_property(
      "equal",
      [] {
        const Duration tick = some_tick();
        const std::int64_t ticks = *rc::gen::inRange<std::int64_t>(0, 200);
        const Duration phase = Duration::us(*rc::gen::inRange<std::int64_t>(0, 5 * tick.count_us()));
        const std::int64_t span = tick.count_us() * (ticks + 2);
        const auto changes = changes_of({ChangeKind::step, ChangeKind::step, ChangeKind::drift, ChangeKind::freeze,
                                         ChangeKind::thaw_step, ChangeKind::thaw_behind},
                                        span, 100'000, tick.count_us() * *rc::gen::element<std::int64_t>(1, 3, 300));
        const Seen seen = run_both(changes, tick, ticks, phase);
        RC_TAG(seen.ticking.has_value() ? "ended" : "frozen for good");
        RC_ASSERT(seen.ticking == seen.at_once);
      },
      PropertyOptions{.cases_percent = 500});
}

TEST_CASE("tick_until is equal to ticking while the wall clock is slewed or stands still", "[design:4]") {
  check_property("equal to a microsecond", [] {
    const Duration tick = some_tick();
    const std::int64_t ticks = *rc::gen::inRange<std::int64_t>(0, 200);
    const std::int64_t span = tick.count_us() * (ticks + 2);
    const auto changes = changes_of({ChangeKind::step, ChangeKind::slew, ChangeKind::freeze, ChangeKind::thaw_behind},
                                    span, 10'000, tick.count_us() * 3);
    const Seen seen = run_both(changes, tick, ticks, Duration::us(17));
    RC_ASSERT(seen.ticking.has_value() == seen.at_once.has_value());
    if (seen.ticking) RC_ASSERT(*seen.ticking - *seen.at_once <= 1_us);
    if (seen.ticking) RC_ASSERT(*seen.at_once - *seen.ticking <= 1_us);
  });
  check_property("equal", [] {
    const Duration tick = some_tick();
    const std::int64_t ticks = *rc::gen::inRange<std::int64_t>(0, 60);
    const std::int64_t span = tick.count_us() * (ticks + 2);
    const auto changes =
        changes_of({ChangeKind::step, ChangeKind::stand_still, ChangeKind::slew}, span, 400'000, tick.count_us() * 3);
    // A large slew is computed tick by tick too.
    std::vector<Change> large = changes;
    for (Change& change : large) {
      if (change.kind == ChangeKind::slew) change.amount += change.amount < 0 ? -20'000 : 20'000;
    }
    const Seen seen = run_both(large, tick, ticks, Duration::us(17));
    RC_ASSERT(seen.ticking == seen.at_once);
  });
}

}  // namespace
