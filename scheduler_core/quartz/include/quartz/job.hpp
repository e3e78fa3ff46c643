// Jobs and triggers as a job store keeps them (org.quartz.JobDetail, org.quartz.spi.OperableTrigger).
#pragma once

#include <map>
#include <string>

#include <triggers/trigger.hpp>

namespace chronofault::quartz {

using triggers::TriggerKey;

/// org.quartz.JobKey: named and ordered like a trigger's key.
using JobKey = triggers::TriggerKey;

/// org.quartz.JobDataMap of texts.
using JobData = std::map<std::string, std::string>;

struct JobDetail {
  JobDetail() = default;

  JobKey key;
  std::string job_class;
  JobData data;
  bool durable = false;            // stays without a trigger
  bool requests_recovery = false;  // runs again when the node that ran it is found failed
  // Annotations of the class, looked up at each load; the columns of the same name are only written (quartz 2.1).
  bool disallow_concurrent_execution = false;
  bool persist_data_after_execution = false;
};

/// A trigger of a job, and what it carries between acquisition and completion. A copy of it is what a node holds: later
/// changes in the store do not reach it.
struct JobTrigger {
  JobTrigger() = default;
  JobTrigger(triggers::Trigger trigger, JobKey job) : trigger(std::move(trigger)), job(std::move(job)) {}

  triggers::Trigger trigger;
  JobKey job;
  JobData data;
  std::string fire_instance_id;  // set when it is acquired
};

}  // namespace chronofault::quartz
