#include "guarantees.hpp"

#include <algorithm>

#include <support/property.hpp>

#include "history.hpp"
#include "zoo.hpp"

namespace guarantees {

namespace {

using namespace zoo;
using namespace history;
using zk::OpCode;

constexpr int clients = 3;
constexpr Duration busy_until = 30_s;
constexpr Duration healed_at = 45_s;
constexpr Duration slow_by = 300_ms;
constexpr Duration quiet_at = 150_s;  // a lonely server may wait a minute before it asks again who leads

// Of full range in every case: most are over before anything happened otherwise.
rc::Gen<Fault> any_fault() {
  return rc::gen::resize(
      100,
      rc::gen::construct<Fault>(
          rc::gen::element(Kind::kill_server, Kind::kill_leader, Kind::pause_server, Kind::pause_leader,
                           Kind::cut_server, Kind::cut_client, Kind::cut_client, Kind::reset_server, Kind::slow_server),
          rc::gen::inRange(1, 16), rc::gen::inRange(2'000, 28'000), rc::gen::inRange(100, 12'000)));
}

// Told once or more.
class OnceTold final : public zk::Watcher {
 public:
  explicit OnceTold(std::shared_ptr<bool> told) : told_(std::move(told)) {}
  Task<> process(zk::WatchedEvent event) override {
    if (event.type != zk::EventType::none) *told_ = true;
    co_return;
  }

 private:
  std::shared_ptr<bool> told_;
};

struct Case {
  Case(int servers, std::uint64_t seed) : zoo(servers, server_options(), cluster_options(seed)) {}
  static sim::ZooKeeperOptions server_options() {
    sim::ZooKeeperOptions options;
    options.tick = 500_ms;
    return options;
  }
  static ClusterOptions cluster_options(std::uint64_t seed) {
    ClusterOptions options;
    options.seed = seed;
    options.latency_low = 200_us;
    options.latency_high = 5_ms;
    return options;
  }
  Zoo zoo;
  History history;
  std::map<int, std::shared_ptr<zk::Handle>> handles;
  int reconnects_with_watches = 0;
};

// Tells what the connection goes through.
class StateWatcher final : public zk::Watcher {
 public:
  explicit StateWatcher(Case* c) : case_(c) {}
  Task<> process(zk::WatchedEvent event) override {
    if (event.type != zk::EventType::none) co_return;
    if (event.state == zk::KeeperState::disconnected) lost_ = true;
    if (event.state == zk::KeeperState::sync_connected && lost_ && !case_->history.watched.empty()) {
      ++case_->reconnects_with_watches;
    }
  }

 private:
  Case* case_;
  bool lost_ = false;
};

Op random_op(RandomStream& draws) {
  static const std::vector<std::string> paths{"/a", "/b", "/a/x", "/a/y", "/b/x"};
  const std::string& path = paths[draws.below(paths.size())];
  switch (draws.below(10)) {
    case 0:
    case 1:
      return Op::create(path, "", CreateMode::persistent);
    case 2:
      return Op::create(path, "", CreateMode::ephemeral);
    case 3:
      return Op::create(path + "-", "", CreateMode::ephemeral_sequential);
    case 4:
      return Op::set_data(path, std::to_string(draws.below(1000)));
    case 5:
      return Op::del(path);
    case 6:
      return Op::get_data(path);
    case 7:
      return Op::get_children(draws.below(2) == 0 ? "/a" : "/b");
    case 8:
      return Op::exists(path);
    default:
      return Op::sync("/");
  }
}

struct Client {
  static Task<> run(Ports* ports, Case* c, int number) {
    sim::ZooKeeperClient library(ports->executor, ports->clock, ports->network, ports->host, ports->random,
                                 ports->events);
    RandomStream& draws = ports->random.stream("script");
    for (;;) {
      const auto state = std::make_shared<StateWatcher>(c);
      zk::Options options(c->zoo.ensemble.connect_string(), 4_s);
      c->handles[number] = library.open(std::move(options), state);
      co_await use(ports, c, number, &draws);
      c->history.expired.insert(c->handles[number]->session_id());
    }
  }

  // Until the session is over.
  static Task<> use(Ports* ports, Case* c, int number, RandomStream* draws) {
    for (;;) {
      co_await ports->clock.sleep_for(Duration::ms(draws->between(20, 400)));
      zk::Handle* handle = c->handles[number].get();
      if (c->zoo.cluster.now() > busy_until && handle->state() != zk::HandleState::closed) continue;
      zk::Request request(random_op(*draws));
      const Op op = request.op;
      auto told = std::make_shared<bool>(false);
      const bool reads = op.code == OpCode::exists || op.code == OpCode::get_data || op.code == OpCode::get_children;
      if (reads && draws->below(2) == 0) request.watcher = std::make_shared<OnceTold>(told);
      const bool watches = request.watcher != nullptr;
      const std::uint64_t asked = ++c->history.moments;
      const zk::Result result = co_await handle->request(std::move(request));
      if (result.error == Code::session_expired && result.zxid == 0) co_return;
      const zk::SessionId session = handle->session_id();
      c->history.seen.push_back(Seen{number, session, op, result, asked, ++c->history.moments});
      const bool in_force = result.zxid != 0 && (result.error == Code::ok || op.code == OpCode::exists);
      if (watches && in_force) {
        c->history.watched.push_back(
            Watched{number, session, op.code, result.error == Code::ok, op.path, result.zxid, told});
      }
    }
  }
};

/// Machines that a fault holds.
struct Held {
  std::set<const sim::Machine*> cut_off;
  std::set<const sim::Machine*> slow;
};

void strike(Case& c, Held& held, const Fault& fault) {
  Zoo& zoo = c.zoo;
  const auto one_of = [&fault](std::size_t count) { return 1 + (fault.target - 1) % static_cast<int>(count); };
  int id = one_of(zoo.ensemble.peers().size());
  const bool at_leader = fault.kind == Kind::kill_leader || fault.kind == Kind::pause_leader;
  if (at_leader && zoo.ensemble.leader() != 0) id = zoo.ensemble.leader();
  const auto end = [&zoo, &fault](std::function<void()> act) {
    zoo.cluster.at(Duration::ms(fault.at_ms + fault.for_ms), std::move(act));
  };
  switch (fault.kind) {
    case Kind::kill_server:
    case Kind::kill_leader:
      zoo.kill(id);
      end([&zoo, id] { zoo.start(id); });
      return;
    case Kind::pause_server:
    case Kind::pause_leader:
      zoo.server(id).pause();
      end([&zoo, id] { zoo.server(id).resume(); });
      return;
    case Kind::cut_server:
    case Kind::cut_client: {
      const sim::Machine* machine = fault.kind == Kind::cut_server
                                        ? &zoo.host(id)
                                        : &zoo.cluster.process("app-" + std::to_string(one_of(clients))).machine();
      held.cut_off.insert(machine);
      end([&held, machine] { held.cut_off.erase(machine); });
      return;
    }
    case Kind::reset_server:
      zoo.cluster.net.reset_links(&zoo.host(id), nullptr, 0);
      return;
    case Kind::slow_server:
      held.slow.insert(&zoo.host(id));
      end([&zoo, &held, id] { held.slow.erase(&zoo.host(id)); });
      return;
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Fault& fault) {
  return out << "{kind " << static_cast<int>(fault.kind) << ", target " << fault.target << ", at " << fault.at_ms
             << ", for " << fault.for_ms << "}";
}

std::string run_case(int ensemble_size, std::uint64_t seed, const std::vector<Fault>& faults, Tallied& tallied) {
  Case c(ensemble_size, seed);
  TestRule rule;
  Held held;
  rule.cut = [&held](const sim::Machine& a, const sim::Machine& b) {
    return held.cut_off.contains(&a) || held.cut_off.contains(&b);
  };
  std::set<const sim::Machine*> servers;
  for (const sim::ZooKeeperPeer& peer : c.zoo.ensemble.peers()) servers.insert(&c.zoo.host(peer.id));
  // A slow server is the last to hear what the others have agreed on, and as near to its clients as ever.
  rule.change = [&](const sim::Envelope& message, sim::Fate& fate) {
    if (held.slow.contains(message.to_machine) && servers.contains(message.from_machine)) fate.extra = slow_by;
  };
  c.zoo.cluster.net.install(rule);
  for (int number = 1; number <= clients; ++number) {
    c.zoo.cluster.add("app-" + std::to_string(number),
                      [&c, number](Ports& ports) { return Client::run(&ports, &c, number); });
  }
  for (const Fault& fault : faults) {
    c.zoo.cluster.at(Duration::ms(fault.at_ms), [&] { strike(c, held, fault); });
  }
  c.zoo.cluster.run_until(healed_at);
  c.zoo.cluster.run_until(quiet_at);
  for (auto& [number, handle] : c.handles) {
    if (handle->state() == zk::HandleState::connected) c.history.alive.insert(handle->session_id());
  }

  std::string verdict;
  const std::int32_t leader = c.zoo.ensemble.leader();
  if (leader == 0) verdict = "nobody leads after all faults are over";
  Reference reference;
  std::vector<sim::TxnPtr> log;
  if (verdict.empty()) {
    const auto& kept = c.zoo.ensemble.storage(leader).log();
    log.assign(kept.begin(), kept.end());
    verdict = reference.replay(log);
  }
  if (verdict.empty()) verdict = reference.judge(c.history);
  for (const sim::ZooKeeperPeer& peer : c.zoo.ensemble.peers()) {
    const auto& other = c.zoo.ensemble.storage(peer.id).log();
    if (verdict.empty() && !std::equal(log.begin(), log.end(), other.begin(), other.end(),
                                       [](const auto& a, const auto& b) { return a->zxid == b->zxid; })) {
      verdict = "logs differ after healing";
    }
  }
  ++tallied.cases;
  const bool expiry = !c.history.expired.empty();
  const bool leader_change = !log.empty() && sim::epoch_of(log.back()->zxid) > sim::epoch_of(log.front()->zxid);
  tallied.with_expiry += expiry ? 1 : 0;
  tallied.with_leader_change += leader_change ? 1 : 0;
  tallied.with_reconnect += c.reconnects_with_watches > 0 ? 1 : 0;
  tallied.operations += c.history.seen.size();
  tallied.watches += c.history.watched.size();
  for (const Watched& watched : c.history.watched) tallied.watches_told += *watched.told ? 1u : 0u;
  c.zoo.cluster.net.uninstall(rule);
  return verdict;
}

void check_case(Tallied& tallied) {
  const auto seed = *rc::gen::arbitrary<std::uint64_t>();
  // One server has no leader to lose, only its life.
  const int servers = *rc::gen::weightedElement<int>({{2, 1}, {5, 3}, {3, 5}});
  const int count = *rc::gen::resize(100, rc::gen::inRange(0, 8));
  const auto faults = *rc::gen::container<std::vector<Fault>>(static_cast<std::size_t>(count), any_fault());
  const std::string verdict = run_case(servers, seed, faults, tallied);
  if (!verdict.empty()) RC_FAIL(verdict);
}

}  // namespace guarantees
