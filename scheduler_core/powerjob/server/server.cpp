#include <powerjob/rules/trigger_time.hpp>
#include <powerjob/server/actors.hpp>
#include <powerjob/server/clean_service.hpp>
#include <powerjob/server/cluster_status.hpp>
#include <powerjob/server/discovery_service.hpp>
#include <powerjob/server/dispatch_service.hpp>
#include <powerjob/server/id_service.hpp>
#include <powerjob/server/instance_manager.hpp>
#include <powerjob/server/instance_service.hpp>
#include <powerjob/server/journal.hpp>
#include <powerjob/server/local_locks.hpp>
#include <powerjob/server/lock_service.hpp>
#include <powerjob/server/metadata_cache.hpp>
#include <powerjob/server/operator_service.hpp>
#include <powerjob/server/schedule_service.hpp>
#include <powerjob/server/server.hpp>
#include <powerjob/server/status_check_service.hpp>
#include <powerjob/server/timer_service.hpp>
#include <powerjob/server/workflow_instance_manager.hpp>

namespace chronofault::powerjob {

struct Server::Parts {
  explicit Parts(ServerContext& server)
      : journal(server),
        locks(server),
        local_locks(server.ports.clock),
        ids(server),
        cluster(server),
        metadata(server),
        timers(server),
        discovery(server),
        dispatch(server),
        instances(server),
        instance_manager(server),
        workflows(server),
        operators(server),
        friend_actor(server),
        server_actor(server),
        schedule(server),
        status_check(server),
        clean(server),
        heartbeat(server) {
    server.journal = &journal;
    server.locks = &locks;
    server.local_locks = &local_locks;
    server.ids = &ids;
    server.cluster = &cluster;
    server.metadata = &metadata;
    server.timers = &timers;
    server.discovery = &discovery;
    server.dispatch = &dispatch;
    server.instances = &instances;
    server.instance_manager = &instance_manager;
    server.workflows = &workflows;
    server.operators = &operators;
  }

  Journal journal;
  LockService locks;
  LocalLocks local_locks;
  IdService ids;
  ClusterStatus cluster;
  MetadataCache metadata;
  TimerService timers;
  DiscoveryService discovery;
  DispatchService dispatch;
  InstanceService instances;
  InstanceManager instance_manager;
  WorkflowInstanceManager workflows;
  OperatorService operators;
  FriendActor friend_actor;
  ServerActor server_actor;
  ScheduleService schedule;
  StatusCheckService status_check;
  CleanService clean;
  ServerHeartbeat heartbeat;
};

Server::Server(Ports& ports, ServerConfig config)
    : context_(ports, std::move(config)), parts_(std::make_unique<Parts>(context_)) {}

Server::~Server() = default;

Task<> Server::main() {
  Ports& ports = context_.ports;
  db::PoolOptions pool;
  pool.maximum_pool_size = context_.config.pool_maximum;
  pool.minimum_idle = context_.config.pool_minimum_idle;
  ports.database.configure(pool);
  parts_->timers.start();

  // A server that cannot get its machine id does not start; the service manager tries again.
  while (true) {
    auto ready = co_await attempt(parts_->ids.start());
    if (ready) break;
    co_await ports.clock.sleep_for(Duration::seconds(10));
  }
  (void)co_await attempt(save_declared());

  actors_ = ports.network.listen(context_.config.actor_port);
  parts_->friend_actor.start();
  parts_->server_actor.start();
  context_.threads.spawn("actor system", receive_messages());
  http_ = ports.network.listen(context_.config.http_port);
  context_.threads.spawn("http connector", receive_http());
  if (context_.profile.machine_id_under_lock) ports.host.on_shutdown("locks", [this] { return shut_down(); });

  parts_->schedule.start();
  parts_->status_check.start();
  parts_->heartbeat.start();
  parts_->clean.start();
}

/// What the console does when it saves a job with a cron expression (7.1): the scenario's jobs are saved as the first
/// server starts, because their first trigger depends on a server's time zone.
Task<> Server::save_declared() {
  for (const std::int64_t id : context_.config.declared_jobs) {
    std::optional<JobInfo> job = co_await context_.tables.jobs.find(id);
    if (!job || job->status != SwitchStatus::enable || job->next_trigger_time) continue;
    auto next = saved_trigger_time(Timing(*job), context_.now(), context_.ports.clock.zone(), context_.profile);
    if (!next || !*next) continue;
    job->next_trigger_time = *next;
    co_await context_.tables.jobs.save(*job);
  }
  for (const std::int64_t id : context_.config.declared_workflows) {
    std::optional<WorkflowInfo> workflow = co_await context_.tables.workflows.find(id);
    if (!workflow || workflow->status != SwitchStatus::enable || workflow->next_trigger_time) continue;
    auto next = saved_trigger_time(Timing(*workflow), context_.now(), context_.ports.clock.zone(), context_.profile);
    if (!next || !*next) continue;
    workflow->next_trigger_time = *next;
    co_await context_.tables.workflows.save(*workflow);
  }
}

Task<> Server::shut_down() { (void)co_await attempt(parts_->locks.release_all()); }

Task<> Server::receive_messages() {
  while (true) {
    Delivery message = co_await actors_->inbox().receive();
    context_.ports.events.begin_unit(message.record);
    if (FriendActor::handles(message.body.kind())) {
      parts_->friend_actor.tell(std::move(message));
    } else {
      parts_->server_actor.tell(std::move(message));
    }
  }
}

Task<> Server::receive_http() {
  while (true) {
    Delivery request = co_await http_->inbox().receive();
    context_.ports.events.begin_unit(request.record);
    context_.threads.spawn("http handler", handle_http(std::move(request)));
  }
}

Task<> Server::handle_http(Delivery request) {
  context_.ports.events.begin_unit(request.record);
  auto done = co_await attempt(answer(&request.body));
  ResultDTO result;
  if (done) {
    result = ResultDTO::succeed(std::move(*done));
  } else {
    result = ResultDTO::failed(done.error());
  }
  request.reply(body_of(std::move(result)));
}

Task<std::string> Server::answer(const Body* request) {
  if (const auto* acquire = request->as<AcquireRequest>()) {
    std::string address = co_await parts_->discovery.acquire(*acquire);
    co_return address;
  }
  if (const auto* known = request->as<AssertRequest>()) {
    std::string app_id = co_await parts_->discovery.assert_app(known->app_name);
    co_return app_id;
  }
  if (const auto* console = request->as<ConsoleRequest>()) {
    Performed performed = co_await parts_->operators.perform(console->action);
    co_return to_text(performed);
  }
  throw Failure("no such path: " + std::string(request->kind()));
}

}  // namespace chronofault::powerjob
