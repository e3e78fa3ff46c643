// The Coordination port over the Network port: the Java client library 3.8 (zookeeper 7). One object per life of a
// process; each handle it opens has threads, a connection and watches of its own (client_handle.hpp).
#pragma once

#include <ports/clock.hpp>
#include <ports/coordination.hpp>
#include <ports/events.hpp>
#include <ports/executor.hpp>
#include <ports/host.hpp>
#include <ports/network.hpp>
#include <ports/random.hpp>

namespace chronofault::sim {

class ZooKeeperClient final : public Coordination {
 public:
  ZooKeeperClient(Executor& executor, Clock& clock, Network& network, Host& host, Random& random, Events& events)
      : executor(executor), clock(clock), network(network), host(host), random(random), events(events) {}

  std::shared_ptr<zk::Handle> open(zk::Options options, zk::WatcherPtr default_watcher) override;

  // What a handle uses of its process.
  Executor& executor;
  Clock& clock;
  Network& network;
  Host& host;
  Random& random;
  Events& events;
};

}  // namespace chronofault::sim
