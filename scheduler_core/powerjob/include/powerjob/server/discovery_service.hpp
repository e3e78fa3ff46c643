// Whom a worker is to talk to (powerjob 7.2): assert, acquire, and the election that may move an app.
//
// A single ping of 1000 ms decides: what fails it is remembered for the rest of the call, so that the second look under
// the lock does not ask again. Nobody tells the old owner.
#pragma once

#include <optional>
#include <string>

#include <powerjob/rules/election.hpp>
#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class DiscoveryService {
 public:
  explicit DiscoveryService(ServerContext& server) : server_(server) {}

  /// M1: the app's id. Throws Failure when the app is not registered.
  Task<std::string> assert_app(std::string app_name);
  /// M2: the address of the server to use. Throws Failure after 10 tries or for an unknown app.
  Task<std::string> acquire(AcquireRequest request);

 private:
  /// The recorded owner's address for the asked protocol if it is alive; asks it unless it is in `down`.
  Task<std::optional<std::string>> alive(std::string recorded, std::string protocol, DownCache* down);
  Task<std::optional<std::string>> elect_under_lock(AcquireRequest request, DownCache* down);
  std::string own_address(const std::string& protocol) const;
  bool offers(const std::string& protocol) const;

  ServerContext& server_;
  PingHistory history_;
};

}  // namespace chronofault::powerjob
