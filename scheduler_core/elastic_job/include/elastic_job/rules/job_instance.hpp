// An instance of a job as its node describes it (elasticjob 2.1, 11).
#pragma once

#include <optional>
#include <string>

namespace chronofault::elastic_job {

struct JobInstance {
  JobInstance() = default;
  /// The ip is the part before the delimiter.
  explicit JobInstance(std::string id);
  JobInstance(std::string id, std::string ip) : id(std::move(id)), ip(std::move(ip)) {}
  std::string id;
  std::string ip;
  friend bool operator==(const JobInstance& a, const JobInstance& b) { return a.id == b.id; }
};

/// From 3.0.0 on: "jobInstanceId: ...\nserverIp: ...\n".
std::string instance_yaml(const JobInstance& instance);
/// None: empty data. Throws JavaError: no such document.
std::optional<JobInstance> instance_from_yaml(const std::string& text);

}  // namespace chronofault::elastic_job
