// Servers, and client processes that each have a Curator client: for tests that read like stories.
#pragma once

#include <zookeeper/zoo.hpp>

#include <coordination/client.hpp>

namespace zoo {

using namespace curator;

/// What a client process does; the client is started.
using CuratorStory = std::function<Task<>(Ports* ports, Client* client)>;

inline Options quick_options() {
  Options options("", exponential_backoff(100_ms, 3));
  options.session_timeout = 10_s;
  options.connection_timeout = 5_s;
  return options;
}

struct CuratorMain {
  static Task<> run(Ports* ports, Zoo* zoo, Options options, CuratorStory given) {
    const CuratorStory story = std::move(given);
    sim::ZooKeeperClient library(ports->executor, ports->clock, ports->network, ports->host, ports->random,
                                 ports->events);
    if (options.connect_string.empty()) options.connect_string = zoo->ensemble.connect_string();
    Client client(*ports, library, std::move(options));
    client.start();
    Task<> told = story(ports, &client);
    co_await std::move(told);
    Latch for_ever(1);
    co_await for_ever.wait();
  }
};

inline sim::Process& add_curator(Zoo& zoo, const std::string& name, Options options, CuratorStory story) {
  return zoo.cluster.add(name, [&zoo, options = std::move(options), story = std::move(story)](Ports& ports) {
    return CuratorMain::run(&ports, &zoo, options, story);
  });
}

/// A story that is a function of these, `zoo` and its name; it says what happens.
using Act = Task<> (*)(Ports* ports, Client* client, Zoo* zoo, std::string name);
inline sim::Process& add_curator(Zoo& zoo, const std::string& name, Act act, Options options = quick_options()) {
  return add_curator(zoo, name, std::move(options),
                     [act, &zoo, name](Ports* ports, Client* client) { return act(ports, client, &zoo, name); });
}

/// Cuts machines off from the servers: silence, no reset.
class Partition {
 public:
  explicit Partition(Zoo& zoo) : zoo_(zoo) {
    rule_.cut = [this](const sim::Machine& from, const sim::Machine& to) {
      return off_ != nullptr && (&from == off_ || &to == off_);
    };
    zoo_.cluster.net.install(rule_);
  }
  ~Partition() { zoo_.cluster.net.uninstall(rule_); }
  void cut(sim::Machine& machine) { off_ = &machine; }
  void heal() { off_ = nullptr; }

 private:
  Zoo& zoo_;
  TestRule rule_;
  const sim::Machine* off_ = nullptr;
};

inline void say_states(Client& client, Zoo* zoo, const std::string& name) {
  client.add_state_listener([zoo, name](ConnectionState state) -> Task<> {
    zoo->note(name + ": " + std::string(name_of(state)));
    co_return;
  });
}

inline Task<> for_ever() {
  Latch never(1);
  co_await never.wait();
}

}  // namespace zoo
