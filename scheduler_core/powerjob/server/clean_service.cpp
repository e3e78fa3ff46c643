#include <algorithm>
#include <array>

#include <ports/loop.hpp>
#include <powerjob/rules/trigger_time.hpp>
#include <powerjob/server/clean_service.hpp>
#include <powerjob/server/cluster_status.hpp>
#include <powerjob/server/lock_service.hpp>

namespace chronofault::powerjob {

Task<> CleanService::loop() {
  Ports& ports = server_.ports;
  Event declared(EventKind::LoopDeclared);
  declared.detail = "clean";
  declared.bound = Duration::hours(26);
  ports.events.emit(declared);
  const Timing daily(TimeExpressionType::cron, std::string(server_.profile.clean_cron));
  WallTime last;
  while (true) {
    ports.events.begin_unit();
    const WallTime now = server_.now();
    auto next = next_trigger_time(daily, std::max(now, last), now, ports.clock.zone(), server_.profile);
    // On the last day of 2099, where cron expressions end: Spring asks for no further time.
    if (!next || !*next) co_return;
    last = **next;
    co_await ports.clock.sleep_for(last - ports.clock.wall());
    ports.events.begin_unit();
    Event passed(EventKind::LoopPassed);
    passed.detail = "clean";
    ports.events.begin_unit(ports.events.emit(passed));
    server_.threads.spawn("clean pass", pass());
  }
}

Task<> CleanService::pass() {
  server_.cluster->clean();
  const std::string lock = "history_delete_lock";
  if (server_.profile.clean_takes_database_lock) {
    const bool locked = co_await server_.locks->try_lock(lock, server_.profile.clean_lock_max);
    if (!locked) co_return;
  }
  (void)co_await attempt(delete_history());
  if (server_.profile.clean_takes_database_lock) co_await server_.locks->unlock(lock);
}

Task<> CleanService::delete_history() {
  const int days = server_.profile.instance_retention_days;
  if (days < 0) co_return;
  static constexpr std::array finished{InstanceStatus::failed, InstanceStatus::succeed, InstanceStatus::canceled,
                                       InstanceStatus::stopped};
  static constexpr std::array ended{WorkflowStatus::failed, WorkflowStatus::succeed, WorkflowStatus::stopped};
  const WallTime before = server_.now() - Duration::hours(24) * days;
  db::Where old_instances(db::in(&InstanceInfo::status, finished) && db::lt(&InstanceInfo::gmt_modified, before));
  co_await server_.tables.instances.remove(std::move(old_instances));
  db::Where old_workflows(db::in(&WorkflowInstanceInfo::status, ended) &&
                          db::lt(&WorkflowInstanceInfo::gmt_modified, before));
  co_await server_.tables.workflow_instances.remove(std::move(old_workflows));
  if (server_.profile.plain_workflows) co_return;
  const WallTime yesterday = server_.now() - Duration::hours(24);
  db::Where orphans(db::is_null(&WorkflowNodeInfo::workflow_id) && db::lt(&WorkflowNodeInfo::gmt_create, yesterday));
  co_await server_.tables.workflow_nodes.remove(std::move(orphans));
}

void ServerHeartbeat::start() {
  if (!server_.profile.server_row_heartbeat) return;
  Ports& ports = server_.ports;
  const Duration period = server_.profile.server_row_heartbeat_period;
  LoopBody body = [this] { return beat(); };
  LoopSpec spec("server heartbeat", period, period);
  server_.threads.spawn("server heartbeat", fixed_rate(ports.clock, ports.events, std::move(spec), std::move(body)));
}

Task<> ServerHeartbeat::beat() {
  db::Where mine("uidx01_server_info", db::Values(1, Value(server_.ports.host.ip())));
  auto set = db::set(&ServerInfo::gmt_modified, server_.now());
  // Spring logs what a scheduled method throws and goes on.
  (void)co_await attempt(server_.tables.servers.update(std::move(mine), set));
}

}  // namespace chronofault::powerjob
