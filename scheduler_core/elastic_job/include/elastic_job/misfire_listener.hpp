// JobTriggerListener: told by Quartz, while its store is locked, of a trigger that misfired (elasticjob 7.8).
#pragma once

#include <functional>

#include <elastic_job/services.hpp>
#include <quartz/listeners.hpp>

namespace chronofault::elastic_job {

class MisfireListener final : public quartz::TriggerListener {
 public:
  /// `missed` is told of the trigger time that was missed; it may be empty.
  MisfireListener(Execution& execution, Sharding& sharding, std::function<void(WallTime)> missed = nullptr)
      : execution_(execution), sharding_(sharding), missed_(std::move(missed)) {}
  Task<> trigger_misfired(const quartz::JobTrigger& trigger) override;

 private:
  Execution& execution_;
  Sharding& sharding_;
  std::function<void(WallTime)> missed_;
};

}  // namespace chronofault::elastic_job
