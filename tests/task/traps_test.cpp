// Each rule of docs/coroutines.md in the form that it allows, run to its end and ended after each of its steps. A new
// compiler is judged by this file.
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/task/race.hpp>
#include <ports/task/sync.hpp>
#include <support/bench.hpp>

namespace {

using namespace support;

struct Options {
  Options() {}
  explicit Options(std::string name) : name(std::move(name)) {}
  Options(std::string name, int count) : name(std::move(name)), count(count) {}
  Watched watched;
  std::string name = "a name that is too long for the small string";
  int count = 1;
};
struct TrivialAggregate {
  int a;
  double b;
};
struct UnsafeAggregate {
  std::string text;
  int n;
};
struct Pair {
  Pair(Watched first, Watched second) : first(std::move(first)), second(std::move(second)) {}
  Watched first;
  Watched second;
};
struct Aggregate {
  Watched first;
  Watched second;
};

// Trap 1 is a compile-time error.
static_assert(safe_in_coroutine<Options>);
static_assert(safe_in_coroutine<TrivialAggregate>);
static_assert(safe_in_coroutine<std::string>);
static_assert(safe_in_coroutine<const std::vector<Watched>&>);
static_assert(!safe_in_coroutine<UnsafeAggregate>);
static_assert(!safe_in_coroutine<UnsafeAggregate&>);
static_assert(!safe_in_coroutine<const UnsafeAggregate&>);
static_assert(!safe_in_coroutine<std::array<std::string, 2>>);

using B = Bench*;

Task<> pause(B b) { co_await b->sleep(1_us); }
Task<Watched> make(B b, std::string text) {
  co_await b->sleep(1_us);
  Watched result(std::move(text));
  co_return result;
}
Task<std::string> take(B b, Options options) {
  co_await b->sleep(1_us);
  std::string text = options.watched.text() + options.name;
  co_return text;
}
Task<std::string> take_default(B b, Options options = {}) {
  co_await b->sleep(1_us);
  co_return options.name;
}
Task<int> number(B b, int n) {
  co_await b->sleep(1_us);
  co_return n;
}
Task<bool> yes(B b, Watched watched) {
  co_await b->sleep(1_us);
  co_return !watched.text().empty();
}

/// An operation with a non-trivial member and a constructor; its awaiter is another type.
class Operation {
 public:
  explicit Operation(std::string text) : watched_(std::move(text)) {}
  class Awaiter : public Suspension {
   public:
    explicit Awaiter(Watched watched) : Suspension(StepKind::sleep), watched_(std::move(watched)) {}
    bool await_ready() const noexcept { return false; }
    template <class P>
    void await_suspend(std::coroutine_handle<P> self) noexcept {
      suspend(self);
      executor().at(wake_, executor().now() + 1_us);
    }
    Watched await_resume() { return std::move(watched_); }

   private:
    Watched watched_;
  };
  Awaiter operator co_await() && { return Awaiter(std::move(watched_)); }

 private:
  Watched watched_;
};

class Speaker {
 public:
  explicit Speaker(std::string text) : watched_(std::move(text)) {}
  Task<std::string> speak(B b) {
    co_await b->sleep(1_us);
    co_return watched_.text();
  }

 private:
  Watched watched_;
};

Task<> row_1_constructed_structs(B b) {
  const std::string a = co_await take(b, Options("first name, rather long indeed", 2));
  CHECK(a.find("first name") != std::string::npos);
  const std::string d = co_await take_default(b);
  CHECK(d.size() > 20);
  const std::string e = co_await take(b, {"braces call the constructor, which is right", 3});
  CHECK(e.find("braces") != std::string::npos);
  const std::string s = co_await Speaker("spoken from a temporary object").speak(b);
  CHECK(s == "spoken from a temporary object");
  const Watched w = co_await Operation("an operation that owns a text");
  CHECK(w.text() == "an operation that owns a text");
  auto r = co_await race(Operation("an operation inside a race, first"), Operation("the second operation of it"));
  CHECK(r.index() == 0);
  auto holder = std::make_unique<Options>(Options("made unique with a long enough name"));
  const std::string u = co_await take(b, std::move(*holder));
  CHECK(u.find("made unique") != std::string::npos);
}

Task<std::string> call(B b, std::function<std::string()> f) {
  co_await b->sleep(1_us);
  co_return f();
}
template <class F>
Task<std::string> call_template(B b, F f) {
  co_await b->sleep(1_us);
  co_return f();
}

Task<> row_2_named_closures(B b) {
  Watched watched("captured by a closure that has a name");
  auto closure = [watched] { return watched.text(); };
  const std::string first = co_await call(b, closure);
  CHECK(first == watched.text());
  const std::string second = co_await call_template(b, std::move(closure));
  CHECK(second == watched.text());
  int n = 6;
  ++n;
  const std::string third = co_await call_template(b, [n] { return std::to_string(n); });
  CHECK(third == "7");
  auto run = [watched](B bench) -> Task<std::string> {
    co_await bench->sleep(1_us);
    co_return watched.text();
  };
  const std::string fourth = co_await run(b);
  CHECK(fourth == watched.text());
}

Task<> row_3_if_instead_of_conditional(B b) {
  for (int n = 0; n < 2; ++n) {
    std::string text;
    if (n == 0) {
      text = co_await take(b, Options("zero is the name of the first branch"));
    } else {
      text = co_await call(b, std::function<std::string()>());
    }
    CHECK(text.find("zero") != std::string::npos);
    const int m = n == 0 ? co_await number(b, 1) : co_await number(b, 2);
    CHECK(m == n + 1);
    if (co_await yes(b, Watched()) && co_await yes(b, Watched())) co_await pause(b);
    if (!co_await yes(b, Watched()) || co_await yes(b, Watched())) co_await pause(b);
    if (n == 0) break;
  }
}

Task<std::size_t> count(B b, std::vector<Watched> all) {
  co_await b->sleep(1_us);
  co_return all.size();
}

Task<> row_4_named_vectors(B b) {
  std::vector<Watched> named{Watched("one of three"), Watched("two of three"), Watched("three of three")};
  const std::size_t copied = co_await count(b, named);
  CHECK(copied == 3);
  const std::size_t moved = co_await count(b, std::move(named));
  CHECK(moved == 3);
  std::vector<Watched> gathered;
  gathered.push_back(co_await make(b, "pushed back as it came out of the await"));
  gathered.push_back(co_await make(b, "and another one after it, just as long"));
  CHECK(gathered[1].text() == "and another one after it, just as long");
}

Task<> row_5_names_then_braces(B b) {
  Watched first = co_await make(b, "first of an aggregate, by name");
  Watched second = co_await make(b, "second of an aggregate, by name");
  Aggregate aggregate{std::move(first), std::move(second)};
  CHECK(aggregate.second.text() == "second of an aggregate, by name");
  Pair constructed(co_await make(b, "first argument of a constructor"), co_await make(b, "second argument of one"));
  CHECK(constructed.first.text() == "first argument of a constructor");
  auto pair =
      std::make_pair(co_await make(b, "first of a standard pair"), co_await make(b, "second of a standard pair"));
  CHECK(pair.second.text() == "second of a standard pair");
}

Task<> row_6_lambdas_without_captures(B b) {
  Watched watched("handed to a lambda as a parameter");
  b->scope().spawn("lambda", [](B bench, Watched w) -> Task<> {
    co_await bench->sleep(2_us);
    CHECK(w.text() == "handed to a lambda as a parameter");
  }(b, watched));
  co_await b->sleep(1_us);
}

Task<std::size_t> by_value(B b, std::string text) {
  co_await b->sleep(2_us);
  co_return text.size();
}

Task<> row_7_parameters_by_value(B b) {
  Task<std::size_t> later = by_value(b, std::string("a temporary that is long gone by then"));
  co_await pause(b);
  const std::size_t size = co_await std::move(later);
  CHECK(size == 37);
}

struct Effect {
  Effect(B bench, std::string name) : bench(bench), name(std::move(name)) {}
  Effect(Effect&& other) noexcept : bench(std::exchange(other.bench, nullptr)), name(std::move(other.name)) {}
  ~Effect() {
    if (bench != nullptr) bench->note(name);
  }
  B bench;
  std::string name;
};
Task<> hold(B b, Effect first, Effect second) {
  Effect one = std::move(first);
  Effect two = std::move(second);
  co_await b->sleep(1_us);
}

Task<> row_8_effects_become_locals(B b) {
  b->log.clear();
  co_await hold(b, Effect(b, "one"), Effect(b, "two"));
  CHECK(b->log == std::vector<std::string>{"two", "one"});
}

struct Both {
  Both(int a, int b) : a(a), b(b) {}
  int a;
  int b;
};

Task<> row_9_one_statement_per_draw(B b) {
  int drawn = 0;
  const auto draw = [&drawn] { return ++drawn; };
  const Both both{draw(), draw()};  // braces: left to right
  CHECK(both.a == 1);
  CHECK(both.b == 2);
  const int first = draw();
  const int second = draw();
  const int sum = co_await number(b, first * 10 + second);
  CHECK(sum == 34);
}

Task<int> fail_twice(B b, int attempt) {
  co_await b->sleep(1_us);
  Watched watched("local of a frame that is unwound");
  if (attempt < 2) throw Options("thrown with a name of some length");
  co_return attempt;
}

Task<> row_11_no_await_in_catch(B b) {
  int attempts = 0;
  while (true) {
    bool again = false;
    try {
      const int got = co_await fail_twice(b, attempts);
      CHECK(got == 2);
    } catch (const Options& error) {
      CHECK(error.watched.text().size() > 10);
      again = true;
    }
    if (!again) break;
    ++attempts;
    co_await pause(b);
  }
  CHECK(attempts == 2);
}

Task<> locked_for(B b, std::shared_ptr<Mutex> mutex, Duration d) {
  auto guard = co_await mutex->lock();
  Watched watched("held together with the mutex");
  co_await b->sleep(d);
}

Task<> row_13_guard_of_a_losing_arm(B b) {
  auto mutex = std::make_shared<Mutex>();
  auto r = co_await race(locked_for(b, mutex, 1_s), b->sleep(2_us));
  CHECK(r.index() == 1);
  auto guard = co_await mutex->lock();
  CHECK(guard.owns());
}

Task<std::vector<Watched>> several(B b) {
  co_await b->sleep(1_us);
  std::vector<Watched> all;
  for (int i = 0; i < 3; ++i) all.push_back(Watched("one of several that a function returned"));
  co_return all;
}
Task<std::pair<Watched, std::unique_ptr<Watched>>> tuple_like(B b) {
  co_await b->sleep(1_us);
  co_return std::pair(Watched("first of the pair that came back"), std::make_unique<Watched>("second, in a pointer"));
}
Task<Aggregate> aggregate(B b) {
  co_await b->sleep(1_us);
  co_return Aggregate{Watched("made by co_return itself"), Watched("and its second member")};
}

Task<> allowed_statements(B b) {
  int n = 0;
  while (co_await number(b, n) < 2) ++n;
  do {
    --n;
  } while (co_await number(b, n) > 0);
  for (int i = co_await number(b, 0); co_await number(b, i) < 2; i += co_await number(b, 1)) {
    if (i == 0) continue;
    ++n;
  }
  CHECK(n == 1);
  switch (co_await number(b, 3)) {
    case 3:
      co_await pause(b);
      break;
    default:
      CHECK(false);
  }
  if (auto x = co_await take_default(b); !x.empty()) co_await pause(b);
  if (const int y = co_await number(b, 5)) CHECK(y == 5);
  int total = 0;
  for (const Watched& w : co_await several(b)) {
    co_await pause(b);
    total += static_cast<int>(w.text().size());
  }
  CHECK(total == 3 * 39);
  auto r = co_await tuple_like(b);
  auto& [first, second] = r;
  co_await pause(b);
  CHECK(first.text() == "first of the pair that came back");
  CHECK(second->text() == "second, in a pointer");
  const int nested = co_await number(b, co_await number(b, 4));
  CHECK(nested == 4);
  total += co_await number(b, total);
  CHECK(total == 2 * 117);
  Aggregate a = co_await aggregate(b);
  CHECK(a.first.text() == "made by co_return itself");
  co_return co_await pause(b);
}

Task<int> deep(B b, int level, Watched watched) {
  if (level == 0) {
    co_await b->sleep(1_us);
    throw Aggregate{Watched("thrown from the bottom of the stack"), std::move(watched)};
  }
  const int below = co_await deep(b, level - 1, std::move(watched));
  co_return below + 1;
}

Task<> exceptions_through_many_levels(B b) {
  bool caught = false;
  try {
    (void)co_await deep(b, 20, Watched("carried down and thrown up again"));
  } catch (const Aggregate& error) {
    caught = error.second.text() == "carried down and thrown up again";
  }
  CHECK(caught);
  co_await pause(b);
}

Task<> conversions(B b) {
  std::shared_ptr<const Watched> shared = std::make_unique<Watched>("converted from a unique pointer");
  const std::string text = co_await call(b, [p = shared.get()] { return p->text(); });
  CHECK(text == shared->text());
  std::variant<std::monostate, Watched> either = co_await make(b, "assigned to a variant of types");
  co_await pause(b);
  CHECK(std::get<1>(either).text() == "assigned to a variant of types");
  std::map<std::string, Watched> byname;
  byname.emplace("key", co_await make(b, "emplaced into a map from an await"));
  CHECK(byname.size() == 1);
}

struct Row {
  const char* name;
  Task<> (*make)(B);
};

}  // namespace

TEST_CASE("each allowed form runs and dies cleanly", "[coroutines:7]") {
  const Row row = GENERATE(
      Row{"1: structs with constructors", row_1_constructed_structs}, Row{"2: named closures", row_2_named_closures},
      Row{"3: if, not ?:", row_3_if_instead_of_conditional}, Row{"4: named vectors", row_4_named_vectors},
      Row{"5: names, then braces", row_5_names_then_braces},
      Row{"6: lambdas capture nothing", row_6_lambdas_without_captures},
      Row{"7: parameters by value", row_7_parameters_by_value},
      Row{"8: effects become locals", row_8_effects_become_locals},
      Row{"9: one draw per statement", row_9_one_statement_per_draw},
      Row{"11: no await in catch", row_11_no_await_in_catch},
      Row{"13: guards of losing arms", row_13_guard_of_a_losing_arm}, Row{"allowed statements", allowed_statements},
      Row{"exceptions", exceptions_through_many_levels}, Row{"conversions", conversions});
  CAPTURE(row.name);
  CHECK(end_task_after_every_step(row.make) >= 2);
}

TEST_CASE("a task that was never awaited destroys its parameters alone", "[coroutines:2]") {
  const int before = Watched::live;
  {
    Bench bench;
    Task<std::string> never = take(&bench, Options("never looked at by anyone"));
    CHECK(Watched::live == before + 1);
  }
  CHECK(Watched::live == before);
  CHECK(Watched::broken == 0);
}
