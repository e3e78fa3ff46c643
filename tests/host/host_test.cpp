// Machines and processes: load, memory, files, crash, graceful stop, pause, freeze, power, hung pools.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/files.hpp>
#include <support/cluster.hpp>

namespace {

using namespace support;

struct Log {
  std::vector<std::string> lines;
  void add(Cluster& cluster, const std::string& text) { lines.push_back(to_string(cluster.now()) + " " + text); }
};
using Lines = std::vector<std::string>;

Task<> work(Ports* ports, Cluster* cluster, Log* log, std::string name, Duration after) {
  co_await ports->clock.sleep_for(after);
  WorkContext context;
  context.job = name;
  WorkResult result = co_await ports->work.run(std::move(context));
  log->add(*cluster, name + " " + result.text);
}

// A process that runs the works of these names, each from its own instant on.
Cluster::Main workers(Cluster& cluster, Log& log, std::vector<std::pair<std::string, Duration>> starts) {
  struct Main {
    static Task<> run(Ports* ports, Cluster* cluster, Log* log, std::vector<std::pair<std::string, Duration>> starts) {
      Scope scope(ports->executor);
      for (const auto& [name, after] : starts) scope.spawn(name, work(ports, cluster, log, name, after));
      co_await ports->clock.sleep_for(Duration::hours(1));
    }
  };
  return [&cluster, &log, starts](Ports& ports) { return Main::run(&ports, &cluster, &log, starts); };
}

sim::WorkDeclaration declared(Duration takes, int milli_cores, std::int64_t memory) {
  sim::WorkDeclaration work;
  work.takes = [takes](RandomStream&) { return takes; };
  work.milli_cores = milli_cores;
  work.memory = memory;
  return work;
}

TEST_CASE("work takes its time while the cores suffice, and stretches above", "[design:5]") {
  Cluster cluster;
  Log log;
  cluster.works["a"] = declared(1_s, 4'000, 0);
  cluster.works["b"] = declared(1_s, 4'000, 0);
  SECTION("alone") {
    cluster.add("host", workers(cluster, log, {{"a", 0_s}, {"b", 2_s}}));
    cluster.run_until(10_s);
    CHECK(log.lines == Lines{"1s a done", "3s b done"});
  }
  SECTION("two at once need twice the time, and each wake-up is a quantum late") {
    cluster.add("host", workers(cluster, log, {{"a", 100_ms}, {"b", 100_ms}}));
    cluster.run_until(10_s);
    CHECK(log.lines == Lines{"2110ms a done", "2110ms b done"});
  }
  SECTION("one that comes later slows the first down, and gains when that ends") {
    cluster.add("host", workers(cluster, log, {{"a", 0_s}, {"b", 500_ms}}));
    cluster.run_until(10_s);
    CHECK(log.lines == Lines{"1510ms a done", "2005ms b done"});
  }
  SECTION("load that belongs to nobody does the same") {
    sim::Process& process = cluster.add("host", workers(cluster, log, {{"a", 0_s}}));
    cluster.at(500_ms, [&] { process.machine().set_extra_load(8'000); });
    cluster.run_until(10_s);
    CHECK(log.lines == Lines{"2020ms a done"});
  }
  SECTION("a crash takes the load with it") {
    sim::Process& process = cluster.add("host", workers(cluster, log, {{"a", 0_s}, {"b", 0_s}}));
    cluster.at(500_ms, [&] { process.request_kill(sim::Ending::crash); });
    cluster.run_until(10_s);
    CHECK(log.lines.empty());
    CHECK(process.machine().demand_milli_cores() == 0);
  }
}

Task<> sleep_and_log(Ports* ports, Cluster* cluster, Log* log, Duration d) {
  co_await ports->clock.sleep_for(d);
  log->add(*cluster, "woke");
}

TEST_CASE("an overloaded machine wakes everybody late, also who starts then", "[design:5]") {
  Cluster cluster;
  Log log;
  sim::Process& first = cluster.add("first", [&](Ports& ports) { return sleep_and_log(&ports, &cluster, &log, 1_s); });
  cluster.at(500_ms, [&] { first.machine().set_extra_load(16'000); });
  cluster.at(2_s, [&] {
    cluster.add_on(first.machine(), "second", [&](Ports& ports) { return sleep_and_log(&ports, &cluster, &log, 1_s); });
  });
  cluster.run_until(10_s);
  CHECK(log.lines == Lines{"1030ms woke", "3060ms woke"});  // its first step was late too
}

TEST_CASE("memory above the limit ends the largest process", "[design:5]") {
  Cluster cluster;
  Log log;
  cluster.works["small"] = declared(10_s, 100, std::int64_t{100} << 20);
  cluster.works["large"] = declared(10_s, 100, std::int64_t{700} << 20);
  sim::MachineOptions options;
  options.name = "host";
  options.memory = std::int64_t{1} << 30;
  sim::Machine& machine = cluster.add_machine(options);
  sim::Process& a = cluster.add_on(machine, "a", workers(cluster, log, {{"small", 1_s}}));
  sim::Process& b = cluster.add_on(machine, "b", workers(cluster, log, {{"large", 2_s}}));
  cluster.run_until(1_s);
  CHECK(a.memory() == std::int64_t{356} << 20);
  cluster.run_until(20_s);
  CHECK(a.alive());
  CHECK_FALSE(b.alive());
  CHECK(log.lines == Lines{"11s small done"});
  CHECK(machine.memory_used() == std::int64_t{256} << 20);
  cluster.at(21_s, [&] { machine.set_extra_memory(std::int64_t{900} << 20); });
  cluster.run_until(22_s);
  CHECK_FALSE(a.alive());
}

TEST_CASE("an interrupted work that obeys ends, another one goes on", "[design:3]") {
  struct Main {
    static Task<> one(Ports* ports, Cluster* cluster, Log* log, std::string name) {
      WorkContext context;
      context.job = name;
      bool interrupted = false;
      try {
        co_await ports->work.run(std::move(context));
        log->add(*cluster, name + " ended");
      } catch (const Interrupted&) {
        interrupted = true;
      }
      if (!interrupted) co_return;
      log->add(*cluster, name + " interrupted");
      try {
        co_await ports->clock.sleep_for(1_s);
      } catch (const Interrupted&) {
        log->add(*cluster, name + " again");
      }
    }
    static Task<> run(Ports* ports, Cluster* cluster, Log* log) {
      Scope scope(ports->executor);
      FiberHandle obeys = scope.start("obeys", one(ports, cluster, log, "obeys"));
      FiberHandle ignores = scope.start("ignores", one(ports, cluster, log, "ignores"));
      co_await ports->clock.sleep_for(1_s);
      obeys.interrupt();
      ignores.interrupt();
      co_await ports->clock.sleep_for(500_ms);
      obeys.interrupt();
      co_await ports->clock.sleep_for(10_s);
    }
  };
  Cluster cluster;
  Log log;
  cluster.works["obeys"] = declared(3_s, 100, 0);
  cluster.works["ignores"] = declared(3_s, 100, 0);
  cluster.works["ignores"].obeys_interrupt = false;
  cluster.add("host", [&](Ports& ports) { return Main::run(&ports, &cluster, &log); });
  cluster.run_until(9_s);
  CHECK(log.lines == Lines{"1s obeys interrupted", "1500ms obeys again", "3s ignores ended"});
}

TEST_CASE("files survive a crash; a full disk throws and keeps the old content", "[design:5]") {
  struct Main {
    static Task<> run(Ports* ports, Log* log) {
      log->lines.push_back(ports->files.read("state").value_or("nothing"));
      ports->files.write("state", "one");
      ports->files.append("state", " two");
      ports->files.write("states/a", "");
      co_await ports->clock.sleep_for(2_s);
      try {
        ports->files.write("state", "three");
      } catch (const IoError&) {
        log->lines.push_back("full, " + *ports->files.read("state"));
      }
      for (const std::string& path : ports->files.list("state")) log->lines.push_back(path);
      co_await ports->clock.sleep_for(Duration::hours(1));
    }
  };
  Cluster cluster;
  Log log;
  sim::Process& process = cluster.add("host", [&](Ports& ports) { return Main::run(&ports, &log); });
  cluster.at(500_ms, [&] { process.request_kill(sim::Ending::crash); });
  cluster.at(600_ms, [&] { process.start(); });
  cluster.at(1_s, [&] { process.machine().set_disk_full(true); });
  cluster.run_until(5_s);
  CHECK(log.lines == Lines{"nothing", "one two", "full, one two", "state", "states/a"});
}

Task<> tick(Ports* ports, Cluster* cluster, Log* log, std::string name) {
  while (true) {
    co_await ports->clock.sleep_for(100_ms);
    log->add(*cluster, name);
  }
}

TEST_CASE("a graceful stop runs the hooks while everything goes on, for as long as its patience", "[design:5]") {
  struct Main {
    static Task<> hook(Ports* ports, Cluster* cluster, Log* log, Duration takes) {
      log->add(*cluster, "hook begins");
      co_await ports->clock.sleep_for(takes);
      log->add(*cluster, "hook ends");
    }
    static Task<> run(Ports* ports, Cluster* cluster, Log* log) {
      ports->host.on_shutdown("fast", [=] { return hook(ports, cluster, log, 50_ms); });
      ports->host.on_shutdown("slow", [=] { return hook(ports, cluster, log, 220_ms); });
      co_await tick(ports, cluster, log, "tick");
    }
    static Task<> exit_at_once(Ports* ports, Cluster* cluster, Log* log) {
      ports->host.on_shutdown("fast", [=] { return hook(ports, cluster, log, 50_ms); });
      ports->host.exit(0);
      ports->host.exit(0);
      log->add(*cluster, "still here");
      co_await tick(ports, cluster, log, "tick");
    }
  };
  Cluster cluster;
  Log log;
  SECTION("patience suffices") {
    sim::Process& process = cluster.add("host", [&](Ports& ports) { return Main::run(&ports, &cluster, &log); });
    cluster.at(110_ms, [&] { process.stop(1_s); });
    cluster.run_until(2_s);
    CHECK_FALSE(process.alive());
    CHECK(log.lines == Lines{"100ms tick", "110ms hook begins", "110ms hook begins", "160ms hook ends", "200ms tick",
                             "300ms tick", "330ms hook ends"});
    cluster.at(3_s, [&] { process.start(); });
    cluster.run_until(3'150_ms);
    CHECK(log.lines.back() == "3100ms tick");
  }
  SECTION("patience ends first") {
    sim::Process& process = cluster.add("host", [&](Ports& ports) { return Main::run(&ports, &cluster, &log); });
    cluster.at(110_ms, [&] { process.stop(100_ms); });
    cluster.run_until(2_s);
    CHECK_FALSE(process.alive());
    CHECK(log.lines.back() == "200ms tick");
  }
  SECTION("the process exits by itself") {
    sim::Process& process =
        cluster.add("host", [&](Ports& ports) { return Main::exit_at_once(&ports, &cluster, &log); });
    cluster.run_until(2_s);
    CHECK_FALSE(process.alive());
    CHECK(log.lines == Lines{"0s still here", "0s hook begins", "50ms hook ends"});
  }
}

TEST_CASE("a paused process does nothing, its clocks run, and what it held comes in order", "[design:5]") {
  struct Main {
    static Task<> run(Ports* ports, Cluster* cluster, Log* log) {
      Scope scope(ports->executor);
      scope.spawn("late", sleep_and_log(ports, cluster, log, 350_ms));
      scope.spawn("tick", tick(ports, cluster, log, "tick"));
      co_await ports->clock.sleep_for(320_ms);
      log->add(*cluster, "main at " + to_string(ports->clock.mono() - MonoTime()));
      co_await ports->clock.sleep_for(Duration::hours(1));
    }
  };
  Cluster cluster;
  Log log;
  sim::Process& process = cluster.add("host", [&](Ports& ports) { return Main::run(&ports, &cluster, &log); });
  cluster.at(150_ms, [&] { process.pause(); });
  SECTION("resumed") {
    cluster.at(1_s, [&] { process.resume(); });
    cluster.run_until(1'150_ms);
    CHECK(log.lines == Lines{"100ms tick", "1s tick", "1s main at 1s", "1s woke", "1100ms tick"});
  }
  SECTION("killed while paused") {
    cluster.at(1_s, [&] { process.request_kill(sim::Ending::crash); });
    cluster.at(2_s, [&] { process.start(); });
    cluster.run_until(2'150_ms);
    CHECK(log.lines == Lines{"100ms tick", "2100ms tick"});
  }
}

TEST_CASE("a frozen machine stands still; the wall clock steps or stays behind at the thaw", "[design:5]") {
  const sim::Thaw how = GENERATE(sim::Thaw::step, sim::Thaw::behind);
  Cluster cluster;
  Log log;
  sim::Process& process = cluster.add("host", [&](Ports& ports) { return sleep_and_log(&ports, &cluster, &log, 1_s); });
  sim::Process& other =
      cluster.add_on(process.machine(), "other", [&](Ports& ports) { return tick(&ports, &cluster, &log, "tick"); });
  sim::HostClock& clock = process.machine().clock();
  const WallTime begin = clock.wall();
  cluster.at(450_ms, [&] { other.pause(); });
  cluster.at(500_ms, [&] { process.machine().freeze(0); });
  cluster.at(1'500_ms, [&] {
    CHECK(clock.wall() == begin + 500_ms);
    CHECK(clock.mono() == MonoTime() + 500_ms);
    clock.set_drift(0);  // not lost, not an error
    other.resume();      // stays still with its machine
  });
  cluster.at(2'500_ms, [&] { process.machine().thaw(how, 0); });
  cluster.run_until(2'650_ms);
  CHECK(log.lines == Lines{"100ms tick", "200ms tick", "300ms tick", "400ms tick", "2500ms tick", "2600ms tick"});
  cluster.run_until(3_s);
  CHECK(std::count(log.lines.begin(), log.lines.end(), "3s woke") == 1);
  CHECK(clock.mono() == MonoTime() + 1_s);
  CHECK(clock.wall() == begin + (how == sim::Thaw::step ? 3_s : 1_s));
}

TEST_CASE("a hung pool stands still alone, and its work goes on when released", "[design:5]") {
  struct Main {
    static Task<> run(Ports* ports, Cluster* cluster, Log* log) {
      Scope scope(ports->executor);
      scope.spawn_on(ports->executor.pool("business"), "slow", tick(ports, cluster, log, "business"));
      co_await ports->clock.sleep_for(50_ms);
      co_await tick(ports, cluster, log, "beat");
    }
  };
  Cluster cluster;
  Log log;
  sim::Process& process = cluster.add("host", [&](Ports& ports) { return Main::run(&ports, &cluster, &log); });
  cluster.at(120_ms, [&] {
    CHECK(process.hang_pool("business"));
    CHECK_FALSE(process.hang_pool("no such pool"));
  });
  SECTION("released") {
    cluster.at(320_ms, [&] { process.release_pool("business"); });
    cluster.run_until(380_ms);
    CHECK(log.lines == Lines{"100ms business", "150ms beat", "250ms beat", "320ms business", "350ms beat"});
  }
  SECTION("released while the process is paused") {
    cluster.at(300_ms, [&] { process.pause(); });
    cluster.at(320_ms, [&] { process.release_pool("business"); });
    cluster.at(500_ms, [&] { process.resume(); });
    cluster.run_until(540_ms);
    CHECK(log.lines == Lines{"100ms business", "150ms beat", "250ms beat", "500ms business", "500ms beat"});
  }
  SECTION("killed") {
    cluster.at(320_ms, [&] { process.request_kill(sim::Ending::crash); });
    cluster.run_until(380_ms);
    CHECK_FALSE(process.alive());
  }
}

TEST_CASE("work calls on from the items that are named, and says what its calls began", "[design:3]") {
  struct Heard : sim::Monitor {
    void on_event(const sim::DomainRecord& record) override {
      if (record.event.kind == EventKind::WorkCalled) events.push_back(record.event);
    }
    std::vector<Event> events;
  };
  struct Main {
    static Task<WorkAnswer> answer(Cluster* cluster, Log* log, std::string verb, std::string argument) {
      log->add(*cluster, verb + " " + argument);
      if (verb == "build") co_return WorkAnswer();
      co_return WorkAnswer(7, WallTime::from_ms(1));
    }
    static Task<> run(Ports* ports, Cluster* cluster, Log* log) {
      for (const int item : {0, 1}) {
        WorkContext context;
        context.job = "caller";
        context.shard = item;
        context.call = [cluster, log](std::string verb, std::string argument) {
          return answer(cluster, log, std::move(verb), std::move(argument));
        };
        co_await ports->work.run(std::move(context));
      }
      log->add(*cluster, "done");
    }
  };
  Cluster cluster;
  Log log;
  Heard heard;
  cluster.trace.add_monitor(heard);
  cluster.works["caller"] = declared(1_s, 0, 0);
  sim::WorkDeclaration::Call build;
  build.verb = "build";
  build.argument = "other";
  sim::WorkDeclaration::Call execute = build;
  execute.verb = "execute";
  execute.takes = [](RandomStream&) { return 500_ms; };
  execute.items = {1};
  cluster.works["caller"].then = {build, execute};
  cluster.add("host", [&](Ports& ports) { return Main::run(&ports, &cluster, &log); });
  cluster.run_until(9_s);
  CHECK(log.lines == Lines{"1s build other", "2s build other", "2500ms execute other", "2500ms done"});
  REQUIRE(heard.events.size() == 1);
  CHECK(heard.events[0].job == "other");
  CHECK(heard.events[0].run == 7);
  CHECK(heard.events[0].fire == WallTime::from_ms(1));
  CHECK(heard.events[0].detail == "execute");
}

TEST_CASE("without power nothing runs and nothing starts", "[design:5]") {
  Cluster cluster;
  Log log;
  sim::Process& process = cluster.add("host", [&](Ports& ports) { return tick(&ports, &cluster, &log, "tick"); });
  cluster.at(150_ms, [&] { process.machine().power_off(0); });
  cluster.at(200_ms, [&] {
    process.start();
    CHECK_FALSE(process.alive());
    process.machine().power_on();
    process.start();
    CHECK(process.pid() == 1'001);
  });
  cluster.run_until(350_ms);
  CHECK(log.lines == Lines{"100ms tick", "300ms tick"});
}

}  // namespace
