#include "lease_toy.hpp"

#include <algorithm>
#include <cstdlib>
#include <unordered_map>

#include <ports/loop.hpp>
#include <ports/task/race.hpp>
#include <ports/task/sync.hpp>

namespace toy {

namespace {

constexpr int store_port = 50;
constexpr int progress_port = 51;
constexpr int server_port = 100;
constexpr int worker_port = 200;
const Address store_address("10.0.0.1", store_port);
const Address progress_address("10.0.0.1", progress_port);
Address server_address(int i) { return Address("10.0.0." + std::to_string(1 + i), server_port); }
Address worker_address(int i) { return Address("10.0.0." + std::to_string(3 + i), worker_port); }
constexpr int servers = 2;
constexpr int workers = 4;
constexpr int clients = 2;

struct Acquire {
  explicit Acquire(std::string who) : who(std::move(who)) {}
  static constexpr std::string_view kind = "Acquire";
  std::string who;
  template <class V>
  void fields(V&& visit) const {
    visit("who", who);
  }
};
struct Lease {
  explicit Lease(std::string holder, std::int64_t term) : holder(std::move(holder)), term(term) {}
  static constexpr std::string_view kind = "Lease";
  std::string holder;
  std::int64_t term;
  template <class V>
  void fields(V&& visit) const {
    visit("holder", holder);
    visit("term", term);
  }
};
struct Beat {
  explicit Beat(int worker, std::int64_t done) : worker(worker), done(done) {}
  static constexpr std::string_view kind = "Beat";
  int worker;
  std::int64_t done;
  template <class V>
  void fields(V&& visit) const {
    visit("worker", worker);
    visit("done", done);
  }
};
template <int N>
struct Numbered {
  explicit Numbered(std::int64_t number) : number(number) {}
  static constexpr std::string_view kinds[6] = {"Submit", "Accepted", "Run", "Done", "Progress", "Seen"};
  static constexpr std::string_view kind = kinds[N];
  std::int64_t number;
  template <class V>
  void fields(V&& visit) const {
    visit("number", number);
  }
};
using Submit = Numbered<0>;
using Accepted = Numbered<1>;
using Run = Numbered<2>;
using Done = Numbered<3>;
using Progress = Numbered<4>;
using Seen = Numbered<5>;

class Store final : public Program {
 public:
  explicit Store(Ports& ports) : ports_(ports), scope_(ports.executor) {}
  Task<> main() override {
    listener_ = ports_.network.listen(store_port);
    progress_ = ports_.network.listen(progress_port);
    scope_.spawn("progress", accept_all());
    while (true) {
      Delivery asked = co_await listener_->inbox().receive();
      ports_.events.begin_unit(asked.record);
      if (const Acquire* acquire = asked.body.as<Acquire>()) asked.reply(body_of(grant(acquire->who)));
    }
  }

 private:
  Lease grant(const std::string& who) {
    const MonoTime now = ports_.clock.mono();
    if (holder_.empty() || holder_ == who || now > until_) {
      if (holder_ != who) {
        ++term_;
        ports_.files.write("term", std::to_string(term_));
      }
      holder_ = who;
      until_ = now + 1500_ms;
    }
    return Lease(holder_, term_);
  }
  Task<> accept_all() {
    while (true) {
      std::unique_ptr<Connection> connection = co_await progress_->accepted().receive();
      scope_.spawn("connection", answer(std::move(connection)));
    }
  }
  static Task<> answer(std::unique_ptr<Connection> connection) {
    try {
      while (true) {
        Connection::Received got = co_await connection->receive();
        connection->send(body_of(Seen(got.body.as<Progress>()->number)));
      }
    } catch (const NetworkError&) {
    }
  }
  Ports& ports_;
  Scope scope_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Listener> progress_;
  std::string holder_;
  MonoTime until_;
  std::int64_t term_ = 0;
};

class Server final : public Program {
 public:
  Server(Ports& ports, Defect defect)
      : ports_(ports), defect_(defect), scope_(ports.executor), owner_(ports.events, "owner", false), idle_(2) {
    for (int i = 1; i <= workers; ++i) seen_.push_back(std::make_unique<WorkerSeen>(i));
  }
  Task<> main() override {
    listener_ = ports_.network.listen(server_port);
    ports_.host.on_shutdown("give up", [this] { return give_up(this); });
    scope_.spawn("lease", keep_lease());
    Executor& pool = ports_.executor.pool("dispatch");
    for (int i = 0; i < 2; ++i) scope_.spawn_on(pool, "dispatcher", dispatch());
    while (true) {
      Delivery got = co_await listener_->inbox().receive();
      ports_.events.begin_unit(got.record);
      if (const Beat* beat = got.body.as<Beat>()) seen_[static_cast<std::size_t>(beat->worker - 1)]->done = beat->done;
      if (const Submit* submit = got.body.as<Submit>()) {
        const bool mine = owner_.get();
        if (mine) jobs_.push(submit->number);
        got.reply(body_of(Accepted(mine ? submit->number : 0)));
      }
    }
  }

 private:
  struct WorkerSeen {
    explicit WorkerSeen(int number) : number(number) {}
    int number;
    std::int64_t done = 0;
    std::int64_t given = 0;
  };

  static Task<> give_up(Server* self) {
    self->owner_.set(false);
    co_await self->ports_.clock.sleep_for(5_ms);
  }
  Task<> keep_lease() {
    RandomStream& draws = ports_.random.stream("lease");
    while (true) {
      ports_.events.begin_unit();
      bool mine = false;
      try {
        Body answer = co_await ports_.network.ask(store_address, body_of(Acquire(ports_.host.process_name())), 400_ms);
        mine = answer.as<Lease>()->holder == ports_.host.process_name();
      } catch (const AskTimeout&) {
      }
      if (mine != owner_.get()) {
        owner_.set(mine);
        Event event(mine ? EventKind::OwnershipTaken : EventKind::OwnershipLost);
        event.scope = "toy";
        event.member = ports_.host.process_name();
        ports_.events.emit(event);
      }
      const Duration pause = draws.between(300_ms, 500_ms);
      co_await ports_.clock.sleep_for(pause);
    }
  }
  Task<> dispatch() {
    while (true) {
      const std::int64_t job = co_await jobs_.receive();
      ports_.events.begin_unit();
      co_await idle_.acquire();
      int chosen = 0;
      {
        Mutex::Guard guard = co_await mutex_.lock();
        co_await interleave("choose");
        chosen = choose();
        ++seen_[static_cast<std::size_t>(chosen - 1)]->given;
      }
      bool done = false;
      for (int attempt = 0; attempt < 3 && !done; ++attempt) {
        try {
          Body answer =
              co_await ports_.network.call(worker_address(chosen), body_of(Run(job)), CallOptions(200_ms, 600_ms));
          done = answer.as<Done>()->number == job;
        } catch (const NetworkError&) {
          chosen = chosen % workers + 1;
        }
      }
      idle_.release();
      Event event(EventKind::OutcomeRecorded);
      event.run = job;
      event.ok = done;
      ports_.events.emit(event);
    }
  }
  int choose() const {
    std::vector<const WorkerSeen*> all;
    for (const auto& worker : seen_) all.push_back(worker.get());
    if (defect_ == Defect::hashes_addresses) {
      std::unordered_map<const WorkerSeen*, int> given;
      for (const WorkerSeen* worker : all) given[worker] = 0;
      return given.begin()->first->number;
    }
    if (defect_ == Defect::orders_by_address) {
      std::sort(all.begin(), all.end(), std::less<const WorkerSeen*>());
      return all.front()->number;
    }
    if (defect_ == Defect::reads_junk) {
      auto* const memory =
          static_cast<volatile unsigned char*>(std::malloc(64));  // NOLINT(cppcoreguidelines-no-malloc)
      const unsigned junk = memory[40];
      std::free(const_cast<unsigned char*>(memory));  // NOLINT(cppcoreguidelines-no-malloc)
      return static_cast<int>(junk % workers) + 1;
    }
    const auto least = [](const WorkerSeen* a, const WorkerSeen* b) {
      return a->given != b->given ? a->given < b->given : a->number < b->number;
    };
    return (*std::min_element(all.begin(), all.end(), least))->number;
  }

  Ports& ports_;
  Defect defect_;
  Scope scope_;
  Tracked<bool> owner_;
  std::vector<std::unique_ptr<WorkerSeen>> seen_;
  Semaphore idle_;
  Mutex mutex_;
  Queue<std::int64_t> jobs_;
  std::unique_ptr<Listener> listener_;
};

class Worker final : public Program {
 public:
  Worker(Ports& ports, int number) : ports_(ports), number_(number), scope_(ports.executor) {}
  Task<> main() override {
    listener_ = ports_.network.listen(worker_port);
    scope_.spawn("beat", fixed_rate(ports_.clock, ports_.events, LoopSpec("beat", 10_ms * number_, 500_ms),
                                    [this] { return beat(this); }));
    scope_.spawn("progress", tell_progress());
    while (true) {
      Delivery got = co_await listener_->inbox().receive();
      ports_.events.begin_unit(got.record);
      scope_.spawn("run", run(std::move(got)));
    }
  }

 private:
  static Task<> beat(Worker* self) {
    for (int i = 1; i <= servers; ++i)
      self->ports_.network.send(server_address(i), body_of(Beat(self->number_, self->done_)));
    co_return;
  }
  Task<> run(Delivery delivery) {
    const Delivery asked = std::move(delivery);
    WorkContext context;
    context.job = "toy";
    context.run = asked.body.as<Run>()->number;
    const std::int64_t job = context.run;
    WorkResult result = co_await ports_.work.run(std::move(context));
    if (!result.ok) co_return;
    ++done_;
    ports_.files.append("done", std::to_string(job) + "\n");
    asked.reply(body_of(Done(job)));
  }
  Task<> tell_progress() {
    while (true) {
      try {
        std::unique_ptr<Connection> connection = co_await ports_.network.connect(progress_address, 300_ms);
        while (true) {
          connection->send(body_of(Progress(done_)));
          auto outcome = co_await race(connection->receive(), ports_.clock.sleep_for(1_s));
          if (outcome.index() == 1) break;
          co_await ports_.clock.sleep_for(700_ms);
        }
      } catch (const NetworkError&) {
      }
      co_await ports_.clock.sleep_for(250_ms);
    }
  }
  Ports& ports_;
  int number_;
  Scope scope_;
  std::unique_ptr<Listener> listener_;
  std::int64_t done_ = 0;
};

class Client final : public Program {
 public:
  Client(Ports& ports, int number) : ports_(ports), number_(number) {}
  Task<> main() override {
    RandomStream& draws = ports_.random.stream("pace");
    int server = 1 + number_ % servers;
    for (std::int64_t job = number_ * 1'000'000 + 1;; ++job) {
      bool accepted = false;
      try {
        auto outcome = co_await race(
            ports_.network.call(server_address(server), body_of(Submit(job)), CallOptions(100_ms, 300_ms)),
            ports_.clock.sleep_for(250_ms));
        if (outcome.index() == 0) accepted = std::get<0>(outcome).as<Accepted>()->number == job;
      } catch (const NetworkError&) {
      }
      if (!accepted) server = server % servers + 1;
      const Duration pause = accepted ? draws.between(100_ms, 400_ms) : draws.between(20_ms, 60_ms);
      co_await ports_.clock.sleep_for(pause);
    }
  }

 private:
  Ports& ports_;
  int number_;
};

ClusterOptions cluster_options(const ToyOptions& options) {
  ClusterOptions made;
  made.seed = options.seed;
  made.latency_low = 200_us;
  made.latency_high = 3_ms;
  made.trace = options.trace;
  return made;
}

}  // namespace

Toy::Toy(const ToyOptions& options) : cluster(cluster_options(options)) {
  sim::WorkDeclaration& work = cluster.works["toy"];
  work.takes = [](RandomStream& draws) { return draws.between(10_ms, 250_ms); };
  work.milli_cores = 2'000;
  work.memory = 1 << 20;
  work.fails_per_million = 50'000;
  const auto add = [this](const std::string& name, sim::MakeProgram program) {
    sim::MachineOptions machine;
    machine.name = name + ".host";
    machine.cores = 2;
    sim::ProcessOptions process;
    process.name = name;
    cluster.add_program(cluster.add_machine(machine), process, std::move(program));
  };
  add("store", [](Ports& ports) { return std::make_unique<Store>(ports); });
  for (int i = 1; i <= servers; ++i) {
    add("server-" + std::to_string(i),
        [defect = options.defect](Ports& ports) { return std::make_unique<Server>(ports, defect); });
  }
  for (int i = 1; i <= workers; ++i) {
    add("worker-" + std::to_string(i), [i](Ports& ports) { return std::make_unique<Worker>(ports, i); });
  }
  for (int i = 1; i <= clients; ++i) {
    add("client-" + std::to_string(i), [i](Ports& ports) { return std::make_unique<Client>(ports, i); });
  }
  for (const auto& process : cluster.processes()) {
    if (process->name() == "store" && options.store_starts > Duration{}) {
      cluster.at(options.store_starts, [store = process.get()] { store->start(); });
    } else {
      process->start();
    }
  }
}

namespace {

class Spy final : public sim::ExecutorObserver {
 public:
  Spy(Toy& toy, std::vector<sim::ProcessId>& into) : toy_(toy), into_(into) {}
  std::uint64_t armed(const Wake&) override { return 0; }
  std::uint64_t released(const Wake& wake, std::uint64_t) override { return wake.cause; }
  std::uint64_t fired(const Wake& wake) override {
    into_.resize(toy_.cluster.kernel.steps(), 0);
    into_.back() = static_cast<const sim::TaskExecutor*>(wake.owner)->id();
    return 0;
  }

 private:
  Toy& toy_;
  std::vector<sim::ProcessId>& into_;
};

}  // namespace

std::vector<sim::ProcessId> processes_of_steps(const ToyOptions& options, std::uint64_t steps) {
  std::vector<sim::ProcessId> entered;
  Toy toy(options);
  Spy spy(toy, entered);
  for (const auto& process : toy.cluster.processes()) process->executor()->observe(&spy);
  toy.run_to_step(steps);
  entered.resize(steps, 0);
  return entered;
}

}  // namespace toy
