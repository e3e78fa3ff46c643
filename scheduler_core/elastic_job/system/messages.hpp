// What an operator asks of an application that hosts jobs. Not ElasticJob's: its processes talk to ZooKeeper alone.
// Each application here has an endpoint of its own by which people start its one-off jobs.
#pragma once

#include <string>
#include <string_view>

#include <ports/message.hpp>

namespace chronofault::elastic_job {

/// Start a round of this job: OneOffJobBootstrap.execute(), or for a job with a cron expression what the console's
/// trigger does.
struct ExecuteRequest {
  static constexpr std::string_view kind = "execute";
  ExecuteRequest() = default;
  explicit ExecuteRequest(std::string job) : job(std::move(job)) {}
  std::string job;
  template <class V>
  void fields(V&& v) const {
    v("job", job);
  }
};

struct ExecuteReply {
  static constexpr std::string_view kind = "executed";
  ExecuteReply() = default;
  std::string refused;  // empty: done
  WallTime round;
  template <class V>
  void fields(V&& v) const {
    v("refused", refused);
    v("round", round);
  }
};

}  // namespace chronofault::elastic_job
