// The wheel without a thread against a thread that ticks slot by slot, clock steps in both directions included.
#include <deque>
#include <set>

#include <catch2/catch.hpp>

#include <powerjob/rules/timers.hpp>
#include <support/property.hpp>

namespace {

using namespace chronofault;
using namespace chronofault::powerjob;

using Fired = std::vector<std::pair<std::uint64_t, std::int64_t>>;  // entry, tick

/// powerjob 7.6, loop by loop, in ms; its wall clock is what the test says it is.
class TickingWheel {
 public:
  TickingWheel(std::int64_t started, std::int64_t mono, std::int64_t tick, std::int64_t slots)
      : started_(started), tick_(tick), slots_(static_cast<std::size_t>(slots)) {
    begin_loop(started, mono);
  }
  void add(std::uint64_t entry, std::int64_t now, std::int64_t delay) {
    const std::int64_t span = now + delay - started_;
    waiting_.push_back({entry, span >= 0 ? span / tick_ : -((-span + tick_ - 1) / tick_)});
  }
  void cancel(std::uint64_t entry) { cancelled_.insert(entry); }
  void run(std::int64_t wall, std::int64_t mono, Fired& fired) {
    while (wakes_ <= mono) {
      std::deque<Entry>& slot = slots_[static_cast<std::size_t>(k_) % slots_.size()];
      std::deque<Entry> kept;
      for (const Entry& e : slot) {
        if (cancelled_.contains(e.id)) continue;
        if (e.total_ticks <= k_) {
          fired.emplace_back(e.id, k_);
        } else {
          kept.push_back(e);
        }
      }
      slot = kept;
      ++k_;
      begin_loop(wall, mono);
    }
  }

 private:
  struct Entry {
    std::uint64_t id;
    std::int64_t total_ticks;
  };
  void begin_loop(std::int64_t wall, std::int64_t mono) {
    const auto n = static_cast<std::int64_t>(slots_.size());
    for (const Entry& e : waiting_) slots_[static_cast<std::size_t>(((e.total_ticks % n) + n) % n)].push_back(e);
    waiting_.clear();
    const std::int64_t sleep = started_ + (k_ + 1) * tick_ - wall;
    wakes_ = mono + (sleep > 0 ? sleep : 0);
  }
  std::int64_t started_;
  std::int64_t tick_;
  std::int64_t k_ = 0;
  std::int64_t wakes_ = 0;
  std::vector<std::deque<Entry>> slots_;
  std::vector<Entry> waiting_;
  std::set<std::uint64_t> cancelled_;
};

struct Op {
  int kind = 0;  // 0, 1: add, 2: cancel, 3: step of the wall clock
  std::int64_t after_ms = 0;
  std::int64_t amount = 0;
};

rc::Gen<Op> any_op() {
  return rc::gen::map(rc::gen::tuple(rc::gen::inRange(0, 8), rc::gen::inRange<std::int64_t>(0, 60),
                                     rc::gen::inRange<std::int64_t>(-150, 300)),
                      [](const auto& t) {
                        const int kind = std::get<0>(t);
                        return Op{kind < 5 ? 0 : kind == 5 ? 2 : 3, std::get<1>(t), std::get<2>(t)};
                      });
}

void against_ticking(bool observe_each_ms) {
  const auto tick = *rc::gen::inRange<std::int64_t>(1, 12);
  const auto slots = *rc::gen::element(2, 4, 8, 16);
  const auto ops = *rc::gen::container<std::vector<Op>>(any_op());
  const auto start_wall = *rc::gen::inRange<std::int64_t>(-100, 100'000);

  std::int64_t mono = 500;
  std::int64_t offset = start_wall - mono;
  TickingWheel reference(start_wall, mono, tick, slots);
  TimerWheel wheel(WallTime::from_ms(start_wall), MonoTime::from_ms(mono), Duration::ms(tick), slots);
  const auto observe = [&] { wheel.observe(WallTime::from_ms(mono + offset), MonoTime::from_ms(mono)); };
  Fired expected;
  Fired seen;
  const auto compare = [&] {
    observe();
    for (const TimerWheel::Due& due : wheel.take_due()) seen.emplace_back(due.entry, due.tick);
    RC_ASSERT(seen == expected);
  };
  const auto pass_time = [&](std::int64_t ms) {
    for (std::int64_t i = 0; i < ms; ++i) {
      ++mono;
      reference.run(mono + offset, mono, expected);
      if (observe_each_ms) compare();
    }
    compare();
  };
  std::vector<TimerWheel::Entry> entries;
  for (const Op& op : ops) {
    pass_time(op.after_ms);
    if (op.kind == 3) {
      offset += op.amount;
      observe();
    } else if (op.kind == 2 && !entries.empty()) {
      const TimerWheel::Entry entry = entries[static_cast<std::size_t>(op.amount + 150) % entries.size()];
      const bool waits = wheel.waiting(entry);
      RC_ASSERT(wheel.cancel(entry) == waits);
      if (waits) reference.cancel(entry);
    } else if (op.kind == 0) {
      const std::int64_t delay = op.amount <= 0 ? 1 - op.amount : op.amount;
      const TimerWheel::Entry entry = wheel.add(WallTime::from_ms(mono + offset), Duration::ms(delay));
      reference.add(entry, mono + offset, delay);
      entries.push_back(entry);
    }
  }
  pass_time(3000 + 200 * static_cast<std::int64_t>(ops.size()) + tick * slots * 2);
  RC_TAG(ops.size() > 20 ? "long" : "short");
}

}  // namespace

TEST_CASE("the next occupied slot is what ticking finds", "[powerjob:7.6]") {
  support::check_property("observed every millisecond", [] { against_ticking(true); });
  support::check_property("observed at operations only", [] { against_ticking(false); });
}

TEST_CASE("a drifting clock does not lose the tick count", "[powerjob:7.6]") {
  support::check_property("current tick", [] {
    const auto ppm = *rc::gen::inRange<std::int64_t>(-500, 501);
    const auto tick_ms = *rc::gen::element<std::int64_t>(1, 10'000);
    const auto gaps = *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(1, 3'600'000'000));
    TickCounter ticks(WallTime::from_ms(77), MonoTime(), Duration::ms(tick_ms));
    std::int64_t mono_us = 0;
    for (const std::int64_t gap : gaps) {
      mono_us += gap;
      const WallTime wall = WallTime::from_us(77'000 + mono_us + mono_us / 1'000'000 * ppm);
      ticks.observe(wall, MonoTime::from_us(mono_us));
      RC_ASSERT(ticks.current() == (wall.us() - 77'000) / (tick_ms * 1'000));
    }
  });
}

TEST_CASE("a delay of two levels is one millisecond late or a revolution", "[powerjob:7.6]") {
  support::check_property("lateness", [] {
    const auto at = *rc::gen::inRange<std::int64_t>(0, 100'000);
    const auto delay =
        *rc::gen::oneOf(rc::gen::inRange<std::int64_t>(1, 200'000), rc::gen::inRange<std::int64_t>(59'990, 70'010));
    Timers timers(WallTime(), MonoTime(), Profile::v340());
    timers.observe(WallTime::from_ms(at), MonoTime::from_ms(at));
    RC_ASSERT(!timers.schedule(1, Duration::ms(delay), 9));
    RC_ASSERT(timers.has_handle(1) == (delay > 1000));
    std::optional<std::int64_t> fired_at;
    while (!fired_at) {
      const auto fast = timers.next(Timers::Wheel::fast);
      const auto slow = timers.next(Timers::Wheel::slow);
      const auto wheel = fast ? Timers::Wheel::fast : Timers::Wheel::slow;
      const WallTime until = fast ? fast->until : slow.value().until;
      timers.observe(until, MonoTime::from_us(until.us()));
      if (!timers.take_due(wheel).empty()) fired_at = until.ms();
    }
    const std::int64_t rest_of_tick = 10'000 - at % 10'000;
    const bool misses_slot = delay > 60'000 && delay < 60'000 + rest_of_tick;
    const std::int64_t late = *fired_at - at - delay;
    RC_ASSERT((misses_slot ? late > 100'000 && late < 110'000 : late == 1));
  });
}

TEST_CASE("cancel works while the timer waits, in either wheel", "[powerjob:7.6]") {
  Timers timers(WallTime(), MonoTime(), Profile::v411());
  const auto go_to = [&timers](std::int64_t ms) { timers.observe(WallTime::from_ms(ms), MonoTime::from_ms(ms)); };
  go_to(5);
  timers.schedule(1, Duration::ms(100'000), 11);
  timers.schedule(2, Duration::ms(100'000), 12);
  timers.schedule(3, Duration::ms(900), 13);
  REQUIRE_FALSE(timers.has_handle(3));
  REQUIRE(timers.cancel(1));
  REQUIRE_FALSE(timers.cancel(1));
  go_to(50'000);
  REQUIRE(timers.take_due(Timers::Wheel::slow).empty());
  REQUIRE(timers.take_due(Timers::Wheel::fast).size() == 1);
  REQUIRE(timers.has_handle(2));  // now in the fast wheel
  REQUIRE(timers.cancel(2));
  go_to(300'000);
  REQUIRE(timers.take_due(Timers::Wheel::fast).empty());
  REQUIRE(timers.size() == 0);
}

TEST_CASE("a delay that is over runs at once", "[powerjob:7.6]") {
  Timers timers(WallTime(), MonoTime(), Profile::v411());
  const auto fired = timers.schedule(1, Duration{}, 4);
  REQUIRE(fired.has_value());
  REQUIRE(fired->token == 4);
  REQUIRE(fired->wheel == Timers::Wheel::none);
  REQUIRE(timers.schedule_inaccurate(-Duration::ms(1), 5).has_value());
  REQUIRE_FALSE(timers.schedule_inaccurate(Duration::ms(10'000), 6).has_value());
  REQUIRE(timers.next(Timers::Wheel::inaccurate)->until == WallTime::from_ms(15'000));
}
