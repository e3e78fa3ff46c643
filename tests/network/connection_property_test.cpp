// Whatever the network does to a connection: the receiver reads a prefix of what was sent, in order, each once; and all
// of it, if the network was repaired in time and nobody died.
#include <support/property.hpp>

#include "talk.hpp"

namespace {

using namespace talk;

struct Script {
  std::vector<std::int64_t> pauses_us;
  int loss_percent = 0;
  std::vector<std::pair<Duration, Duration>> cuts;  // begin, length
  int way = 0;                                      // 0 both, 1 there, 2 back
  Duration kill_at;                                 // zero: nobody
  bool kill_client = false;
  Duration pause_at;
};

Task<> speak(Ports* ports, Talk* talk, const Script* script) {
  try {
    std::unique_ptr<Connection> connection = co_await ports->network.connect(talk->server_address(), 1_min);
    for (std::size_t i = 0; i < script->pauses_us.size(); ++i) {
      co_await ports->clock.sleep_for(Duration::us(script->pauses_us[i]));
      connection->send(note("n" + std::to_string(i)));
    }
    while (true) co_await connection->receive();
  } catch (const NetworkError&) {
  }
}

TEST_CASE("what is read from a connection is a prefix of what was sent", "[design:3]") {
  support::check_property(
      "prefix",
      [] {
        Script script;
        script.pauses_us = *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 400'000));
        script.loss_percent = *rc::gen::element(0, 10, 50, 80);
        script.way = *rc::gen::inRange(0, 3);
        for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
          const std::int64_t begin = *rc::gen::inRange<std::int64_t>(0, 20'000'000);
          const std::int64_t length = *rc::gen::inRange<std::int64_t>(1, 10'000'000);
          script.cuts.emplace_back(Duration::us(begin), Duration::us(length));
        }
        if (*rc::gen::inRange(0, 3) == 0) script.kill_at = Duration::us(*rc::gen::inRange<std::int64_t>(1, 20'000'000));
        script.kill_client = *rc::gen::arbitrary<bool>();
        if (*rc::gen::inRange(0, 3) == 0)
          script.pause_at = Duration::us(*rc::gen::inRange<std::int64_t>(1, 20'000'000));

        ClusterOptions options;
        options.seed = *rc::gen::arbitrary<std::uint64_t>();
        options.latency_low = 100_us;
        options.latency_high = 50_ms;
        Talk talk(options);
        sim::Process& server = add_server(talk);
        sim::Process& client = add_client(talk, {{0_s, [&script](Ports* p, Talk* t) { return speak(p, t, &script); }}});
        TestRule rule;
        RandomStream& draws = talk.cluster.kernel.outside_streams().stream("loss");
        rule.change = [&](const sim::Envelope& envelope, sim::Fate& fate) {
          fate.lost = envelope.sent < Cluster::start + 30_s && draws.percent(script.loss_percent);
        };
        const sim::Machine* const server_machine = &server.machine();
        rule.cut = [&, server_machine](const sim::Machine&, const sim::Machine& to) {
          if (script.way == 1 && &to != server_machine) return false;
          if (script.way == 2 && &to == server_machine) return false;
          for (const auto& [begin, length] : script.cuts) {
            if (talk.cluster.now() >= begin && talk.cluster.now() < begin + length) return true;
          }
          return false;
        };
        talk.cluster.net.install(rule);
        if (script.kill_at > Duration{}) {
          talk.cluster.at(script.kill_at,
                          [&] { (script.kill_client ? client : server).request_kill(sim::Ending::crash); });
        }
        if (script.pause_at > Duration{}) {
          talk.cluster.at(script.pause_at, [&] { server.pause(); });
          talk.cluster.at(script.pause_at + 5_s, [&] { server.resume(); });
        }
        talk.cluster.run_until(Duration::minutes(20));
        talk.cluster.net.uninstall(rule);

        std::size_t read = 0;
        for (const std::string& line : talk.server) {
          const std::string text = line.substr(line.find(' ') + 1);
          if (text == "reset") continue;  // the client died
          RC_ASSERT(text == "n" + std::to_string(read));
          ++read;
        }
        RC_ASSERT(read <= script.pauses_us.size());
        RC_CLASSIFY(read == script.pauses_us.size());
        if (script.kill_at == Duration{}) RC_ASSERT(read == script.pauses_us.size());
      },
      PropertyOptions{.cases_percent = 300});
}

}  // namespace
