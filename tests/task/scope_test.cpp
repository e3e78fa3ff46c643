// Scope: spawn order, order of destruction, errors, handles, cancelling and disposing from inside, death of the
// process.
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/task/scope.hpp>
#include <ports/task/sync.hpp>
#include <support/bench.hpp>

using namespace support;
using Log = std::vector<std::string>;

namespace {

struct Mark {
  Mark(Bench* bench, std::string name) : bench(bench), name(std::move(name)) {}
  Mark(Mark&& other) noexcept : bench(std::exchange(other.bench, nullptr)), name(std::move(other.name)) {}
  ~Mark() {
    if (bench != nullptr) bench->note("~" + name);
  }
  Bench* bench;
  std::string name;
};

Task<> inner(Bench* b, std::string name) {
  Mark mark(b, name + ".inner");
  co_await b->sleep(1_s);
}
Task<> outer(Bench* b, std::string name) {
  Mark mark(b, name);
  b->note(name);
  co_await inner(b, name);
  b->note(name + " ends");
}

}  // namespace

TEST_CASE("tasks start in the order of their spawns, as steps of their own", "[coroutines:3]") {
  Bench bench;
  for (const char* name : {"a", "b", "c"}) bench.start(outer, &bench, std::string(name));
  CHECK(bench.log.empty());
  for (int i = 0; i < 3; ++i) bench.step();
  CHECK(bench.log == Log{"a", "b", "c"});
  CHECK(bench.kernel.steps() == 3);
}

TEST_CASE("a scope destroys the newest task first and innermost frames first", "[coroutines:3]") {
  Bench bench;
  bench.start(outer, &bench, std::string("a"));
  bench.start(outer, &bench, std::string("b"));
  bench.run_for(1_ms);
  bench.log.clear();
  const bool kill = GENERATE(false, true);
  if (kill) {
    bench.executor.request_kill();
  } else {
    bench.scope().cancel();
  }
  CHECK(bench.log.empty());  // carried out between steps, not at once
  bench.kernel.settle();
  CHECK(bench.log == Log{"~b.inner", "~b", "~a.inner", "~a"});
  CHECK(bench.frames() == 0);
}

TEST_CASE("a task may cancel its own scope: it runs on to its next suspension", "[coroutines:1]") {
  Bench bench;
  bench.start(outer, &bench, std::string("a"));
  bench.start(
      [](Bench* b) -> Task<> {
        Mark mark(b, "canceller");
        co_await b->sleep(1_ms);
        b->scope().cancel();
        b->scope().spawn("refused", outer(b, "refused"));
        b->note("runs on");
        co_await b->sleep(1_ms);
        b->note("never");
      },
      &bench);
  bench.run();
  CHECK(bench.log == Log{"a", "runs on", "~canceller", "~a.inner", "~a"});
  CHECK(bench.scope().idle());
  CHECK(bench.scope().cancelled());
}

TEST_CASE("a task may end its own process: nothing of it runs again", "[coroutines:1]") {
  Bench bench;
  bench.start(outer, &bench, std::string("a"));
  bench.start(
      [](Bench* b) -> Task<> {
        Mark mark(b, "killer");
        co_await b->sleep(1_ms);
        b->executor.request_kill();
        b->executor.request_kill();
        co_await b->sleep(1_ms);
        b->note("never");
      },
      &bench);
  bench.run();
  CHECK(bench.log == Log{"a", "~killer", "~a.inner", "~a"});
  CHECK(bench.dead);
  CHECK(bench.frames() == 0);
}

TEST_CASE("a dying process starts nothing and enqueues nothing", "[coroutines:3]") {
  struct Restless {
    Restless(Bench* bench, Scope* scope) : bench(bench), scope(scope) {}
    ~Restless() {
      bench->note(bench->executor.dying() ? "dying" : "alive");
      scope->spawn("from a destructor", outer(bench, "x"));
    }
    Bench* bench;
    Scope* scope;
  };
  Bench bench;
  bench.start(
      [](Bench* b) -> Task<> {
        Restless restless(b, &b->scope());
        co_await b->sleep(1_s);
      },
      &bench);
  bench.run_for(1_ms);
  bench.executor.request_kill();
  bench.kernel.settle();
  bench.run();
  CHECK(bench.log == Log{"dying"});
  CHECK(bench.kernel.queue().empty());
}

TEST_CASE("an exception that leaves a task ends that task alone", "[coroutines:3]") {
  Bench bench;
  std::string reported;
  bench.scope().on_error([&](std::string_view task, std::exception_ptr error) {
    try {
      std::rethrow_exception(error);
    } catch (const std::runtime_error& e) {
      reported = std::string(task) + ": " + e.what();
    }
  });
  bench.start(
      [](Bench* b) -> Task<> {
        co_await b->sleep(1_ms);
        throw std::runtime_error("the thread died");
      },
      &bench);
  bench.start(outer, &bench, std::string("a"));
  bench.run();
  CHECK(reported == "task: the thread died");
  CHECK(bench.log == Log{"a", "~a.inner", "a ends", "~a"});
  CHECK(bench.frames() == 0);
}

TEST_CASE("without a handler an exception is swallowed", "[coroutines:3]") {
  Bench bench;
  bench.start(
      [](int n) -> Task<> {
        if (n == 1) throw std::runtime_error("unheard");
        co_return;
      },
      1);
  bench.run();
  CHECK(bench.frames() == 0);
}

TEST_CASE("a handle outlives its task", "[coroutines:3]") {
  FiberHandle none;
  CHECK_FALSE(none.running());
  none.interrupt();
  Bench bench;
  const FiberHandle handle = bench.start(outer, &bench, std::string("a"));
  CHECK(handle.running());
  bench.run_for(1_ms);
  CHECK(handle.running());
  SECTION("that ends by itself") { bench.run(); }
  SECTION("that is cancelled") {
    bench.scope().cancel();
    bench.kernel.settle();
  }
  SECTION("that dies with its process") {
    bench.executor.request_kill();
    bench.kernel.settle();
  }
  CHECK_FALSE(handle.running());
  handle.interrupt();
}

TEST_CASE("a cancelled or dead scope hands out handles of nothing", "[coroutines:3]") {
  Bench bench;
  bench.scope().cancel();
  bench.kernel.settle();
  const FiberHandle handle = bench.start(outer, &bench, std::string("a"));
  CHECK_FALSE(handle.running());
  bench.run();
  CHECK(bench.log.empty());
}

namespace {

/// An object that owns a scope, as servers of the systems do. The scope comes last: it dies before what its tasks use.
class Service {
 public:
  explicit Service(Bench* bench)
      : bench_(bench), watched_("what the service's tasks look at"), scope_(bench->executor) {}
  ~Service() { bench_->note("~service"); }
  void serve(std::shared_ptr<Service> self, bool give_up) {
    scope_.spawn("helper", helper());
    scope_.spawn("server", run(std::move(self), give_up));
  }

 private:
  Task<> helper() {
    Mark mark(bench_, "helper");
    co_await bench_->sleep(1_s);
    CHECK(watched_.text().empty());  // never
  }
  Task<> run(std::shared_ptr<Service> self, bool give_up) {
    std::shared_ptr<Service> mine = std::move(self);
    Mark mark(bench_, "server");
    co_await bench_->sleep(1_ms);
    if (give_up) dispose(bench_->executor, std::move(mine));
    bench_->note("still here: " + watched_.text());
    co_await bench_->sleep(1_s);
    bench_->note("never");
  }
  Bench* bench_;
  Watched watched_;
  Scope scope_;
};

}  // namespace

TEST_CASE("dispose: an object that owns a scope is given up from inside of it", "[coroutines:3]") {
  Bench bench;
  {
    auto service = std::make_shared<Service>(&bench);
    service->serve(service, true);
  }
  bench.run();
  CHECK(bench.log == Log{"still here: what the service's tasks look at", "~service", "~server", "~helper"});
  CHECK(Watched::live == 0);
  CHECK(bench.frames() == 0);
}

TEST_CASE("dispose outside of any task, and in a world that ends at once", "[coroutines:3]") {
  {
    Bench bench;
    auto service = std::make_shared<Service>(&bench);
    service->serve(nullptr, false);
    bench.run_for(10_ms);
    dispose(bench.executor, std::move(service));
  }
  CHECK(Watched::live == 0);
}

TEST_CASE("a process that dies destroys its newest scope first", "[coroutines:3]") {
  Bench bench;
  Scope second(bench.executor);
  Scope third(bench.executor);
  bench.start(outer, &bench, std::string("first"));
  third.spawn("t", outer(&bench, "third"));
  second.spawn("t", outer(&bench, "second"));
  bench.run_for(1_ms);
  bench.log.clear();
  bench.executor.request_kill();
  bench.kernel.settle();
  CHECK(bench.log == Log{"~third.inner", "~third", "~second.inner", "~second", "~first.inner", "~first"});
}

TEST_CASE("a scope in a frame dies with the frame", "[coroutines:3]") {
  const std::uint64_t steps = end_task_after_every_step([](Bench* b) -> Task<> {
    Watched watched("outlives the scope below");
    Scope scope(b->executor);
    for (int i = 1; i <= 3; ++i) {
      scope.spawn("child", [](Bench* bench, const Watched* w, int n) -> Task<> {
        co_await bench->sleep(Duration::us(n));
        CHECK_FALSE(w->text().empty());
        co_await bench->sleep(Duration::us(n));
      }(b, &watched, i));
    }
    co_await b->sleep(4_us);
  });
  CHECK(steps >= 8);
}

TEST_CASE("tasks on a pool's executor belong to their scope as well", "[coroutines:3]") {
  Bench bench;
  bench.scope().spawn_on(bench.executor.pool("p"), "t", outer(&bench, "pooled"));
  bench.run_for(1_ms);
  CHECK(bench.log == Log{"pooled"});
  bench.executor.request_kill();
  bench.kernel.settle();
  CHECK(bench.log == Log{"pooled", "~pooled.inner", "~pooled"});
}

TEST_CASE("an interleaving point takes a step only when asked to", "[kernel:interleave]") {
  const bool on = GENERATE(false, true);
  Bench bench;
  bench.kernel.set_interleaving(on);
  const auto body = [](Bench* b, std::string name) -> Task<> {
    b->note(name + "1");
    co_await interleave("between");
    b->note(name + "2");
  };
  bench.start(body, &bench, std::string("a"));
  bench.start(body, &bench, std::string("b"));
  bench.run();
  CHECK(bench.log == (on ? Log{"a1", "b1", "a2", "b2"} : Log{"a1", "a2", "b1", "b2"}));
  CHECK(bench.kernel.steps() == (on ? 4 : 2));
}
