#include <elastic_job/errors.hpp>
#include <elastic_job/host/job.hpp>
#include <elastic_job/host/quartz_job.hpp>
#include <elastic_job/misfire_listener.hpp>
#include <elastic_job/services/configuration_service.hpp>
#include <elastic_job/services/execution_context_service.hpp>
#include <elastic_job/services/execution_service.hpp>
#include <elastic_job/services/failover_service.hpp>
#include <elastic_job/services/guarantee_service.hpp>
#include <elastic_job/services/instance_service.hpp>
#include <elastic_job/services/leader_service.hpp>
#include <elastic_job/services/server_service.hpp>
#include <elastic_job/services/sharding_service.hpp>
#include <elastic_job/set_up.hpp>
#include <ports/task/race.hpp>

#include "data_listeners.hpp"
#include "reconcile_thread.hpp"

namespace chronofault::elastic_job {

namespace {

/// The facade for the strategy that the job was built with.
std::unique_ptr<JobFacade> make_facade(const JobContext& context, LiteJobFacade::Services services,
                                       std::vector<JobListener*> listeners, Tracing* tracing, JobStorage& storage,
                                       Instances& instances, const JobConfiguration& given) {
  const ShardingStrategy strategy = sharding_strategy(given.job_sharding_strategy_type, context.profile);
  if (strategy == ShardingStrategy::single_sharding_balance) {
    return std::make_unique<SingleShardingJobFacade>(context, services, std::move(listeners), tracing, storage,
                                                     instances);
  }
  return std::make_unique<LiteJobFacade>(context, services, std::move(listeners), tracing);
}

std::vector<JobListener*> listeners_of(const std::unique_ptr<DistributeOnceListener>& barrier) {
  std::vector<JobListener*> listeners;
  if (barrier) listeners.push_back(barrier.get());
  return listeners;
}

JobExecutor::Settings executor_settings(Ports& ports, const std::string& job) {
  return JobExecutor::Settings(ports.executor, ports.clock, ports.random.stream("execution ids/" + job),
                               ports.host.metrics().cores);
}

}  // namespace

struct Job::Parts {
  Parts(JobHost& host, JobDefinition definition, ItemExecutor& items)
      : host(host),
        given(elastic_job::build(std::move(definition.configuration))),
        class_name(std::move(definition.class_name)),
        context(given.job_name, host.profile, host.jobs, host.ports.clock),
        journal(host.ports.events, host.rounds, given.job_name),
        storage(host.registry, given.job_name),
        configurations(context, storage),
        servers(context, storage),
        leader(context, storage, servers),
        instances(context, storage, servers),
        execution(context, storage, configurations),
        sharding(context, storage, ShardingService::Others(leader, configurations, instances, servers, execution),
                 &journal),
        failover(context, storage, sharding, configurations),
        contexts(context, storage, configurations),
        guarantee(storage, configurations),
        barrier(definition.distribute_once
                    ? std::make_unique<DistributeOnceListener>(guarantee, host.ports.clock, host.profile,
                                                               std::move(*definition.distribute_once))
                    : nullptr),
        facade(make_facade(context, LiteJobFacade::Services(configurations, sharding, contexts, execution, failover),
                           listeners_of(barrier), host.tracing, storage, instances, given)),
        executor(given, host.profile, *facade, items, executor_settings(host.ports, given.job_name), &journal),
        misfire(execution, sharding, [this](WallTime missed) { executor.note_missed(missed); }),
        reconcile(context, configurations, sharding, leader, context.now_ms()),
        reconcile_loop(host.ports.executor, host.ports.clock, host.ports.events, reconcile),
        scheduler_facade(context, leader, reconcile_of_facade(), [this] { remove_listeners(); }),
        connection(context, servers, instances, sharding, execution) {}

  // spec: elasticjob 7.15 stops a reconcile service object that was never started
  ReconcileThread& reconcile_of_facade() {
    if (host.profile.reconcile_stops_at_shutdown) return reconcile_loop;
    return idle_reconcile;
  }
  void create_scheduler();
  void start_listeners();
  void remove_listeners();
  Task<> run(std::optional<WallTime> fire);
  Task<> forget_cache();
  Task<> plug_in_shutdown();
  void add_hooks();
  Task<> shut_down_at_exit();
  Task<> end_pool_at_exit();

  JobHost& host;
  JobConfiguration given;
  JobConfiguration accepted;
  std::string class_name;
  JobContext context;
  Journal journal;
  JobNodeStorage storage;
  ConfigurationService configurations;
  ServerService servers;
  LeaderService leader;
  InstanceService instances;
  ExecutionService execution;
  ShardingService sharding;
  FailoverService failover;
  ExecutionContextService contexts;
  GuaranteeService guarantee;
  std::unique_ptr<DistributeOnceListener> barrier;
  std::unique_ptr<JobFacade> facade;
  JobExecutor executor;
  MisfireListener misfire;
  ReconcileService reconcile;
  ReconcileLoop reconcile_loop;
  IdleReconcile idle_reconcile;
  SchedulerFacade scheduler_facade;
  ConnectionListener connection;
  std::unique_ptr<QuartzJob> quartz;
  std::unique_ptr<ScheduleController> controller;
  std::unique_ptr<DataListeners> data_listeners;
};

Job::Job(JobHost& host, JobDefinition definition, ItemExecutor& items)
    : parts_(std::make_unique<Parts>(host, std::move(definition), items)) {}
Job::~Job() = default;

const std::string& Job::name() const noexcept { return parts_->given.job_name; }
const JobConfiguration& Job::accepted() const noexcept { return parts_->accepted; }

// spec: elasticjob 7.1
Task<> Job::build() {
  Parts& p = *parts_;
  JobHost& host = p.host;
  p.accepted = co_await p.configurations.set_up(p.class_name, p.given);
  p.create_scheduler();
  // spec: elasticjob 7.1 step 5
  const std::string job = name();
  host.jobs.register_job(job, *p.controller);
  host.jobs.register_registry(job, [&p] { return p.forget_cache(); });
  co_await host.registry.add_cache(p.context.paths.root());
  host.jobs.add_instance(job, host.own);
  host.jobs.set_total_count(job, p.accepted.sharding_total_count);
  SetUpFacade set_up(p.context, p.leader, p.servers, p.instances, p.sharding, p.reconcile_loop,
                     [&p] { p.start_listeners(); });
  co_await set_up.register_start_up_info(!p.accepted.disabled);
}

// spec: elasticjob 7.1 step 4
void Job::Parts::create_scheduler() {
  NamedScheduler& named = host.schedulers().get(host.ports, given.job_name, host.profile);
  named.scheduler().add_trigger_listener(misfire);
  RunJob run_job = [this](std::optional<WallTime> fire) { return run(fire); };
  quartz =
      std::make_unique<QuartzJob>(named, given.job_name, std::move(run_job), [this] { return plug_in_shutdown(); });
  controller = std::make_unique<ScheduleController>(*quartz);
  add_hooks();
}

Task<> Job::Parts::run(std::optional<WallTime> fire) {
  // A one-off trigger has no time of its own that others know.
  if (!accepted.is_cron()) {
    if (const auto round = host.rounds.newest(given.job_name)) fire = round;
  }
  host.ports.events.begin_unit();
  co_await executor.execute(fire);
}

// spec: elasticjob 7.1 step 6
void Job::Parts::start_listeners() {
  const ListenerServices services(configurations, servers, leader, instances, execution, sharding, failover,
                                  scheduler_facade);
  std::vector<BarrierWaiters*> waiters;
  if (barrier) waiters.push_back(barrier.get());
  RandomStream& draws = host.ports.random.stream("data listeners/" + given.job_name);
  DataListeners::Settings settings(host.ports.executor, draws, host.settings.listener_lag_max);
  settings.thread_of_its_own = host.profile.listener_thread_per_job;
  data_listeners =
      std::make_unique<DataListeners>(context, settings, journal, make_listeners(context, services, waiters));
  curator::CuratorCache* const cache = host.registry.cache(context.paths.root());
  if (cache != nullptr) data_listeners->listen_to(*cache);
  host.add_connection_listener(given.job_name, connection);
}

// spec: elasticjob 11 listeners after shutdown
void Job::Parts::remove_listeners() {
  if (data_listeners) data_listeners->remove();
  host.remove_connection_listener(given.job_name);
}

// spec: elasticjob 7.15 close the cache
// spec: elasticjob 11 listener thread
Task<> Job::Parts::forget_cache() {
  if (data_listeners) data_listeners->end_thread();
  co_await host.registry.evict_cache(context.paths.root());
}

// spec: elasticjob 7.15 plug-in
Task<> Job::Parts::plug_in_shutdown() {
  if (host.jobs.instance(given.job_name) == nullptr) co_return;
  const bool leads = co_await leader.is_leader();
  if (leads) co_await leader.remove_leader();
  co_await instances.remove_instance();
}

// spec: elasticjob 7.15 JVM exit
void Job::Parts::add_hooks() {
  host.ports.host.on_shutdown("Quartz Shutdown-Hook " + given.job_name, [this] { return shut_down_at_exit(); });
  host.ports.host.on_shutdown("item pool " + given.job_name, [this] { return end_pool_at_exit(); });
}

Task<> Job::Parts::shut_down_at_exit() {
  ScheduleControl* const registered = host.jobs.controller(given.job_name);
  if (registered != nullptr) co_await registered->shutdown(!host.profile.shutdown_interrupts_run);
}

Task<> Job::Parts::end_pool_at_exit() {
  ThreadPool& pool = executor.pool();
  pool.shutdown();
  auto ended = pool.terminated().wait();
  auto patience = host.ports.clock.sleep_for(Duration::seconds(120));
  (void)co_await race(ended, patience);
}

// spec: elasticjob 7.1 step 12
Task<> Job::schedule() {
  if (!parts_->accepted.is_cron()) throw IllegalArgumentError("Cron can not be empty.");
  std::string cron = *parts_->accepted.cron;
  co_await parts_->controller->schedule_job(std::move(cron), parts_->accepted.time_zone);
}

// spec: elasticjob 7.10
Task<WallTime> Job::execute() {
  if (parts_->accepted.is_cron()) throw IllegalArgumentError("Cron should be empty.");
  co_return co_await trigger_all();
}

Task<WallTime> Job::trigger_all() {
  const WallTime round = WallTime::from_ms(parts_->context.now_ms());
  parts_->journal.round_begun(round);
  co_await parts_->instances.trigger_all_instances();
  co_return round;
}

// spec: elasticjob 7.15
Task<> Job::shutdown() {
  co_await parts_->scheduler_facade.shutdown_instance();
  parts_->executor.shutdown();
}

}  // namespace chronofault::elastic_job
