// The reconcile loop's pass (elasticjob 7.13).
#pragma once

#include <elastic_job/services.hpp>

namespace chronofault::elastic_job {

class ReconcileService {
 public:
  static constexpr Duration period = Duration::minutes(1);

  /// `last_ms`: lastReconcileTime; upstream's constructor takes the present.
  ReconcileService(const JobContext& context, Configurations& configurations, Sharding& sharding, Leader& leader,
                   std::int64_t last_ms)
      : context_(context), configurations_(configurations), sharding_(sharding), leader_(leader), last_ms_(last_ms) {}

  /// runOneIteration: what it throws ends the loop for good.
  Task<> pass();

 private:
  const JobContext& context_;
  Configurations& configurations_;
  Sharding& sharding_;
  Leader& leader_;
  std::int64_t last_ms_;
};

}  // namespace chronofault::elastic_job
