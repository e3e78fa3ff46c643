// The scenario's jobs as Quartz has them: a job, a trigger, and what is promised of them.
#pragma once

#include <optional>

#include <ports/system.hpp>
#include <quartz/job_classes.hpp>
#include <triggers/trigger.hpp>

namespace chronofault::quartz {

// Classes of the jobs; what they do is run the scenario's work.
inline constexpr const char* work_class = "Work";
inline constexpr const char* exclusive_work_class = "ExclusiveWork";  // @DisallowConcurrentExecution

/// A key of a job that Quartz cannot have, and why.
struct Refused {
  std::string key;
  std::string message;
};

/// None: Quartz can have this job.
std::optional<Refused> refused(const JobSpec& job, int year_max);

JobDetail job_of(const JobSpec& job);
/// None: the job is run on demand alone. `context`: of the node that stores it.
std::optional<JobTrigger> trigger_of(const JobSpec& job, const triggers::TriggerContext& context);
/// A run outside the schedule, at `start`.
JobTrigger single_run_of(const std::string& job, const std::string& trigger, WallTime start,
                         const triggers::TriggerContext& context);

JobContract contract_of(const JobSpec& job, const ClusterSpec& cluster);

/// Of a fire instance id, for records, whose runs have numbers.
std::int64_t run_number(const std::string& fire_instance_id);

}  // namespace chronofault::quartz
