// The schedule pass (powerjob 3.1.1): what comes due in the next 30 s gets an instance and a timer, by the app list
// that was read once. Nothing later in a pass reads app_info again.
//
// V340, V411: a new pass starts every 15 s even if earlier ones are still running. V511: one thread per part, which
// sleeps first and runs one pass at a time.
#pragma once

#include <vector>

#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class ScheduleService {
 public:
  explicit ScheduleService(ServerContext& server) : server_(server) {}
  void start();

 private:
  using Apps = std::vector<std::int64_t>;
  Task<> pass();
  Task<> part_of_v511(int part);

  Task<> cron_jobs(Apps apps, TimeExpressionType type);
  Task<> cron_group(Apps group, TimeExpressionType type, WallTime now0);
  Task<> save_next(JobInfo job);
  Task<> cron_workflows(Apps apps);
  Task<> cron_workflow(WorkflowInfo workflow);
  Task<> second_level_jobs(Apps apps);
  Task<> second_level_group(Apps group);

  ServerContext& server_;
};

}  // namespace chronofault::powerjob
