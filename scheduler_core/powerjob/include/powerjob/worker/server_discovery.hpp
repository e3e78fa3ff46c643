// How a worker finds the server to talk to (powerjob 7.3): assert at start, then a round of acquire every 10 s.
#pragma once

#include <string>
#include <vector>

#include <powerjob/rules/discovery.hpp>
#include <powerjob/worker/context.hpp>

namespace chronofault::powerjob {

class ServerDiscovery {
 public:
  explicit ServerDiscovery(WorkerContext& worker);
  /// M1 at each configured server in order. Throws Failure: not registered, or no server answered.
  Task<> assert_app();
  /// One round; it sets the current server, or unsets it when nobody answered.
  Task<> round();

 private:
  /// HTTP with up to 3 tries 100 ms apart, repeated on exceptions only. Throws what the last try threw.
  Task<ResultDTO> call(std::string server, bool assertion);
  Task<ResultDTO> call_once(std::string server, bool assertion);

  WorkerContext& worker_;
  std::vector<std::string> servers_;
  DiscoveryFailures failures_;
};

}  // namespace chronofault::powerjob
