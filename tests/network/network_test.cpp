// Each way to speak in each situation: what the caller sees, and when. One way through the network takes 1 ms.
#include "talk.hpp"

namespace {

using namespace talk;

Acts one_of_each() {
  return {{100_ms, sends("s")}, {200_ms, asks("a", 4_s)}, {300_ms, calls("c")}, {400_ms, connects()}};
}

std::size_t count(const sim::Trace& trace, sim::RecordKind kind, std::string_view label) {
  std::size_t n = 0;
  for (const sim::Record& record : trace.records()) n += record.kind == kind && trace.text(record.label) == label;
  return n;
}

TEST_CASE("who speaks to a healthy server is answered", "[design:3]") {
  Talk talk;
  add_server(talk);
  Acts acts = one_of_each();
  acts.push_back({500_ms, calls("d")});
  add_client(talk, acts);
  talk.cluster.run_until(10_s);
  // The first call opens a connection (2 ms); the second finds it in the pool.
  CHECK(talk.client == Lines{"202ms ask a: a!", "304ms call c: c!", "402ms connect: open", "502ms call d: d!"});
  CHECK(talk.server == Lines{"101ms s", "201ms a", "303ms c", "403ms closed", "501ms d"});
  CHECK(talk.cluster.net.pending_replies() == 0);
  CHECK(talk.cluster.net.links().size() == 1);
}

TEST_CASE("what a caller sees of a server that is not there", "[design:3][design:5]") {
  Talk talk;
  sim::Process& server = add_server(talk);
  add_client(talk, one_of_each());
  TestRule rule;
  talk.cluster.net.install(rule);
  const sim::Machine* const server_machine = &server.machine();
  Lines expected;
  const Lines silence{"3300ms call c: connect timeout", "3400ms connect: timeout", "4200ms ask a: timeout"};
  SECTION("its process is dead: its host refuses") {
    talk.cluster.at(50_ms, [&] { server.request_kill(sim::Ending::crash); });
    expected = {"302ms call c: refused", "402ms connect: refused", "4200ms ask a: timeout"};
  }
  SECTION("its host is gone: silence") {
    talk.cluster.at(50_ms, [&] { server.machine().power_off(0); });
    expected = silence;
  }
  SECTION("its host is frozen: silence") {
    talk.cluster.at(50_ms, [&] { server.machine().freeze(0); });
    expected = silence;
  }
  SECTION("it is paused: its host accepts, nobody answers") {
    talk.cluster.at(50_ms, [&] { server.pause(); });
    expected = {"402ms connect: open", "4200ms ask a: timeout", "5302ms call c: read timeout"};
  }
  SECTION("cut off on the way there") {
    rule.cut = [=](const sim::Machine&, const sim::Machine& to) { return &to == server_machine; };
    expected = silence;
  }
  SECTION("cut off on the way back") {
    rule.cut = [=](const sim::Machine& from, const sim::Machine&) { return &from == server_machine; };
    expected = silence;
  }
  SECTION("cut off both ways") {
    rule.cut = [](const sim::Machine&, const sim::Machine&) { return true; };
    expected = silence;
  }
  talk.cluster.run_until(20_s);
  CHECK(talk.client == expected);
  talk.cluster.run_until(Duration::minutes(20));  // until a server that cannot be heard gives up accepting
  CHECK(talk.cluster.net.links().empty());
  talk.cluster.net.uninstall(rule);
}

TEST_CASE("a wrong port refuses, an address without a host is silent", "[design:3]") {
  struct Wrong {
    static Task<> open(Ports* ports, Talk* talk, Address to) {
      std::string outcome;
      try {
        co_await ports->network.connect(to, 1_s);
      } catch (const ConnectionRefused&) {
        outcome = "refused";
      } catch (const ConnectTimeout&) {
        outcome = "timeout";
      }
      talk->say(talk->client, to_string(to) + " " + outcome);
    }
  };
  Talk talk;
  add_server(talk);
  add_client(talk, {{0_s, [](Ports* p, Talk* t) { return Wrong::open(p, t, Address("10.0.0.1", 101)); }},
                    {0_s, [](Ports* p, Talk* t) { return Wrong::open(p, t, Address("10.9.9.9", 100)); }}});
  talk.cluster.run_until(10_s);
  CHECK(talk.client == Lines{"2ms 10.0.0.1:101 refused", "1s 10.9.9.9:100 timeout"});
  CHECK(talk.cluster.net.links().empty());
}

TEST_CASE("a server that is paused answers what it held, in order, when it goes on", "[design:5]") {
  Talk talk;
  sim::Process& server = add_server(talk);
  add_client(talk, {{100_ms, sends("1")},
                    {110_ms, sends("2")},
                    {120_ms, calls("3")},
                    {130_ms, asks("4", 100_ms)},
                    {140_ms, sends("5")}});
  talk.cluster.at(50_ms, [&] { server.pause(); });
  talk.cluster.at(1_s, [&] { server.resume(); });
  talk.cluster.run_until(10_s);
  CHECK(talk.server == Lines{"1s 1", "1s 2", "1s 3", "1s 4", "1s 5"});
  CHECK(talk.client == Lines{"230ms ask 4: timeout", "1001ms call 3: 3!"});
}

TEST_CASE("a reply after the timeout is a dead letter", "[design:3]") {
  ClusterOptions options;
  options.trace = true;
  Talk talk(options);
  talk.thinks = 10_ms;
  add_server(talk);
  add_client(talk, {{100_ms, asks("a", 11_ms)}, {200_ms, asks("b", 13_ms)}});
  talk.cluster.run_until(1_s);
  CHECK(talk.client == Lines{"111ms ask a: timeout", "212ms ask b: b!"});
  CHECK(count(talk.cluster.trace, sim::RecordKind::dead_letter, "Note.reply") == 1);
  CHECK(talk.cluster.net.pending_replies() == 0);
}

TEST_CASE("asks without an answer are forgotten in the end", "[design:3]") {
  Talk talk;
  sim::Process& server = add_server(talk);
  Acts acts{{1_s, asks("paused", 1_s)}, {2_s, asks("paused", 1_s)}};
  TestRule rule;
  rule.change = [](const sim::Envelope& envelope, sim::Fate& fate) {
    fate.lost = envelope.from->name() == "client" && envelope.sent > Cluster::start + 3_s;
  };
  for (int i = 0; i < 10; ++i) acts.push_back({4_s, asks("lost", 1_s)});
  acts.push_back({Duration::hours(3), asks("late", 1_s)});
  talk.cluster.net.install(rule);
  add_client(talk, acts);
  talk.cluster.at(500_ms, [&] { server.pause(); });
  talk.cluster.run_until(10_s);
  CHECK(talk.cluster.net.pending_replies() == 2);  // the server may still answer these
  talk.cluster.run_until(Duration::hours(4));
  CHECK(talk.cluster.net.pending_replies() == 0);
  talk.cluster.net.uninstall(rule);
}

TEST_CASE("a call under way when the server dies", "[design:3][design:5]") {
  Talk talk;
  talk.thinks = 1_s;
  sim::Process& server = add_server(talk);
  add_client(talk, {{100_ms, calls("a")}, {3_s, calls("b")}});
  SECTION("a crash resets the connection; the restarted server is called anew") {
    talk.cluster.at(500_ms, [&] { server.request_kill(sim::Ending::crash); });
    talk.cluster.at(2_s, [&] { server.start(); });
    talk.cluster.run_until(20_s);
    CHECK(talk.client == Lines{"501ms call a: reset", "4004ms call b: b!"});
  }
  SECTION("power loss is silent; the restarted host knows nothing of the connection") {
    talk.cluster.at(500_ms, [&] { server.machine().power_off(0); });
    talk.cluster.at(2_s, [&] {
      server.machine().power_on();
      server.start();
    });
    talk.cluster.run_until(20_s);
    CHECK(talk.client == Lines{"4004ms call b: b!", "5102ms call a: read timeout"});
  }
  CHECK(talk.cluster.net.pending_replies() == 0);
}

TEST_CASE("a pooled connection that broke in silence costs one call", "[design:3]") {
  Talk talk;
  sim::Process& server = add_server(talk);
  add_client(talk, {{100_ms, calls("a")}, {3_s, calls("b")}, {4_s, calls("c")}});
  talk.cluster.at(500_ms, [&] { server.machine().power_off(0); });
  talk.cluster.at(2_s, [&] {
    server.machine().power_on();
    server.start();
  });
  talk.cluster.run_until(20_s);
  CHECK(talk.client == Lines{"104ms call a: a!", "3002ms call b: reset", "4004ms call c: c!"});
  CHECK(talk.cluster.net.links().size() == 1);
}

TEST_CASE("links that the world breaks reset both ends at once", "[design:3]") {
  Talk talk;
  talk.thinks = 1_s;
  sim::Process& server = add_server(talk);
  sim::Process& client = add_client(talk, {{100_ms, calls("a")}});
  talk.cluster.at(500_ms, [&] { talk.cluster.net.reset_links(&client.machine(), &server.machine(), 0); });
  talk.cluster.run_until(20_s);
  CHECK(talk.client == Lines{"500ms call a: reset"});
  CHECK(talk.cluster.net.links().empty());
}

TEST_CASE("a caller that goes away while it waits leaves nothing open", "[design:3]") {
  struct Hasty {
    static Task<> call(Ports* ports, Talk* talk, Duration patience) {
      auto outcome = co_await race(ports->network.call(talk->server_address(), note("hasty"), CallOptions(3_s, 5_s)),
                                   ports->clock.sleep_for(patience));
      talk->say(talk->client, outcome.index() == 0 ? "answered" : "gone");
    }
  };
  Talk talk;
  talk.thinks = 1_s;
  add_server(talk);
  for (const Duration patience : {500_us, 1_ms, 1'500_us, 2_ms, 3_ms, 100_ms}) {
    const Act act = [patience](Ports* p, Talk* t) { return Hasty::call(p, t, patience); };
    talk.cluster.add("client-" + to_string(patience), [&talk, act](Ports& ports) {
      return act_all(&ports, &talk, Acts{{100_ms, act}});
    });
  }
  talk.cluster.run_until(20_s);
  CHECK(talk.client == Lines{"100500us gone", "101ms gone", "101500us gone", "102ms gone", "103ms gone", "200ms gone"});
  CHECK(talk.cluster.net.links().empty());
  CHECK(talk.cluster.net.pending_replies() == 0);
}

TEST_CASE("only plain messages are doubled and overtaken", "[design:3]") {
  Talk talk;
  add_server(talk);
  TestRule rule;
  int seen = 0;
  rule.change = [&seen](const sim::Envelope& envelope, sim::Fate& fate) {
    if (envelope.kind != "Note" || envelope.reply) return;
    ++seen;
    if (seen % 2 == 1) fate.extra = 50_ms;
    fate.copies = 1;
  };
  talk.cluster.net.install(rule);
  SECTION("sends") {
    add_client(talk, {{100_ms, sends("1")}, {110_ms, sends("2")}});
    talk.cluster.run_until(1_s);
    CHECK(talk.server == Lines{"111ms 2", "111ms 2", "151ms 1", "151ms 1"});
  }
  SECTION("a connection") {
    struct Two {
      static Task<> say(Ports* ports, Talk* talk) {
        std::unique_ptr<Connection> connection = co_await ports->network.connect(talk->server_address(), 1_s);
        connection->send(note("1"));
        co_await ports->clock.sleep_for(10_ms);
        connection->send(note("2"));
      }
    };
    add_client(talk, {{100_ms, [](Ports* p, Talk* t) { return Two::say(p, t); }}});
    talk.cluster.run_until(1_s);
    CHECK(talk.server == Lines{"153ms 1", "153ms 2", "153ms closed"});
  }
  SECTION("an ask is answered once") {
    add_client(talk, {{100_ms, asks("a", 1_s)}});
    talk.cluster.run_until(3_s);
    CHECK(talk.client == Lines{"152ms ask a: a!"});
    CHECK(talk.server.size() == 2);
  }
  talk.cluster.net.uninstall(rule);
}

}  // namespace
