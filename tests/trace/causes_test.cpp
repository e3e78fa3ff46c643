// Why a record is there: the kinds of causes, in worlds of one to three processes.
#include <algorithm>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include <ports/loop.hpp>
#include <ports/task/pool.hpp>
#include <ports/task/sync.hpp>
#include <support/cluster.hpp>

namespace {

using namespace support;
using sim::Record;
using sim::RecordKind;
using sim::Trace;

struct Ping {
  explicit Ping(int n) : n(n) {}
  static constexpr std::string_view kind = "Ping";
  int n;
  template <class V>
  void fields(V&& visit) const {
    visit("n", n);
  }
};

ClusterOptions traced() {
  ClusterOptions options;
  options.trace = true;
  return options;
}

void say(Ports* ports, std::string detail) {
  Event event(EventKind::AlarmRaised);
  event.detail = std::move(detail);
  ports->events.emit(event);
}

const Record& event_of(const Trace& trace, const std::string& detail) {
  for (const Record& record : trace.records()) {
    if (record.kind == RecordKind::domain && trace.event(record).detail == detail) return record;
  }
  FAIL("no event " + detail);
  return trace.records().front();
}

/// All records that `record` rests on, near and far.
std::set<RecordId> ancestry(const Trace& trace, const Record& record) {
  std::set<RecordId> found;
  std::vector<RecordId> open(trace.causes(record).begin(), trace.causes(record).end());
  while (!open.empty()) {
    const RecordId id = open.back();
    open.pop_back();
    if (!found.insert(id).second) continue;
    CHECK(id < record.id);
    const auto causes = trace.causes(trace.record(id));
    open.insert(open.end(), causes.begin(), causes.end());
  }
  return found;
}

struct Wanted {
  RecordKind kind;
  std::string label;
};
/// How many of its ancestors are of this kind and label.
std::size_t count(const Trace& trace, const std::set<RecordId>& records, const Wanted& wanted) {
  return static_cast<std::size_t>(std::count_if(records.begin(), records.end(), [&](RecordId id) {
    const Record& record = trace.record(id);
    return record.kind == wanted.kind && trace.text(record.label) == wanted.label;
  }));
}

std::set<RecordId> direct(const Trace& trace, const Record& record) {
  const auto causes = trace.causes(record);
  return {causes.begin(), causes.end()};
}

TEST_CASE("a delivery rests on its send, and that on what the sender did before", "[design:6]") {
  struct Mains {
    static Task<> receive(Ports* ports) {
      std::unique_ptr<Listener> listener = ports->network.listen(1);
      while (true) {
        Delivery got = co_await listener->inbox().receive();
        ports->events.begin_unit(got.record);
        say(ports, "got " + std::to_string(got.body.as<Ping>()->n));
      }
    }
    static Task<> send(Ports* ports) {
      co_await ports->clock.sleep_for(10_ms);
      say(ports, "sending");
      ports->network.send(Address("10.0.0.1", 1), body_of(Ping(1)));
      ports->events.begin_unit();
      co_await ports->clock.sleep_for(10_ms);
      ports->network.send(Address("10.0.0.1", 1), body_of(Ping(2)));
    }
  };
  Cluster cluster(traced());
  cluster.add("receiver", [](Ports& ports) { return Mains::receive(&ports); });
  cluster.add("sender", [](Ports& ports) { return Mains::send(&ports); });
  cluster.run_until(1_s);
  const Trace& trace = cluster.trace;
  const auto first = ancestry(trace, event_of(trace, "got 1"));
  CHECK(count(trace, first, {RecordKind::deliver, "Ping"}) == 1);
  CHECK(count(trace, first, {RecordKind::send, "Ping"}) == 1);
  CHECK(count(trace, first, {RecordKind::expire, "sleep"}) == 1);
  CHECK(count(trace, first, {RecordKind::arm, "sleep"}) == 1);
  CHECK(count(trace, first, {RecordKind::process, "started"}) == 1);
  // The second message does not rest on the first: each is a unit of its own in the receiver.
  const auto second = ancestry(trace, event_of(trace, "got 2"));
  CHECK(count(trace, second, {RecordKind::deliver, "Ping"}) == 1);
  CHECK(count(trace, second, {RecordKind::send, "Ping"}) == 1);
}

TEST_CASE("a read of tracked memory cites its writer; a child starts with what its parent rests on", "[design:6]") {
  struct Mains {
    static Task<> write(Ports* ports, Tracked<int>* owner) {
      co_await ports->clock.sleep_for(10_ms);
      say(ports, "decided");
      owner->set(7);
    }
    static Task<> child(Ports* ports) {
      co_await ports->clock.sleep_for(10_ms);
      say(ports, "child acts");
    }
    static Task<> run(Ports* ports) {
      Tracked<int> owner(ports->events, "owner", 0);
      Scope scope(ports->executor);
      scope.spawn("writer", write(ports, &owner));
      co_await ports->clock.sleep_for(20_ms);
      ports->events.begin_unit();
      say(ports, "before");
      if (owner.get() == 7) say(ports, "after");
      scope.spawn("child", child(ports));
      co_await ports->clock.sleep_for(1_s);
    }
  };
  Cluster cluster(traced());
  cluster.add("host", [](Ports& ports) { return Mains::run(&ports); });
  cluster.run_until(500_ms);
  const Trace& trace = cluster.trace;
  CHECK(count(trace, direct(trace, event_of(trace, "before")), {RecordKind::memory, "owner"}) == 0);
  CHECK(count(trace, direct(trace, event_of(trace, "after")), {RecordKind::memory, "owner"}) == 1);
  CHECK(count(trace, direct(trace, event_of(trace, "child acts")), {RecordKind::memory, "owner"}) == 1);
  // The write itself rests on the timer that led to it.
  CHECK(count(trace, ancestry(trace, event_of(trace, "after")), {RecordKind::expire, "sleep"}) >= 2);
}

TEST_CASE("a hand-over rests on what handed over", "[design:6]") {
  struct Mains {
    static Task<> give(Ports* ports, Queue<int>* queue) {
      co_await ports->clock.sleep_for(10_ms);
      ports->events.begin_unit();
      say(ports, "pushed");
      queue->push(1);
    }
    static Task<> run(Ports* ports) {
      Queue<int> queue;
      Scope scope(ports->executor);
      scope.spawn("giver", give(ports, &queue));
      co_await queue.receive();
      say(ports, "received");
      co_await ports->clock.sleep_for(1_s);
    }
  };
  Cluster cluster(traced());
  cluster.add("host", [](Ports& ports) { return Mains::run(&ports); });
  cluster.run_until(500_ms);
  const Trace& trace = cluster.trace;
  CHECK(count(trace, direct(trace, event_of(trace, "received")), {RecordKind::signal, "receive"}) == 1);
  CHECK(count(trace, ancestry(trace, event_of(trace, "received")), {RecordKind::expire, "sleep"}) == 1);
}

TEST_CASE("what a hung pool held back cites its release, and nothing else does", "[design:6]") {
  struct Mains {
    static Task<> job(Ports* ports, RecordId cause, Duration takes, std::string name) {
      ports->events.begin_unit(cause);
      if (takes > Duration()) co_await ports->clock.sleep_for(takes);
      say(ports, std::move(name));
    }
    static void submit(Ports* ports, ThreadPool* pool, Duration takes, std::string name) {
      const RecordId cause = ports->events.emit(Event(EventKind::AlarmRaised));
      ThreadPool::Job work = [=] { return job(ports, cause, takes, name); };
      pool->execute(std::move(work));
    }
    static Task<> run(Ports* ports) {
      ThreadPool pool(ports->executor, ThreadPool::Settings("business", 1, 1, ThreadPool::unlimited));
      co_await ports->clock.sleep_for(50_ms);
      submit(ports, &pool, 10_ms, "over before");
      submit(ports, &pool, 100_ms, "under way");
      submit(ports, &pool, Duration(), "behind it");
      co_await ports->clock.sleep_for(150_ms);
      submit(ports, &pool, Duration(), "came meanwhile");
      say(ports, "beat");
      co_await ports->clock.sleep_for(200_ms);
      submit(ports, &pool, Duration(), "came later");
      co_await ports->clock.sleep_for(1_s);
    }
  };
  Cluster cluster(traced());
  sim::Process& process = cluster.add("host", [](Ports& ports) { return Mains::run(&ports); });
  RecordId on = 0;
  cluster.at(100_ms, [&] {
    on = cluster.trace.fault(RecordKind::fault_on, "hang", 0, 0);
    CHECK(process.hang_pool("business", on));
  });
  cluster.at(300_ms,
             [&] { process.release_pool("business", cluster.trace.fault(RecordKind::fault_off, "hang", 0, on)); });
  cluster.run_until(600_ms);
  const Trace& trace = cluster.trace;
  for (const char* held : {"under way", "behind it", "came meanwhile"}) {
    CAPTURE(held);
    const Record& event = event_of(trace, held);
    CHECK(event.at == Cluster::start + 300_ms);
    const auto records = ancestry(trace, event);
    CHECK(count(trace, records, {RecordKind::process, "pool released"}) == 1);
    CHECK(records.contains(on));
  }
  for (const char* free : {"over before", "beat", "came later"}) {
    CAPTURE(free);
    CHECK_FALSE(ancestry(trace, event_of(trace, free)).contains(on));
  }
}

TEST_CASE("each pass of a loop is a unit of its own", "[design:6]") {
  struct Mains {
    static Task<> pass(Ports* ports, Tracked<int>* memory, int* passes) {
      ++*passes;
      if (*passes == 1) memory->get();
      say(ports, "pass " + std::to_string(*passes));
      co_return;
    }
    static Task<> run(Ports* ports) {
      Tracked<int> memory(ports->events, "table", 0);
      memory.set(1);
      ports->events.begin_unit();
      int passes = 0;
      Tracked<int>* const table = &memory;
      int* const number = &passes;
      LoopSpec spec("beat", 0_s, 100_ms);
      LoopBody body = [=] { return pass(ports, table, number); };
      co_await fixed_delay(ports->clock, ports->events, spec, body);
    }
  };
  Cluster cluster(traced());
  cluster.add("host", [](Ports& ports) { return Mains::run(&ports); });
  cluster.run_until(350_ms);
  const Trace& trace = cluster.trace;
  CHECK(count(trace, direct(trace, event_of(trace, "pass 1")), {RecordKind::memory, "table"}) == 1);
  CHECK(count(trace, direct(trace, event_of(trace, "pass 2")), {RecordKind::memory, "table"}) == 0);
  for (const std::string pass : {"pass 1", "pass 2", "pass 3"}) {
    CHECK(count(trace, direct(trace, event_of(trace, pass)), {RecordKind::domain, "LoopPassed"}) == 1);
  }
}

// A watcher that counts a worker as lost when it was silent for a second; the worker reports to `target` each 300 ms.
struct Absences {
  static Task<> watch(Ports* ports) {
    std::unique_ptr<Listener> listener = ports->network.listen(1);
    Scope scope(ports->executor);
    RecordId last = 0;
    MonoTime seen = ports->clock.mono();
    scope.spawn("check", check(ports, &last, &seen));
    while (true) {
      Delivery got = co_await listener->inbox().receive();
      ports->events.begin_unit(got.record);
      last = got.record;
      seen = ports->clock.mono();
    }
  }
  static Task<> check(Ports* ports, const RecordId* last, const MonoTime* seen) {
    while (ports->clock.mono() - *seen < 1_s) {
      ports->events.begin_unit();
      co_await ports->clock.sleep_for(100_ms);
    }
    ports->events.begin_unit();
    Absence absence;
    absence.message_kind = "Ping";
    absence.subjects.emplace_back("10.0.0.2:2", *last);
    ports->events.absent(absence);
    say(ports, "lost");
    co_await ports->clock.sleep_for(Duration::hours(1));
  }
  static Task<> report(Ports* ports) {
    std::unique_ptr<Listener> listener = ports->network.listen(2);
    Tracked<int> target(ports->events, "target", 1, "Ping");
    target.set(1);
    for (int n = 1;; ++n) {
      ports->events.begin_unit();
      if (ports->files.read("target")) target.set(3);
      ports->network.send(Address("10.0.0." + std::to_string(target.get()), 1), body_of(Ping(n)));
      co_await ports->clock.sleep_for(300_ms);
    }
  }
};

TEST_CASE("an absence cites the last renewal and what became of the others", "[design:6]") {
  Cluster cluster(traced());
  cluster.add("watcher", [](Ports& ports) { return Absences::watch(&ports); });
  sim::Process& worker = cluster.add("worker", [](Ports& ports) { return Absences::report(&ports); });
  Trace& trace = cluster.trace;
  TestRule rule;
  cluster.net.install(rule);
  RecordId fault = 0;
  const auto strike = [&](std::string_view what) { fault = trace.fault(RecordKind::fault_on, what, worker.id(), 0); };
  std::string because;

  SECTION("dropped messages, and through them the fault") {
    cluster.at(1'300_ms, [&] {
      strike("loss");
      rule.fault = fault;
      rule.change = [&](const sim::Envelope&, sim::Fate& fate) {
        fate.lost = true;
        fate.because = fault;
      };
    });
    because = "loss";
  }
  SECTION("messages that met a partition when they arrived") {
    cluster.at(1'200'500_us, [&] {
      strike("partition");
      rule.fault = fault;
      rule.cut = [](const sim::Machine&, const sim::Machine&) { return true; };
    });
    because = "partition";
  }
  SECTION("delayed messages") {
    cluster.at(1'300_ms, [&] {
      strike("delay");
      rule.change = [&](const sim::Envelope&, sim::Fate& fate) {
        fate.extra = 5_s;
        fate.because = fault;
      };
    });
    because = "delay";
  }
  SECTION("the renewer's crash") {
    cluster.at(1'300_ms, [&] {
      strike("crash");
      worker.request_kill(sim::Ending::crash, fault);
    });
    because = "crash";
  }
  SECTION("the renewer's pause") {
    cluster.at(1'300_ms, [&] {
      strike("pause");
      worker.pause(fault);
    });
    because = "pause";
  }
  SECTION("the renewer's machine froze") {
    cluster.at(1'300_ms, [&] {
      strike("freeze");
      worker.machine().freeze(fault);
    });
    because = "freeze";
  }
  SECTION("the write that chose another receiver") {
    cluster.at(1'300_ms, [&] { worker.machine().files()["target"] = "3"; });
  }
  cluster.run_until(4_s);
  cluster.net.uninstall(rule);

  const auto causes = direct(trace, event_of(trace, "lost"));
  REQUIRE(count(trace, causes, {RecordKind::absence, "Ping"}) == 1);
  const auto all = ancestry(trace, event_of(trace, "lost"));
  CHECK(count(trace, all, {RecordKind::deliver, "Ping"}) >= 1);
  if (because.empty()) {
    CHECK(count(trace, all, {RecordKind::memory, "target"}) >= 1);
  } else {
    CHECK(count(trace, all, {RecordKind::fault_on, because}) == 1);
  }
}

struct Callers {
  static Task<> serve(Ports* ports) {
    std::unique_ptr<Listener> listener = ports->network.listen(1);
    while (true) {
      Delivery got = co_await listener->inbox().receive();
      ports->events.begin_unit(got.record);
      got.reply(body_of(Ping(0)));
    }
  }
  static Task<> ask(Ports* ports) {
    co_await ports->clock.sleep_for(1_s);
    ports->events.begin_unit();
    try {
      co_await ports->network.ask(Address("10.0.0.1", 1), body_of(Ping(1)), 500_ms);
    } catch (const AskTimeout&) {
      say(ports, "gave up");
    }
  }
  static Task<> call(Ports* ports) {
    co_await ports->clock.sleep_for(1_s);
    ports->events.begin_unit();
    try {
      co_await ports->network.call(Address("10.0.0.1", 1), body_of(Ping(1)), CallOptions(500_ms, 500_ms));
    } catch (const NetworkError&) {
      say(ports, "gave up");
    }
  }
};

TEST_CASE("a request without an answer cites what became of it, and of its peer", "[design:6]") {
  const bool by_call = GENERATE(false, true);
  const int what = GENERATE(0, 1, 2, 3, 4);
  CAPTURE(by_call, what);
  Cluster cluster(traced());
  sim::Process& server = cluster.add("server", [](Ports& ports) { return Callers::serve(&ports); });
  cluster.add("client", [by_call](Ports& ports) { return by_call ? Callers::call(&ports) : Callers::ask(&ports); });
  Trace& trace = cluster.trace;
  TestRule rule;
  cluster.net.install(rule);
  RecordId fault = 0;
  cluster.at(500_ms, [&] {
    fault = rule.fault = trace.fault(RecordKind::fault_on, "fault", server.id(), 0);
    const sim::Machine* const machine = &server.machine();
    if (what == 0) server.request_kill(sim::Ending::crash, fault);
    if (what == 1) server.pause(fault);
    if (what == 2) server.machine().freeze(fault);
    if (what == 3) rule.cut = [machine](const sim::Machine&, const sim::Machine& to) { return &to == machine; };
    if (what == 4) rule.cut = [machine](const sim::Machine& from, const sim::Machine&) { return &from == machine; };
  });
  cluster.run_until(4_s);
  cluster.net.uninstall(rule);
  const auto all = ancestry(trace, event_of(trace, "gave up"));
  CHECK(count(trace, all, {RecordKind::fault_on, "fault"}) == 1);
}

TEST_CASE("a broken connection cites what broke it", "[design:6]") {
  const bool by_world = GENERATE(false, true);
  CAPTURE(by_world);
  struct Hold {
    static Task<> accept(Ports* ports) {
      std::unique_ptr<Listener> listener = ports->network.listen(1);
      std::unique_ptr<Connection> connection = co_await listener->accepted().receive();
      co_await ports->clock.sleep_for(Duration::hours(1));
    }
    static Task<> hold(Ports* ports) {
      std::unique_ptr<Connection> connection = co_await ports->network.connect(Address("10.0.0.1", 1), 1_s);
      try {
        co_await connection->receive();
      } catch (const ConnectionReset&) {
        say(ports, "reset");
      }
    }
  };
  Cluster cluster(traced());
  sim::Process& server = cluster.add("server", [](Ports& ports) { return Hold::accept(&ports); });
  cluster.add("client", [](Ports& ports) { return Hold::hold(&ports); });
  cluster.at(500_ms, [&] {
    const RecordId fault = cluster.trace.fault(RecordKind::fault_on, "fault", server.id(), 0);
    if (by_world) {
      cluster.net.reset_links(&server.machine(), nullptr, fault);
    } else {
      server.request_kill(sim::Ending::crash, fault);
    }
  });
  cluster.run_until(4_s);
  const auto all = ancestry(cluster.trace, event_of(cluster.trace, "reset"));
  CHECK(count(cluster.trace, all, {RecordKind::fault_on, "fault"}) == 1);
}

TEST_CASE("without a trace domain records are made all the same", "[design:4]") {
  struct Count final : sim::Monitor {
    void on_event(const sim::DomainRecord& record) override {
      ++events;
      CHECK(record.id == 0);
    }
    int events = 0;
  };
  Cluster cluster;
  Count monitor;
  cluster.trace.add_monitor(monitor);
  cluster.add("host", [](Ports& ports) -> Task<> {
    return [](Ports* p) -> Task<> {
      say(p, "here");
      co_return;
    }(&ports);
  });
  cluster.run_until(1_s);
  CHECK(monitor.events == 1);
  CHECK(cluster.trace.records().empty());
}

}  // namespace
