// Faults on an ensemble, as the injector carries them out: what a client with one session sees.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <faults/injector.hpp>
#include <ports/coordination.hpp>
#include <sim/world/world.hpp>

namespace chronofault {
namespace {

using faults::FaultKind;
using faults::Selector;
using Lines = std::vector<std::string>;

class Latency final : public sim::LatencyModel {
 public:
  Duration draw(const sim::Machine&, const sim::Machine&, RandomStream&) const override { return Duration::ms(1); }
};

class Stage {
 public:
  static constexpr sim::TrueTime start = sim::TrueTime::from_us(1'709'283'600'000'000);

  explicit Stage(int servers)
      : world_(
            options(), latency_, [](std::string_view, const std::string&) { return std::nullopt; },
            [](std::string_view) -> const sim::WorkDeclaration* { return nullptr; }) {
    std::vector<sim::Machine*> machines;
    for (int i = 1; i <= servers; ++i) machines.push_back(&machine("zookeeper-" + std::to_string(i)));
    ensemble_ = &world_.add_zookeeper(machines, "zookeeper", sim::ZooKeeperOptions());
    for (const sim::ZooKeeperPeer& peer : ensemble_->peers()) world_.start_at(ensemble_->process(peer.id), start);
    sim::ProcessOptions client;
    client.name = "client";
    sim::Process& process = world_.add_process(machine("client"), client,
                                               [this](Ports& ports) { return std::make_unique<Client>(ports, *this); });
    world_.start_at(process, start + Duration::seconds(5));
  }

  void fault(Duration at, FaultKind kind, Selector target, std::optional<Duration> lasts = std::nullopt,
             std::map<std::string, Value, std::less<>> params = {}) {
    faults::FaultSpec spec;
    spec.trigger = faults::At{start + at};
    spec.action.kind = kind;
    spec.action.target = std::move(target);
    spec.action.params = std::move(params);
    if (kind == FaultKind::kill || kind == FaultKind::crash) spec.action.params.emplace("stays_down", false);
    spec.lasts = lasts;
    specs_.push_back(std::move(spec));
  }

  void delay_each(std::string_view kind, Duration by) {
    faults::When when;
    when.pattern.message.emplace();
    when.pattern.message->kind = kind;
    when.pattern.each = true;
    faults::FaultSpec spec;
    spec.trigger = std::move(when);
    spec.action.kind = FaultKind::delay;
    spec.action.params.emplace("by", by.count_us());
    specs_.push_back(std::move(spec));
  }

  void partition_client(Duration at, Duration lasts) {
    fault(at, FaultKind::partition, Selector::named("client"), lasts);
    specs_.back().action.link = faults::LinkTarget{Selector::named("client"), Selector(Selector::Kind::all, ""), true};
    faults::LinkTarget& link = *specs_.back().action.link;
    for (const sim::ZooKeeperPeer& peer : ensemble_->peers()) {
      link.to.parts.push_back(Selector(Selector::Kind::zookeeper, std::to_string(peer.id)));
    }
    specs_.back().action.target.reset();
  }

  /// Kinds and labels of the records that the end of the session rests on.
  Lines why_it_ended() const {
    const sim::Trace& trace = world_.trace();
    Lines lines;
    std::set<RecordId> reached;
    std::vector<RecordId> open;
    for (std::size_t i = 0; i < trace.records().size(); ++i) {
      if (trace.records()[i].kind == sim::RecordKind::absence && trace.text(trace.records()[i].label) == "ZkPing") {
        open.push_back(i + 1);
      }
    }
    while (!open.empty()) {
      const RecordId id = open.back();
      open.pop_back();
      if (!reached.insert(id).second) continue;
      const sim::Record& record = trace.record(id);
      lines.push_back(std::string(sim::name_of(record.kind)) + " " + trace.text(record.label));
      for (const RecordId cause : trace.causes(record)) open.push_back(cause);
    }
    return lines;
  }

  void run(Duration until) {
    faults::Injector injector(world_, faults::Directory(), specs_);
    injector.arm();
    world_.kernel().run_until(start + until);
    for (const faults::Strike& strike : injector.strikes()) struck.push_back(strike.missed ? "missed" : strike.text);
    injector.heal_all();
    world_.kernel().settle();
  }

  sim::ZooKeeperEnsemble& ensemble() { return *ensemble_; }
  Lines said;
  Lines struck;
  Duration slowest;       // create, since the last call of forget()
  Duration latest_watch;  // after the request that fired it
  zk::SessionId session = 0;

 private:
  // Notes states, and creates a node each second; says when that begins to fail and when it works again.
  class Client final : public Program {
   public:
    Client(Ports& ports, Stage& stage) : ports_(ports), stage_(stage) {}
    Task<> main() override {
      zk::Options options(stage_.ensemble_->connect_string(), Duration::seconds(20));
      handle_ = ports_.coordination.open(std::move(options), std::make_shared<States>(stage_));
      co_await handle_->create("/alive", "", zk::CreateMode::ephemeral);
      bool works = true;
      for (int i = 0;; ++i) {
        zk::Request exists(zk::Op::exists("/n" + std::to_string(i)));
        exists.watcher = std::make_shared<Watch>(*this);
        co_await handle_->request(std::move(exists));
        const MonoTime before = ports_.clock.mono();
        created_ = before;
        zk::Request create(zk::Op::create("/n" + std::to_string(i), "", zk::CreateMode::persistent));
        const zk::Result result = co_await handle_->request(std::move(create));
        stage_.session = handle_->session_id();
        const bool ok = result.error == zk::Code::ok;
        if (ok) stage_.slowest = std::max(stage_.slowest, ports_.clock.mono() - before);
        if (ok != works) stage_.said.push_back(ok ? "works" : "fails");
        works = ok;
        co_await ports_.clock.sleep_for(Duration::seconds(1));
      }
    }

   private:
    class Watch final : public zk::Watcher {
     public:
      explicit Watch(Client& client) : client_(client) {}
      Task<> process(zk::WatchedEvent) override {
        const Duration after = client_.ports_.clock.mono() - client_.created_;
        client_.stage_.latest_watch = std::max(client_.stage_.latest_watch, after);
        co_return;
      }

     private:
      Client& client_;
    };
    class States final : public zk::Watcher {
     public:
      explicit States(Stage& stage) : stage_(stage) {}
      Task<> process(zk::WatchedEvent event) override {
        stage_.said.emplace_back(name_of(event.state));
        co_return;
      }

     private:
      Stage& stage_;
    };
    Ports& ports_;
    Stage& stage_;
    std::shared_ptr<zk::Handle> handle_;
    MonoTime created_;
  };

  static sim::WorldOptions options() {
    sim::WorldOptions options;
    options.seed = 1;
    options.start = start;
    options.trace = true;
    return options;
  }
  sim::Machine& machine(const std::string& name) {
    sim::MachineOptions options;
    options.name = name + ".host";
    options.ip = "10.0.0." + std::to_string(++machines_);
    return world_.add_machine(std::move(options));
  }

  Latency latency_;
  int machines_ = 0;
  sim::World world_;
  sim::ZooKeeperEnsemble* ensemble_ = nullptr;
  std::vector<faults::FaultSpec> specs_;
};

bool has(const Lines& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

TEST_CASE("expire_session: the client is told, its ephemerals are gone at once", "[zookeeper:4]") {
  Stage stage(3);
  stage.fault(Duration::seconds(20), FaultKind::expire_session, Selector::named("client"));
  stage.fault(Duration::seconds(25), FaultKind::expire_session, Selector::named("client"));
  stage.run(Duration::seconds(30));
  CHECK(has(stage.said, "Expired"));
  CHECK(stage.ensemble().server(stage.ensemble().leader())->tree().find("/alive") == nullptr);
  CHECK(stage.struck == Lines{"expire_session: client -> client.host", "missed"});  // it has no session any more
}

TEST_CASE("expire_session: a crashed client's session ends at once, not after its timeout", "[zookeeper:4]") {
  const int servers = GENERATE(1, 3);
  Stage stage(servers);
  stage.fault(Duration::seconds(20), FaultKind::crash, Selector::named("client"));
  stage.fault(Duration::seconds(21), FaultKind::expire_session, Selector::named("client"));
  stage.fault(Duration::seconds(25), FaultKind::expire_session, Selector::named("client"));
  stage.run(Duration::seconds(26));
  CHECK(stage.ensemble().server(stage.ensemble().leader())->tree().find("/alive") == nullptr);
  REQUIRE(stage.struck.size() == 3);
  CHECK(stage.struck[1] == "expire_session: client -> client.host");
  CHECK(stage.struck[2] == "missed");
}

TEST_CASE("an expiry rests on the last ping and on what kept the others away", "[zookeeper:4][design:6]") {
  const int servers = GENERATE(1, 3);
  Stage cut_off(servers);
  cut_off.partition_client(Duration::seconds(20), Duration::seconds(60));
  cut_off.run(Duration::seconds(100));
  CHECK(has(cut_off.said, "Expired"));
  const Lines because = cut_off.why_it_ended();
  for (const std::string& line : because) {
    if (line.starts_with("absence") || line.starts_with("fault") || line.starts_with("drop")) UNSCOPED_INFO(line);
  }
  CHECK(has(because, "drop ZkPing"));
  CHECK(std::any_of(because.begin(), because.end(),
                    [](const std::string& line) { return line.starts_with("fault_on partition"); }));
  Stage paused(servers);
  paused.fault(Duration::seconds(20), FaultKind::pause, Selector::named("client"), Duration::seconds(60));
  paused.run(Duration::seconds(100));
  CHECK(has(paused.said, "Expired"));
  const Lines asleep = paused.why_it_ended();
  CHECK(std::any_of(asleep.begin(), asleep.end(),
                    [](const std::string& line) { return line.starts_with("fault_on pause"); }));
}

TEST_CASE("slow_fsync: writes wait for the disk, and no longer once it is healed", "[zookeeper:5]") {
  Stage slow(1);
  slow.fault(Duration::seconds(10), FaultKind::slow_fsync, Selector(Selector::Kind::zookeeper, "1"),
             Duration::seconds(10), {{"by", std::int64_t{300'000}}});
  slow.run(Duration::seconds(19));
  CHECK(slow.slowest > Duration::ms(300));
  CHECK(slow.slowest < Duration::ms(400));
  Stage healthy(1);
  healthy.run(Duration::seconds(19));
  CHECK(healthy.slowest < Duration::ms(20));
}

TEST_CASE("a watch is delayed by its kind of message, and what its server says after it comes no earlier",
          "[zookeeper:3.6]") {
  Stage prompt(3);
  prompt.run(Duration::seconds(10));
  CHECK(prompt.latest_watch > Duration{});
  CHECK(prompt.latest_watch < Duration::ms(20));
  Stage stage(3);
  stage.delay_each("ZkEvent", Duration::ms(400));
  stage.run(Duration::seconds(10));
  CHECK(stage.latest_watch > Duration::ms(400));
  CHECK(stage.latest_watch < Duration::ms(420));
  CHECK(stage.slowest >= stage.latest_watch);
  CHECK_FALSE(has(stage.said, "Disconnected"));
}

TEST_CASE("the leader is killed: another one leads, the session goes on", "[zookeeper:8]") {
  Stage stage(3);
  stage.fault(Duration::seconds(20), FaultKind::kill, Selector(Selector::Kind::zookeeper, "leader"));
  stage.run(Duration::seconds(40));
  CHECK(stage.struck == Lines{"kill: {zookeeper: leader} -> zookeeper-3"});
  CHECK(stage.ensemble().leader() == 2);
  CHECK(stage.said.back() != "fails");
  CHECK_FALSE(has(stage.said, "Expired"));
  CHECK(stage.ensemble().server(2)->tree().find("/alive") != nullptr);
}

TEST_CASE("without a quorum nothing is written; with it again everything is", "[zookeeper:8]") {
  Stage stage(3);
  Selector followers(Selector::Kind::any_two_of, "");
  followers.parts = {Selector(Selector::Kind::zookeeper, "1"), Selector(Selector::Kind::zookeeper, "2")};
  stage.fault(Duration::seconds(20), FaultKind::kill, followers, Duration::seconds(20));
  stage.run(Duration::seconds(60));
  CHECK(has(stage.said, "fails"));
  CHECK(stage.said.back() == "works");
  CHECK(stage.ensemble().leader() != 0);
}

TEST_CASE("a paused server holds nobody up but its own clients", "[zookeeper:8]") {
  Stage stage(3);
  stage.fault(Duration::seconds(20), FaultKind::pause, Selector(Selector::Kind::zookeeper, "follower"),
              Duration::seconds(5));
  stage.run(Duration::seconds(60));
  CHECK(stage.struck.front().starts_with("pause: {zookeeper: follower} -> zookeeper-"));
  CHECK_FALSE(has(stage.said, "Expired"));
  CHECK(stage.ensemble().leader() != 0);
}

}  // namespace
}  // namespace chronofault
