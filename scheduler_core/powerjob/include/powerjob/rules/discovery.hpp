// Server discovery at the worker (powerjob 7.3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <powerjob/profile.hpp>

namespace chronofault::powerjob {

/// The order in which one round asks: the configured server whose host is that of the current server first (a domain
/// name never is), then every configured one in its order, that one included again.
std::vector<std::string> acquire_order(std::string_view current_server, const std::vector<std::string>& configured);

/// "10.0.0.1:7700" -> "10.0.0.1"
std::string_view host_of(std::string_view address);

/// Failed rounds in a row; upstream's counter is static: one for all workers of a process.
class DiscoveryFailures {
 public:
  explicit DiscoveryFailures(const Profile& profile) : limit_(profile.discovery_failures_before_kill) {}
  void succeeded() { counter_ = 0; }
  /// True: destroy all frequent TaskTrackers of this process (the counter starts again).
  bool failed();
  int counter() const { return counter_; }

 private:
  int limit_;
  int counter_ = 0;
};

}  // namespace chronofault::powerjob
