// The status check pass (powerjob 3.1.2): rows that waited or kept silent too long are dispatched again, failed or
// started, for the apps that this server owns at the beginning of the pass.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <powerjob/rules/instance_check.hpp>
#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class StatusCheckService {
 public:
  explicit StatusCheckService(ServerContext& server) : server_(server) {}
  void start();

 private:
  using Apps = std::vector<std::int64_t>;
  // V340, V411: one pass over everything; passes overlap, and one exception ends the pass.
  Task<> pass();
  Task<> check_group(Apps group, InstanceStatus status);
  Task<> check_row(InstanceInfo row);
  Task<> fail(InstanceInfo row, std::string result);
  Task<> check_workflows(Apps group);

  // V511: four threads; each query is repeated until it returns nothing.
  void start_v511();
  Task<> waiting_dispatch_v511();
  Task<> waiting_receive_v511();
  Task<> running_v511();
  Task<> workflows_v511();
  Task<> for_groups(const char* loop, std::function<Task<>(Apps)> check);
  Task<> waiting_group_v511(Apps group);
  Task<> receive_group_v511(Apps group);
  Task<> running_group_v511(Apps group);
  struct Batch;
  Task<> dispatch_app(std::vector<InstanceInfo> rows, std::shared_ptr<Batch> batch);
  Task<> dispatch_row(InstanceInfo row, std::shared_ptr<Batch> batch);

  db::Select rows_of(const Apps& group, InstanceStatus status) const;

  ServerContext& server_;
};

}  // namespace chronofault::powerjob
