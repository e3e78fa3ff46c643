// Connections under cuts and losses: silence, retransmission, giving up; never a gap.
#include "talk.hpp"

namespace {

using namespace talk;

// Opens a connection, sends numbered notes every `pause`, and reads what comes.
struct Sender {
  static Task<> run(Ports* ports, Talk* talk, int notes, Duration pause, bool close_at_end) {
    std::unique_ptr<Connection> connection = co_await ports->network.connect(talk->server_address(), 3_s);
    for (int i = 1; i <= notes; ++i) {
      connection->send(note(std::to_string(i)));
      co_await ports->clock.sleep_for(pause);
    }
    if (close_at_end) connection->close();
    try {
      co_await connection->receive();
    } catch (const ConnectionClosed&) {
      talk->say(talk->client, "closed");
    } catch (const ConnectionReset&) {
      talk->say(talk->client, "reset");
    }
  }
  static Act act(int notes, Duration pause, bool close_at_end = false) {
    return [=](Ports* ports, Talk* talk) { return run(ports, talk, notes, pause, close_at_end); };
  }
};

TEST_CASE("a cut during an open connection is silence; after it everything arrives in order", "[design:3]") {
  Talk talk;
  add_server(talk);
  add_client(talk, {{0_s, Sender::act(6, 100_ms)}});  // notes leave at 2, 102, 202, ... ms
  TestRule rule;
  bool cut = false;
  rule.cut = [&cut](const sim::Machine&, const sim::Machine&) { return cut; };
  talk.cluster.net.install(rule);
  SECTION("the first retransmission, after 200 ms, gets through") {
    talk.cluster.at(150_ms, [&] { cut = true; });
    talk.cluster.at(350_ms, [&] { cut = false; });
    talk.cluster.run_until(5_s);
    // 3 left at 202 and again at 402; 4 left at 302 and again at 502; 5 left at 402.
    CHECK(talk.server == Lines{"3ms 1", "103ms 2", "403ms 3", "503ms 4", "503ms 5", "503ms 6"});
  }
  SECTION("then after 400 and 800 ms") {
    talk.cluster.at(50_ms, [&] { cut = true; });
    talk.cluster.at(1_s, [&] { cut = false; });
    talk.cluster.run_until(5_s);
    // 2 left at 102, 302, 702, 1502; 3 at 202, 402, 802, 1602; 4 at 1702; 5 at 402, 602, 1002; 6 at 1102.
    CHECK(talk.server == Lines{"3ms 1", "1503ms 2", "1603ms 3", "1703ms 4", "1703ms 5", "1703ms 6"});
  }
  SECTION("cut while it is on its way: the same") {
    talk.cluster.at(102'500_us, [&] { cut = true; });
    talk.cluster.at(110_ms, [&] { cut = false; });
    talk.cluster.run_until(5_s);
    CHECK(talk.server == Lines{"3ms 1", "303ms 2", "303ms 3", "303ms 4", "403ms 5", "503ms 6"});
  }
  SECTION("for good: the sender gives up, the receiver never hears of it") {
    talk.cluster.at(50_ms, [&] { cut = true; });
    talk.cluster.run_until(Duration::minutes(15));
    CHECK(talk.client.empty());
    talk.cluster.run_until(Duration::minutes(20));
    REQUIRE(talk.client.size() == 1);
    CHECK(talk.client[0].find("reset") != std::string::npos);
    CHECK(talk.server == Lines{"3ms 1"});
  }
  talk.cluster.net.uninstall(rule);
}

TEST_CASE("a reset that a cut swallows is repeated when the dead end is spoken to", "[design:5]") {
  Talk talk;
  sim::Process& server = add_server(talk);
  add_client(talk, {{0_s, Sender::act(20, 100_ms)}});
  TestRule rule;
  bool cut = false;
  rule.cut = [&cut](const sim::Machine&, const sim::Machine&) { return cut; };
  talk.cluster.net.install(rule);
  talk.cluster.at(50_ms, [&] { cut = true; });
  talk.cluster.at(60_ms, [&] { server.request_kill(sim::Ending::crash); });
  talk.cluster.at(500_ms, [&] { cut = false; });
  talk.cluster.run_until(5_s);
  CHECK(talk.client == Lines{"2002ms reset"});
  CHECK(talk.cluster.net.links().empty());
  talk.cluster.net.uninstall(rule);
}

TEST_CASE("closing: the peer reads everything sent before", "[design:3]") {
  Talk talk;
  add_server(talk);
  add_client(talk, {{0_s, Sender::act(3, 10_ms, true)}});
  TestRule rule;
  talk.cluster.net.install(rule);
  SECTION("in peace") {
    talk.cluster.run_until(1_s);
    CHECK(talk.server == Lines{"3ms 1", "13ms 2", "23ms 3", "33ms closed"});
  }
  SECTION("even through losses and a cut") {
    bool cut = false;
    rule.cut = [&cut](const sim::Machine&, const sim::Machine&) { return cut; };
    talk.cluster.at(20_ms, [&] { cut = true; });
    talk.cluster.at(700_ms, [&] { cut = false; });
    talk.cluster.run_until(3_s);
    CHECK(talk.server == Lines{"3ms 1", "13ms 2", "1423ms 3", "1433ms closed"});
  }
  CHECK(talk.client == Lines{"32ms closed"});
  CHECK(talk.cluster.net.links().empty());
  talk.cluster.net.uninstall(rule);
}

TEST_CASE("a frozen machine sends nothing; at the thaw its connections go on", "[design:5]") {
  Talk talk;
  sim::Process& server = add_server(talk);
  sim::Process& client = add_client(talk, {{0_s, Sender::act(4, 100_ms)}});
  SECTION("the sender's") {
    TestRule rule;
    rule.change = [](const sim::Envelope& envelope, sim::Fate& fate) {
      const Duration at = envelope.sent - Cluster::start;
      fate.lost = at == 102_ms;
    };
    talk.cluster.net.install(rule);
    talk.cluster.at(150_ms, [&] { client.machine().freeze(0); });
    talk.cluster.at(1_s, [&] { client.machine().thaw(sim::Thaw::step, 0); });
    talk.cluster.run_until(5_s);
    // 2 was lost at 102 ms; its retransmissions at 302 and 702 ms were due in the freeze.
    CHECK(talk.server == Lines{"3ms 1", "1503ms 2", "1503ms 3", "1503ms 4"});
    talk.cluster.net.uninstall(rule);
  }
  SECTION("the receiver's") {
    talk.cluster.at(50_ms, [&] { server.machine().freeze(0); });
    talk.cluster.at(1_s, [&] { server.machine().thaw(sim::Thaw::behind, 0); });
    talk.cluster.run_until(5_s);
    CHECK(talk.server == Lines{"3ms 1", "1503ms 2", "1603ms 3", "1703ms 4"});
  }
}

}  // namespace
