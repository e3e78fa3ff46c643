// A server that answers and a client that notes what became of each thing it said, for tests of the network.
#pragma once

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/task/race.hpp>
#include <support/cluster.hpp>

namespace talk {

using namespace support;

struct Note {
  explicit Note(std::string text) : text(std::move(text)) {}
  static constexpr std::string_view kind = "Note";
  std::string text;
  template <class V>
  void fields(V&& visit) const {
    visit("text", text);
  }
};
inline Body note(std::string text) { return body_of(Note(std::move(text))); }
inline const std::string& text_of(const Body& body) { return body.as<Note>()->text; }

using Lines = std::vector<std::string>;

struct Talk {
  explicit Talk(ClusterOptions options = ClusterOptions()) : cluster(options) {}
  Cluster cluster;
  Lines client;  // "4ms call a: a!"
  Lines server;
  Duration thinks;  // before the server answers
  void say(Lines& lines, const std::string& text) { lines.push_back(to_string(cluster.now()) + " " + text); }
  Address server_address() const { return Address("10.0.0.1", 100); }
};

inline Task<> answer(Ports* ports, Talk* talk, Delivery delivery) {
  const Delivery asked = std::move(delivery);
  if (talk->thinks > Duration{}) co_await ports->clock.sleep_for(talk->thinks);
  asked.reply(note(text_of(asked.body) + "!"));
}

/// Reads a connection to its end; answers what ends with '?'.
inline Task<> read_all(Talk* talk, std::unique_ptr<Connection> taken, Lines* into) {
  std::unique_ptr<Connection> connection = std::move(taken);
  try {
    while (true) {
      Connection::Received got = co_await connection->receive();
      talk->say(*into, text_of(got.body));
      if (text_of(got.body).back() == '?') connection->send(note(text_of(got.body) + "!"));
    }
  } catch (const ConnectionClosed&) {
    talk->say(*into, "closed");
  } catch (const ConnectionReset&) {
    talk->say(*into, "reset");
  }
}

inline Task<> accept_all(Talk* talk, Listener* listener, Scope* scope) {
  while (true) {
    std::unique_ptr<Connection> connection = co_await listener->accepted().receive();
    scope->spawn("connection", read_all(talk, std::move(connection), &talk->server));
  }
}

inline Task<> serve(Ports* ports, Talk* talk) {
  std::unique_ptr<Listener> listener = ports->network.listen(100);
  Scope scope(ports->executor);
  scope.spawn("accept", accept_all(talk, listener.get(), &scope));
  while (true) {
    Delivery delivery = co_await listener->inbox().receive();
    ports->events.begin_unit(delivery.record);
    talk->say(talk->server, text_of(delivery.body));
    if (delivery.wants_reply()) scope.spawn("answer", answer(ports, talk, std::move(delivery)));
  }
}

inline sim::Process& add_server(Talk& talk) {
  return talk.cluster.add("server", [&talk](Ports& ports) { return serve(&ports, &talk); });
}

/// Says what became of a call, an ask, or the opening of a connection.
inline Task<> call(Ports* ports, Talk* talk, std::string text) {
  std::string outcome;
  try {
    Body body = co_await ports->network.call(talk->server_address(), note(text), CallOptions(3_s, 5_s));
    outcome = text_of(body);
  } catch (const ConnectionRefused&) {
    outcome = "refused";
  } catch (const ConnectTimeout&) {
    outcome = "connect timeout";
  } catch (const ReadTimeout&) {
    outcome = "read timeout";
  } catch (const ConnectionReset&) {
    outcome = "reset";
  }
  talk->say(talk->client, "call " + text + ": " + outcome);
}

inline Task<> ask(Ports* ports, Talk* talk, std::string text, Duration timeout) {
  std::string outcome;
  try {
    Body body = co_await ports->network.ask(talk->server_address(), note(text), timeout);
    outcome = text_of(body);
  } catch (const AskTimeout&) {
    outcome = "timeout";
  }
  talk->say(talk->client, "ask " + text + ": " + outcome);
}

inline Task<> open_only(Ports* ports, Talk* talk) {
  std::string outcome = "open";
  try {
    std::unique_ptr<Connection> connection = co_await ports->network.connect(talk->server_address(), 3_s);
  } catch (const ConnectionRefused&) {
    outcome = "refused";
  } catch (const ConnectTimeout&) {
    outcome = "timeout";
  }
  talk->say(talk->client, "connect: " + outcome);
}

/// A client on a machine of its own, whose tasks each start at an instant.
using Act = std::function<Task<>(Ports*, Talk*)>;
using Acts = std::vector<std::pair<Duration, Act>>;

inline Task<> at_instant(Ports* ports, Talk* talk, Duration at, Act act) {
  co_await ports->clock.sleep_for(at);
  co_await act(ports, talk);
}
inline Task<> act_all(Ports* ports, Talk* talk, Acts acts) {
  Scope scope(ports->executor);
  for (const auto& [at, act] : acts) scope.spawn("act", at_instant(ports, talk, at, act));
  co_await ports->clock.sleep_for(Duration::hours(48));
}
inline sim::Process& add_client(Talk& talk, Acts acts) {
  return talk.cluster.add("client", [&talk, acts](Ports& ports) { return act_all(&ports, &talk, acts); });
}

inline Act calls(std::string text) {
  return [text](Ports* ports, Talk* talk) { return call(ports, talk, text); };
}
inline Act asks(std::string text, Duration timeout) {
  return [text, timeout](Ports* ports, Talk* talk) { return ask(ports, talk, text, timeout); };
}
inline Act connects() {
  return [](Ports* ports, Talk* talk) { return open_only(ports, talk); };
}
inline Act sends(std::string text) {
  return [text](Ports* ports, Talk* talk) -> Task<> {
    return [](Ports* p, Talk* t, std::string what) -> Task<> {
      p->network.send(t->server_address(), note(what));
      co_return;
    }(ports, talk, text);
  };
}

}  // namespace talk
