// What a message costs: pairs of processes that send to each other without end, with no rule in force, with one that is
// armed and idle, and with the trace kept; asks and calls by the same pairs. Beside it the bare loop: coroutines on a
// std::priority_queue, one event each.
#include <coroutine>
#include <cstdint>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include <ports/task/task.hpp>
#include <sim/host/absent_ports.hpp>
#include <sim/host/host_ports.hpp>
#include <sim/host/work_port.hpp>
#include <sim/network/network_port.hpp>

#include "support/report.hpp"

namespace {

using namespace chronofault;
using namespace chronofault::sim;

constexpr int pairs = 100;
constexpr int port = 1;

struct Ball {
  explicit Ball(std::int64_t hits) : hits(hits) {}
  static constexpr std::string_view kind = "Ball";
  std::int64_t hits;
  template <class V>
  void fields(V&& visit) const {
    visit("hits", hits);
  }
};

class OneMillisecond final : public LatencyModel {
 public:
  Duration draw(const Machine&, const Machine&, RandomStream&) const override { return Duration::ms(1); }
};

class IdleRule final : public NetworkRule {
 public:
  void consider(const Envelope& envelope, Fate& fate) override {
    if (envelope.kind == "NoSuchMessage") fate.lost = true;
  }
  bool blocks(const Machine&, const Machine&) const override { return false; }
  RecordId record() const noexcept override { return 0; }
};

Task<> hit_back(Ports* ports, Address peer, bool serves) {
  std::unique_ptr<Listener> listener = ports->network.listen(port);
  if (serves) ports->network.send(peer, body_of(Ball(0)));
  while (true) {
    Delivery got = co_await listener->inbox().receive();
    ports->events.begin_unit(got.record);
    if (got.wants_reply()) {
      got.reply(body_of(Ball(1)));
    } else {
      ports->network.send(peer, body_of(Ball(got.body.as<Ball>()->hits + 1)));
    }
  }
}

Task<> request(Ports* ports, Address peer, bool by_call) {
  while (true) {
    ports->events.begin_unit();
    if (by_call) {
      co_await ports->network.call(peer, body_of(Ball(0)), CallOptions());
    } else {
      co_await ports->network.ask(peer, body_of(Ball(0)), Duration::seconds(5));
    }
  }
}

enum class Game { sends, asks, calls };

class Player final : public Program {
 public:
  Player(Ports& ports, int number, Game game) : ports_(ports), number_(number), game_(game) {}
  Task<> main() override {
    const int peer = number_ % 2 == 0 ? number_ + 1 : number_ - 1;
    const Address to("10.0.0." + std::to_string(peer), port);
    if (game_ != Game::sends && number_ % 2 == 0) return request(&ports_, to, game_ == Game::calls);
    return hit_back(&ports_, to, game_ == Game::sends && number_ % 2 == 0);
  }

 private:
  Ports& ports_;
  int number_;
  Game game_;
};

struct Adapters final : ProcessPorts {
  Adapters(Kernel& kernel, Trace& trace, Net& net, Process& process, TaskExecutor& executor, const Resolver& resolver,
           const WorkCatalogue& catalogue)
      : clock(trace, process),
        network(net, process, executor),
        files(process, executor),
        host(process, executor, resolver),
        random(kernel.streams(), process.name()),
        events(trace, process, executor),
        work(trace, process, executor, random, catalogue),
        all{executor, clock, network, database, files, host, random, events, work, coordination} {}
  Ports& ports() noexcept override { return all; }
  void ended(bool silent) noexcept override { network.ended(silent); }
  ClockPort clock;
  NetworkPort network;
  NoDatabase database;
  NoCoordination coordination;
  FilesPort files;
  HostPort host;
  ScopedStreams random;
  EventsPort events;
  WorkPort work;
  Ports all;
};

/// Messages per CPU second (of a request and its answer: two).
double messages_per_second(Game game, bool idle_rule, bool trace_kept) {
  const std::uint64_t messages = trace_kept ? 300'000 : 1'000'000;
  const double seconds = bench::best_of(3, [&] {
    const TrueTime begin = TrueTime::from_us(0);
    OneMillisecond latency;
    Kernel kernel(1, begin);
    Trace trace(kernel);
    if (trace_kept) trace.keep();
    Net net(kernel, trace, latency);
    IdleRule rule;
    if (idle_rule) net.install(rule);
    const Resolver resolver = [](std::string_view, const std::string&) { return std::nullopt; };
    const WorkCatalogue catalogue = [](std::string_view) { return nullptr; };
    std::vector<std::unique_ptr<Machine>> machines;
    std::vector<std::unique_ptr<Process>> processes;
    for (int i = 2 * pairs - 1; i >= 0; --i) {  // those that serve last
      MachineOptions options;
      options.name = "host-" + std::to_string(i);
      options.ip = "10.0.0." + std::to_string(i);
      machines.push_back(std::make_unique<Machine>(kernel, trace, options));
      net.add(*machines.back());
      ProcessOptions process;
      process.name = "player-" + std::to_string(i);
      processes.push_back(std::make_unique<Process>(
          kernel, trace, *machines.back(), process,
          [&](Process& owner, TaskExecutor& executor) {
            return std::make_unique<Adapters>(kernel, trace, net, owner, executor, resolver, catalogue);
          },
          [i, game](Ports& ports) { return std::make_unique<Player>(ports, i, game); }));
      processes.back()->start();
    }
    kernel.run_until(begin + Duration::ms(20));
    const std::uint64_t target = net.messages() + messages;
    const double before = bench::cpu_seconds();
    while (net.messages() < target && kernel.step(TrueTime::max())) {
    }
    const double used = bench::cpu_seconds() - before;
    while (!processes.empty()) processes.pop_back();
    return used;
  });
  return static_cast<double>(messages) / seconds;
}

struct Bare {
  struct promise_type {
    Bare get_return_object() { return Bare{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};
Bare bare() {
  while (true) co_await std::suspend_always{};
}

double bare_events_per_second() {
  struct Entry {
    std::int64_t due;
    std::uint64_t sequence;
    std::coroutine_handle<> handle;
    bool operator<(const Entry& other) const { return due != other.due ? due > other.due : sequence > other.sequence; }
  };
  constexpr int events = 5'000'000;
  const double seconds = bench::best_of(3, [] {
    std::vector<Bare> tasks;
    std::priority_queue<Entry> queue;
    std::uint64_t sequence = 0;
    for (int i = 0; i < pairs; ++i) {
      tasks.push_back(bare());
      queue.push(Entry{i, ++sequence, tasks.back().handle});
    }
    const double before = bench::cpu_seconds();
    for (int i = 0; i < events; ++i) {
      const Entry next = queue.top();
      queue.pop();
      next.handle.resume();
      queue.push(Entry{next.due + 1'000, ++sequence, next.handle});
    }
    const double used = bench::cpu_seconds() - before;
    for (const Bare& task : tasks) task.handle.destroy();
    return used;
  });
  return events / seconds;
}

void measure(bench::Report& report) {
  const double bare_rate = bare_events_per_second();
  report.add("bare coroutines on std::priority_queue", bare_rate / 1e6, "M/s", "the limit");
  const auto row = [&](const std::string& name, Game game, bool idle_rule, bool trace_kept) {
    const double rate = messages_per_second(game, idle_rule, trace_kept);
    report.add(name, rate / 1e6, "M/s", "x" + std::to_string(rate / bare_rate).substr(0, 5) + " of bare");
  };
  // A question and its answer are two messages.
  row("messages sent", Game::sends, false, false);
  row("messages sent, a rule armed and idle", Game::sends, true, false);
  row("messages sent, trace kept", Game::sends, false, true);
  row("messages of asks", Game::asks, false, false);
  row("messages of asks, a rule armed and idle", Game::asks, true, false);
  row("messages of calls", Game::calls, false, false);
  row("messages of calls, a rule armed and idle", Game::calls, true, false);
}

const bench::Suite suite("network", measure);

}  // namespace
