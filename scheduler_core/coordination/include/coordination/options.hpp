// How a client behaves: what CuratorFrameworkFactory.builder() takes, with upstream's defaults.
#pragma once

#include <string>

#include <coordination/connection_state.hpp>
#include <coordination/retry.hpp>
#include <ports/coordination/types.hpp>
#include <ports/time.hpp>

namespace chronofault::curator {

/// Releases that differ in something that is modelled here (zookeeper 10, 11). Later ones are as 5.4.
enum class Release {
  v5_1,  // ElasticJob 3.0.0 to 3.0.3
  v5_3,  // DolphinScheduler 3.1.9 to 3.2.2
  v5_4,
};

struct Options {
  Options() = default;
  Options(std::string connect_string, RetryPolicyPtr retry)
      : connect_string(std::move(connect_string)), retry(std::move(retry)) {}
  std::string connect_string;
  RetryPolicyPtr retry;                              // required
  Duration session_timeout = Duration::seconds(60);  // asked for; the servers clamp it
  Duration connection_timeout = Duration::seconds(15);
  Duration close_wait_max = Duration::seconds(1);
  std::string name_space;  // without slashes at its ends; empty: none
  ErrorPolicy error_policy = ErrorPolicy::standard;
  int session_expiration_percent = 100;  // simulatedSessionExpirationPercent; 0: suspended is never taken as lost
  zk::Data default_data;                 // of nodes that are created without; none: this host's ip
  Release release = Release::v5_4;
};

}  // namespace chronofault::curator
