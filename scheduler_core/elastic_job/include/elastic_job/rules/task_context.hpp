// Ids of instances and tasks (elasticjob 1, 7.6).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chronofault::elastic_job {

inline constexpr const char* id_delimiter = "@-@";

/// "10.0.0.7@-@12".
std::string instance_id(std::string_view ip, int pid);
/// The part before the first delimiter.
std::string ip_of(std::string_view instance_id);

/// TaskContext.MetaInfo: job and items.
struct TaskMeta {
  TaskMeta() = default;
  TaskMeta(std::string job, std::vector<int> items) : job(std::move(job)), items(std::move(items)) {}
  std::string job;
  std::vector<int> items;
  friend bool operator==(const TaskMeta&, const TaskMeta&) = default;
};
/// From 1, 2 or 5 parts. Throws IllegalStateError, JavaError (an item that is no number).
TaskMeta task_meta(const std::string& text);
/// "J@-@0,1".
std::string to_string(const TaskMeta& meta);

struct TaskContext {
  TaskContext() = default;
  std::string id;
  TaskMeta meta;
  std::string type;  // "READY"
  std::string slave_id;
  std::string task_name() const;
};
/// From 5 parts. Throws as task_meta.
TaskContext task_context(const std::string& id);

/// `J@-@i1,i2@-@READY@-@ip@-@pid`: the same for every run with the same items.
std::string task_id(const std::string& job, const std::vector<int>& items, const std::string& own_id);

}  // namespace chronofault::elastic_job
