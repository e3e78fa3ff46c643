// Paths of a job's nodes (elasticjob 2.1). A *node* is relative to the job ("sharding/0"), a *path* is that of the tree
// below the name space ("/J/sharding/0").
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace chronofault::elastic_job {

namespace node {
inline constexpr const char* config = "config";
inline constexpr const char* servers = "servers";
inline constexpr const char* instances = "instances";
inline constexpr const char* leader_instance = "leader/election/instance";
inline constexpr const char* leader_latch = "leader/election/latch";
inline constexpr const char* necessary = "leader/sharding/necessary";
inline constexpr const char* processing = "leader/sharding/processing";
inline constexpr const char* failover_items = "leader/failover/items";
inline constexpr const char* failover_latch = "leader/failover/latch";
inline constexpr const char* sharding = "sharding";
inline constexpr const char* started = "guarantee/started";
inline constexpr const char* completed = "guarantee/completed";
inline constexpr const char* started_latch = "guarantee/started-latch";
inline constexpr const char* completed_latch = "guarantee/completed-latch";
inline constexpr const char* trigger = "trigger";
inline constexpr const char* next_instance_ip = "next-job-instance-ip";

std::string server(std::string_view ip);
std::string instance(std::string_view id);
std::string trigger_of(std::string_view id);
std::string item(int item);   // sharding/0
std::string owner(int item);  // sharding/0/instance
std::string running(int item);
std::string misfire(int item);
std::string disabled(int item);
std::string failover(int item);  // sharding/0/failover
std::string failovering(int item);
std::string failover_item(int item);  // leader/failover/items/0
std::string started_item(int item);
std::string completed_item(int item);
}  // namespace node

/// systemTime/current of the job: only its mtime is used.
inline constexpr const char* system_time = "systemTime/current";

class JobPaths {
 public:
  explicit JobPaths(std::string job) : root_("/" + job) {}

  const std::string& root() const noexcept { return root_; }
  std::string full(std::string_view node) const;

  bool is_config(std::string_view path) const;
  /// Also `/J/instances` itself, and whatever begins like it.
  bool is_instance(std::string_view path) const;
  bool is_instance_of(std::string_view path, std::string_view id) const;
  /// The last part must be a dotted IPv4 address.
  bool is_server(std::string_view path) const;
  bool is_server_of(std::string_view path, std::string_view ip) const;
  bool is_leader_instance(std::string_view path) const;
  bool is_trigger_of(std::string_view path, std::string_view id) const;
  bool is_started_root(std::string_view path) const;
  bool is_completed_root(std::string_view path) const;
  /// The id behind `/J/instances/`.
  std::string instance_id(std::string_view path) const;
  /// Of `/J/sharding/N/running`; none: another path.
  std::optional<int> item_of_running(std::string_view path) const;
  std::optional<int> item_of_failover(std::string_view path) const;

 private:
  /// What follows `/J/`; empty: a path of elsewhere.
  std::string_view node_of(std::string_view path) const;
  std::optional<int> item_before(std::string_view path, std::string_view last) const;
  std::string root_;
};

}  // namespace chronofault::elastic_job
