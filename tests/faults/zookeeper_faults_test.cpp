// Faults on an ensemble, as the injector carries them out: what a client with one session sees.
#include <memory>
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
    if (kind == FaultKind::kill) spec.action.params.emplace("stays_down", false);
    spec.lasts = lasts;
    specs_.push_back(std::move(spec));
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
  Duration slowest;  // create, since the last call of forget()
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
        const MonoTime before = ports_.clock.mono();
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
  };

  static sim::WorldOptions options() {
    sim::WorldOptions options;
    options.seed = 1;
    options.start = start;
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
  CHECK(stage.struck == Lines{"expire_session: client -> client.host", "missed"});  // nobody is connected any more
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
