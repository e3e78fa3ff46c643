#include "system_node.hpp"

#include "loop_bound.hpp"
#include "system_jobs.hpp"

namespace chronofault::quartz {

namespace {
/// A node that cannot start is started again by whoever looks after services; not upstream.
constexpr Duration restart_wait = Duration::seconds(10);
}  // namespace

/// Says what becomes of runs: nothing in the tables records whether a job succeeded (quartz 5.5), so the end of a run's
/// row is its outcome.
class Node::Store final : public DatabaseStore {
 public:
  Store(Node& node, DatabaseStoreOptions options)
      : DatabaseStore(node.ports_, std::move(options), node.classes_), node_(node) {}

  Task<> complete(const JobTrigger& trigger, const JobDetail& job, CompletedExecution instruction) override {
    co_await DatabaseStore::complete(trigger, job, instruction);
    const auto result = node_.results_.find(trigger.fire_instance_id);
    if (result == node_.results_.end()) co_return;
    Event event = node_.about(EventKind::OutcomeRecorded, job.key.name, trigger.fire_instance_id);
    event.ok = result->second;
    node_.results_.erase(result);
    node_.ports_.events.emit(event);
  }

 private:
  void run_given_up(const FiredTriggerRow& row) override {
    Event event = node_.about(EventKind::OutcomeRecorded, row.job_name.value_or(""), row.entry_id);
    event.detail = "recovered from " + row.instance_name;
    node_.ports_.events.emit(event);
  }
  Node& node_;
};

Node::Node(Ports& ports, NodeConfig config) : ports_(ports), config_(std::move(config)) {
  JobClass plain([this](JobExecution& execution) { return work(&execution); });
  JobClass exclusive = plain;
  exclusive.disallow_concurrent_execution = true;
  classes_.add(work_class, std::move(plain));
  classes_.add(exclusive_work_class, std::move(exclusive));
}

Node::~Node() = default;

Event Node::about(EventKind kind, const std::string& job, const std::string& fire_instance_id) const {
  Event event(kind);
  event.job = job;
  event.run = run_number(fire_instance_id);
  return event;
}

std::string Node::instance_id() const {
  if (!config_.store.clustered) return "NON_CLUSTERED";
  if (config_.id_is_host_name) return ports_.host.name();
  return ports_.host.name() + std::to_string(ports_.clock.wall().ms());
}

void Node::make_scheduler() {
  DatabaseStoreOptions options = config_.store;
  options.instance_id = instance_id();
  SchedulerSettings settings = config_.scheduler;
  settings.instance_id = options.instance_id;
  settings.name = options.scheduler_name;
  const Duration idle_wait = settings.idle_wait_time.value_or(SchedulerThreadSettings().idle_wait_time);
  settings.loop_bound = loop_bound_of(idle_wait, options.db_retry_interval);
  auto store = std::make_unique<Store>(*this, std::move(options));
  scheduler_ = std::make_unique<Scheduler>(ports_, std::move(settings), std::move(store), classes_);
}

Task<> Node::main() {
  db::PoolOptions pool;
  pool.maximum_pool_size = config_.connections;
  pool.minimum_idle = std::min(3, config_.connections);
  ports_.database.configure(pool);
  ports_.host.on_shutdown("QuartzScheduler", [this] { return stop(); });
  while (!stopping_) {
    make_scheduler();
    const bool started = co_await start();
    if (started) break;
    co_await ports_.clock.sleep_for(restart_wait);
  }
}

Task<> Node::stop() {
  stopping_ = true;
  co_await scheduler_->shutdown(config_.wait_for_jobs);
}

Task<bool> Node::start() {
  try {
    co_await declare();
    co_await scheduler_->start();
    co_return true;
  } catch (const SchedulerException&) {
  }
  co_return false;
}

Task<> Node::declare() {
  if (*config_.declared) co_return;
  for (const JobSpec& spec : config_.jobs) {
    try {
      co_await store_job(&spec);
    } catch (const ObjectAlreadyExists&) {  // another node, or an attempt whose answer was lost
    }
  }
  *config_.declared = true;
}

Task<> Node::store_job(const JobSpec* spec) {
  const JobDetail job = job_of(*spec);
  const std::optional<JobTrigger> trigger = trigger_of(*spec, scheduler_->context());
  if (trigger) {
    co_await scheduler_->schedule_job(job, *trigger);
  } else {
    co_await scheduler_->add_job(job, false);
  }
  if (!spec->enabled) co_await scheduler_->pause_job(job.key);
}

Task<> Node::work(JobExecution* execution) {
  const FiredBundle& fired = execution->fired;
  const std::string id = fired.trigger.fire_instance_id;
  Event event = about(EventKind::FireTaken, fired.job.key.name, id);
  event.fire = fired.scheduled_fire_time;
  event.detail = fired.recovering ? "recovering" : "";
  ports_.events.emit(event);
  event.kind = EventKind::RunCreated;
  ports_.events.emit(event);
  event.kind = EventKind::RunDispatched;
  event.member = scheduler_->settings().instance_id;
  ports_.events.emit(event);
  WorkContext context;
  context.job = fired.job.key.name;
  context.run = run_number(id);
  context.fire = fired.scheduled_fire_time;
  context.attempt = execution->refire_count;
  WorkResult result = co_await ports_.work.run(std::move(context));
  results_[id] = result.ok;
  if (!result.ok) throw JobFailed(result.text);
}

}  // namespace chronofault::quartz
