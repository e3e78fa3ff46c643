#include "sensors.hpp"

#include <set>
#include <stdexcept>

#include <ports/task/pool.hpp>
#include <ports/task/race.hpp>

namespace sensors {

namespace {

constexpr int port = 1'000;
constexpr Duration period = Duration::ms(100);
constexpr Duration patience = Duration::seconds(1);

struct Beat {
  static constexpr std::string_view kind = "Beat";
  std::int64_t number = 0;
  WallTime sent;  // by a clock that no fault touches
  template <class V>
  void fields(V&& visit) const {
    visit("number", number);
    visit("sent", sent);
  }
};
struct Question {
  static constexpr std::string_view kind = "Question";
  template <class V>
  void fields(V&&) const {}
};
struct Note {
  static constexpr std::string_view kind = "Note";
  template <class V>
  void fields(V&&) const {}
};

class Sensor final : public Program {
 public:
  Sensor(Ports& ports, std::string name, Address peer, std::string zookeeper, Readings* counts,
         scenarios::ScenarioRun* const* run)
      : ports_(ports),
        name_(std::move(name)),
        peer_(std::move(peer)),
        zookeeper_(std::move(zookeeper)),
        counts_(counts),
        run_(run),
        pool_(ports.executor, ThreadPool::Settings("errands", 1, 1, ThreadPool::unlimited)) {}

  Task<> main() override {
    ++count("lives");
    db::PoolOptions options;
    options.maximum_pool_size = 4;
    options.minimum_idle = 1;
    ports_.database.configure(options);
    listener_ = ports_.network.listen(port);
    Scope scope(ports_.executor);
    scope.spawn("ticks", ticks());
    scope.spawn("work", work());
    scope.spawn("errands", errands());
    scope.spawn("beats", beats());
    scope.spawn("questions", questions());
    scope.spawn("inbox", inbox());
    scope.spawn("accept", accept(&scope));
    scope.spawn("connection", connection());
    scope.spawn("inserts", inserts());
    scope.spawn("updates", updates());
    scope.spawn("nodes", nodes());
    co_await ports_.clock.sleep_for(Duration::hours(1));
  }

 private:
  std::int64_t& count(const std::string& what) { return (*counts_)[name_ + "." + what]; }
  WallTime true_time() const { return WallTime::from_us((*run_)->world().kernel().now().us()); }

  Task<> ticks() {
    while (true) {
      ++count("ticks");
      try {
        ports_.files.write("/tick", "");
      } catch (const IoError&) {
        ++count("unwritten");
      }
      count("names") = ports_.host.resolve("service") ? 1 : 0;
      count("memory") = ports_.host.metrics().memory_used;
      co_await ports_.clock.sleep_for(period);
    }
  }
  Task<> work() {
    while (true) {
      WorkContext context;
      context.job = "probe";
      context.run = ++count("works");
      const MonoTime begun = ports_.clock.mono();
      co_await ports_.work.run(std::move(context));
      count("work_us") = (ports_.clock.mono() - begun).count_us();
      co_await ports_.clock.sleep_for(period);
    }
  }
  Task<> errand() {
    ++count("errands");
    co_return;
  }
  Task<> errands() {
    while (true) {
      pool_.execute([this] { return errand(); });
      co_await ports_.clock.sleep_for(period);
    }
  }

  Task<> beats() {
    while (true) {
      Beat beat;
      beat.number = ++count("beats");
      beat.sent = true_time();
      ports_.network.send(peer_, body_of(beat));
      co_await ports_.clock.sleep_for(period);
    }
  }
  Task<> questions() {
    while (true) {
      try {
        co_await ports_.network.ask(peer_, body_of(Question()), patience);
      } catch (const AskTimeout&) {
        ++count("unanswered");
      }
      co_await ports_.clock.sleep_for(period);
    }
  }
  Task<> inbox() {
    while (true) {
      Delivery delivery = co_await listener_->inbox().receive();
      if (delivery.wants_reply()) delivery.reply(body_of(Note()));
      const Beat* const beat = delivery.body.as<Beat>();
      if (beat == nullptr) continue;
      ++count("received");
      if (!seen_.insert(beat->number).second) {
        ++count("repeated");
      } else if (beat->number != *seen_.rbegin()) {
        ++count("overtaken");
      } else {
        count("latency_us") = (true_time() - beat->sent).count_us();
      }
    }
  }

  Task<> echo(std::unique_ptr<Connection> taken) {
    const std::unique_ptr<Connection> from = std::move(taken);
    try {
      while (true) {
        co_await from->receive();
        from->send(body_of(Note()));
      }
    } catch (const NetworkError&) {  // the peer has gone
    }
  }
  Task<> accept(Scope* scope) {
    while (true) {
      std::unique_ptr<Connection> connection = co_await listener_->accepted().receive();
      scope->spawn("echo", echo(std::move(connection)));
    }
  }
  Task<> talk() {
    const std::unique_ptr<Connection> to = co_await ports_.network.connect(peer_, patience);
    while (true) {
      to->send(body_of(Note()));
      auto heard = co_await race(to->receive(), ports_.clock.sleep_for(patience));
      if (heard.index() == 1) throw ReadTimeout(peer_);
      co_await ports_.clock.sleep_for(period);
    }
  }
  Task<> connection() {
    while (true) {
      try {
        co_await talk();
      } catch (const ConnectionRefused&) {
        ++count("refused");
      } catch (const ConnectionReset&) {
        ++count("reset");
      } catch (const NetworkError&) {
        ++count("silent");
      }
      co_await ports_.clock.sleep_for(period);
    }
  }

  Task<> statement(std::string what, db::Statement change) {
    const MonoTime begun = ports_.clock.mono();
    try {
      co_await ports_.database.transact(std::move(change));
      ++count(what);
      count(what + "_us") = (ports_.clock.mono() - begun).count_us();
    } catch (const db::ConnectionLost& lost) {
      ++count(lost.outcome_unknown ? "unknown" : "lost");
    } catch (const db::DatabaseError&) {
      ++count("denied");
    }
    co_await ports_.clock.sleep_for(period);
  }
  Task<> inserts() {
    while (true) {
      db::Statement insert = db::Insert("entry", {"number"}, {Value(std::int64_t{1})});
      co_await statement("inserts", std::move(insert));
    }
  }
  Task<> updates() {
    while (true) {
      const db::Assignments set(1, db::Assignment::add("number", 1));
      const std::int64_t mine = name_ == "a" ? 1 : 2;
      db::Statement update = db::Update("total", db::Where("pk", {Value(mine)}), set);
      co_await statement("updates", std::move(update));
    }
  }

  class Session final : public zk::Watcher {
   public:
    explicit Session(Sensor& sensor) : sensor_(sensor) {}
    Task<> process(zk::WatchedEvent event) override {
      if (event.state == zk::KeeperState::expired) ++sensor_.count("expired");
      co_return;
    }

   private:
    Sensor& sensor_;
  };
  Task<> nodes() {
    zk::Options options(zookeeper_, Duration::seconds(20));
    const auto watcher = std::make_shared<Session>(*this);
    const std::shared_ptr<zk::Handle> handle = ports_.coordination.open(std::move(options), watcher);
    while (true) {
      const MonoTime begun = ports_.clock.mono();
      zk::Request create(zk::Op::create("/n", "", zk::CreateMode::persistent_sequential));
      const zk::Result result = co_await handle->request(std::move(create));
      if (result.error == zk::Code::ok) count("node_us") = (ports_.clock.mono() - begun).count_us();
      co_await ports_.clock.sleep_for(period);
    }
  }

  Ports& ports_;
  std::string name_;
  Address peer_;
  std::string zookeeper_;
  Readings* counts_;
  scenarios::ScenarioRun* const* run_;
  std::set<std::int64_t> seen_;
  std::unique_ptr<Listener> listener_;
  ThreadPool pool_;
};

TableSpec numbers(const std::string& name, bool generated) {
  TableSpec spec(name);
  spec.columns = {{"id", ColumnType::integer}, {"number", ColumnType::integer}};
  spec.primary_key = {"id"};
  spec.columns.front().generated = generated;
  return spec;
}

constexpr const char* head = R"(scenario: sensors
system: sensors
start: 2024-03-01T09:00:00Z
until: +46s
settle: 0s
cluster:
  zones: {Z: {}}
  names: {service: {Z: a}}
  database: {replicas: 1}
  zookeeper: {servers: 1}
  sensors: [{name: a, starts: 1s}, {name: b, starts: 1s}]
jobs: [{name: probe, schedule: on_demand, work: {takes: 100ms, cpu: 1}}]
expect: [{property: settles, seeds: none}]
)";

}  // namespace

class Run::SensorSystem final : public System {
 public:
  explicit SensorSystem(Readings* counts) : counts_(counts) {
    info_.name = "sensors";
    info_.versions = {{"V1", "1", ""}};
    Role role;
    role.name = "sensor";
    role.list = "sensors";
    role.default_port = port;
    info_.roles = {role};
    info_.messages = {{"Beat", "sensor", "sensor", "", false}, {"Question", "sensor", "sensor", "", true}};
    info_.uses_database = true;
    info_.uses_zookeeper = true;
  }
  void observe(scenarios::ScenarioRun* run) { run_ = run; }

  const SystemInfo& info() const override { return info_; }
  std::vector<Objection> check(const ClusterSpec&) const override { return {}; }
  std::vector<TableSpec> tables(const Profile&) const override {
    return {numbers("entry", true), numbers("total", false)};
  }
  std::vector<InitialRow> initial_rows(const ClusterSpec&) const override {
    std::vector<InitialRow> rows;
    for (const std::int64_t id : {1, 2}) {
      rows.emplace_back("total", std::map<std::string, Value>{{"id", id}, {"number", std::int64_t{0}}});
    }
    return rows;
  }
  std::vector<ProcessSpec> deploy(const ClusterSpec& cluster) const override {
    std::vector<ProcessSpec> specs;
    for (std::size_t i = 0; i < 2; ++i) {
      const std::string name = cluster.processes[i].name;
      const Address peer(cluster.processes[1 - i].ip, port);
      specs.push_back({"sensor", name, [this, name, peer, zookeeper = cluster.zookeeper](Ports& ports) {
                         return std::make_unique<Sensor>(ports, name, peer, zookeeper, counts_, &run_);
                       }});
    }
    return specs;
  }
  JobContract contract(const JobSpec&, const ClusterSpec&) const override { return {}; }
  JobContract contract(const WorkflowSpec&, const ClusterSpec&) const override { return {}; }
  Duration longest_loop(const Profile&) const override { return Duration::seconds(1); }
  Task<OperatorResult> operate(OperatorAction, const ClusterSpec&, Ports&) const override { return refuse(); }
  std::vector<std::string> resolve(const Selector&, const StateView&) const override { return {}; }
  std::string owner(std::string_view, const StateView&) const override { return {}; }
  std::string scope_of(std::string_view, const ClusterSpec&) const override { return {}; }

 private:
  static Task<OperatorResult> refuse() { co_return OperatorResult::refused("runs nothing"); }
  SystemInfo info_;
  Readings* counts_;
  scenarios::ScenarioRun* run_ = nullptr;
};

Run::Run(const std::string& faults, const std::vector<Duration>& looks)
    : system_(std::make_unique<SensorSystem>(&counts_)) {
  scenarios::World world;
  world.systems = {{"sensors", system_.get()}};
  const std::string text = std::string(head) + "faults: " + faults + "\n";
  const scenarios::ReadResult scenario = scenarios::read_scenario_text(text, "s.yaml", "", "", world);
  if (!scenario) throw std::runtime_error(scenario.error().text());
  const auto plan = scenarios::make_plan(*scenario, scenario->variants.front().name, 1, world);
  if (!plan) throw std::runtime_error(plan.error().text());
  scenarios::RunOptions options;
  options.trace = true;
  run_ = std::make_unique<scenarios::ScenarioRun>(*plan, options);
  system_->observe(run_.get());
  for (const Duration at : looks) {
    run_->world().kernel().agenda(plan->start + at, [this] { readings_.push_back(look()); });
  }
  run_->run();
}

Run::~Run() = default;

Readings Run::look() const {
  sim::World& world = run_->world();
  Readings now = counts_;
  for (const char* name : {"a", "b"}) {
    const sim::HostClock& clock = world.process(name)->machine().clock();
    const WallTime wall = clock.wall();
    now[std::string(name) + ".wall_us"] = wall.us() - world.kernel().now().us();
    now[std::string(name) + ".zone_s"] = clock.zone().offset_at(wall).count_us() / 1'000'000;
  }
  for (const std::size_t server : {std::size_t{0}, std::size_t{1}}) {
    now["database.up"] += world.database()->running(server) != nullptr ? 1 : 0;
  }
  return now;
}

std::vector<std::string> Run::told(sim::RecordKind kind) {
  const sim::Trace& trace = run_->world().trace();
  std::vector<std::string> texts;
  for (const sim::Record& record : trace.records()) {
    if (record.kind == kind) texts.push_back(trace.text(record.label));
  }
  return texts;
}

}  // namespace sensors
