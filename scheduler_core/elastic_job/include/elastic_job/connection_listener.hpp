// C1: what a job does when the connection changes (elasticjob 4.3). Runs on the client's ConnectionStateManager thread,
// one job after another.
#pragma once

#include <coordination/connection_state.hpp>
#include <elastic_job/services.hpp>

namespace chronofault::elastic_job {

class ConnectionListener {
 public:
  ConnectionListener(const JobContext& context, Servers& servers, Instances& instances, Sharding& sharding,
                     Execution& execution)
      : context_(context), servers_(servers), instances_(instances), sharding_(sharding), execution_(execution) {}

  /// Throws IllegalStateError for read_only from 3.0.2 on.
  Task<> state_changed(curator::ConnectionState state);

 private:
  const JobContext& context_;
  Servers& servers_;
  Instances& instances_;
  Sharding& sharding_;
  Execution& execution_;
};

}  // namespace chronofault::elastic_job
