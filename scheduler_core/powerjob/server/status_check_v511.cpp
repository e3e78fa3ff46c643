// [V511] The four check threads of powerjob 3.1.2.
#include <algorithm>
#include <memory>

#include <ports/loop.hpp>
#include <powerjob/server/dispatch_service.hpp>
#include <powerjob/server/instance_manager.hpp>
#include <powerjob/server/journal.hpp>
#include <powerjob/server/status_check_service.hpp>

namespace chronofault::powerjob {

namespace {
constexpr const char* waiting_dispatch_loop = "check waiting dispatch";
constexpr const char* waiting_receive_loop = "check waiting worker receive";
constexpr const char* running_loop = "check running";
constexpr const char* workflows_loop = "check workflow instances";
}  // namespace

/// The rows of one app that are dispatched in parallel; the first error and an overload are told to all.
struct StatusCheckService::Batch {
  explicit Batch(std::int64_t rows) : open(rows) {}
  Latch open;
  bool overloaded = false;
  std::optional<std::string> error;
};

void StatusCheckService::start_v511() {
  struct Part {
    const char* name;
    Task<> (StatusCheckService::*check)();
  };
  static constexpr Part parts[] = {{waiting_dispatch_loop, &StatusCheckService::waiting_dispatch_v511},
                                   {waiting_receive_loop, &StatusCheckService::waiting_receive_v511},
                                   {running_loop, &StatusCheckService::running_v511},
                                   {workflows_loop, &StatusCheckService::workflows_v511}};
  Ports& ports = server_.ports;
  const Duration period = server_.profile.status_check_period;
  for (const Part& part : parts) {
    const auto check = part.check;
    LoopBody body = [this, check]() -> Task<> { (void)co_await attempt((this->*check)()); };
    LoopSpec spec(part.name, period, period);
    server_.threads.spawn(part.name, fixed_delay(ports.clock, ports.events, std::move(spec), std::move(body)));
  }
}

Task<> StatusCheckService::for_groups(const char* loop, std::function<Task<>(Apps)> check) {
  Apps apps = co_await server_.owned_apps();
  if (apps.empty()) server_.journal->owns_nothing(loop);
  for (const Apps& group : groups_of(apps, server_.profile.apps_per_group)) {
    Task<> one = check(group);
    co_await std::move(one);
  }
}

Task<> StatusCheckService::waiting_dispatch_v511() {
  std::function<Task<>(Apps)> check = [this](Apps group) { return waiting_group_v511(std::move(group)); };
  co_await for_groups(waiting_dispatch_loop, std::move(check));
}
Task<> StatusCheckService::waiting_receive_v511() {
  std::function<Task<>(Apps)> check = [this](Apps group) { return receive_group_v511(std::move(group)); };
  co_await for_groups(waiting_receive_loop, std::move(check));
}
Task<> StatusCheckService::running_v511() {
  std::function<Task<>(Apps)> check = [this](Apps group) { return running_group_v511(std::move(group)); };
  co_await for_groups(running_loop, std::move(check));
}
Task<> StatusCheckService::workflows_v511() {
  std::function<Task<>(Apps)> check = [this](Apps group) { return check_workflows(std::move(group)); };
  co_await for_groups(workflows_loop, std::move(check));
}

Task<> StatusCheckService::waiting_group_v511(Apps group) {
  while (!group.empty()) {
    std::vector<InstanceInfo> rows =
        co_await server_.tables.instances.select(rows_of(group, InstanceStatus::waiting_dispatch));
    if (rows.empty()) co_return;
    const Apps apps = group;
    for (const std::int64_t app : apps) {
      std::vector<InstanceInfo> mine;
      std::copy_if(rows.begin(), rows.end(), std::back_inserter(mine),
                   [app](const InstanceInfo& row) { return row.app_id == app; });
      if (mine.empty()) continue;
      auto batch = std::make_shared<Batch>(static_cast<std::int64_t>(mine.size()));
      co_await dispatch_app(std::move(mine), batch);
      if (batch->overloaded) std::erase(group, app);
    }
  }
}

Task<> StatusCheckService::dispatch_app(std::vector<InstanceInfo> rows, std::shared_ptr<Batch> batch) {
  for (const InstanceInfo& row : rows) server_.threads.spawn("dispatch", dispatch_row(row, batch));
  co_await batch->open.wait();
  if (batch->error) throw Failure(*batch->error);
}

Task<> StatusCheckService::dispatch_row(InstanceInfo row, std::shared_ptr<Batch> batch) {
  // Counted down when this frame goes, however it ends.
  struct Done {
    explicit Done(Latch& latch) : latch(latch) {}
    ~Done() { latch.count_down(); }
    Latch& latch;
  } done(batch->open);
  if (batch->overloaded) co_return;
  auto job = co_await attempt(server_.tables.jobs.find(row.job_id));
  if (!job) {
    batch->error = job.error();
    co_return;
  }
  const CheckStep step = check_instance(row, *job, server_.now(), server_.profile);
  if (step.kind == CheckStep::Kind::fail) {
    auto failed = co_await attempt(fail(std::move(row), step.result));
    if (!failed) batch->error = failed.error();
    co_return;
  }
  if (step.kind != CheckStep::Kind::dispatch && step.kind != CheckStep::Kind::redispatch) co_return;
  JobInfo effective = job->value_or(JobInfo());
  const std::int64_t id = row.instance_id;
  auto outcome = co_await attempt(server_.dispatch->dispatch(std::move(effective), id, 0, std::move(row)));
  if (!outcome) {
    batch->error = outcome.error();
  } else if (*outcome == DispatchService::Outcome::left_waiting) {
    batch->overloaded = true;  // under owner-check also: no longer this server's app
  }
}

Task<> StatusCheckService::receive_group_v511(Apps group) {
  while (true) {
    std::vector<InstanceInfo> rows =
        co_await server_.tables.instances.select(rows_of(group, InstanceStatus::waiting_worker_receive));
    if (rows.empty()) co_return;
    const std::size_t batch = static_cast<std::size_t>(server_.profile.check_update_batch);
    for (std::size_t first = 0; first < rows.size(); first += batch) {
      db::Values ids;
      for (std::size_t i = first; i < std::min(rows.size(), first + batch); ++i) ids.emplace_back(rows[i].instance_id);
      db::Where those = db::Where::any_of("idx03_instance_info", std::move(ids),
                                          db::eq(&InstanceInfo::status, InstanceStatus::waiting_worker_receive));
      auto set = db::set(&InstanceInfo::status, InstanceStatus::waiting_dispatch)
                     .to(&InstanceInfo::gmt_modified, server_.now());
      co_await server_.tables.instances.update(std::move(those), set);
    }
  }
}

Task<> StatusCheckService::running_group_v511(Apps group) {
  while (true) {
    std::vector<InstanceInfo> rows = co_await server_.tables.instances.select(rows_of(group, InstanceStatus::running));
    if (rows.empty()) co_return;
    for (const InstanceInfo& row : rows) {
      std::optional<JobInfo> job = co_await server_.tables.jobs.find(row.job_id);
      const CheckStep step = check_instance(row, job, server_.now(), server_.profile);
      if (step.kind == CheckStep::Kind::fail) {
        co_await fail(row, step.result);
      } else if (step.kind == CheckStep::Kind::to_waiting) {
        db::Where it = by_instance_id(row.instance_id, db::eq(&InstanceInfo::status, InstanceStatus::running));
        auto set = db::set(&InstanceInfo::status, InstanceStatus::waiting_dispatch)
                       .to(&InstanceInfo::gmt_modified, server_.now());
        co_await server_.tables.instances.update(std::move(it), set);
      } else {
        throw Failure("running check: unexpected step");
      }
    }
  }
}

}  // namespace chronofault::powerjob
