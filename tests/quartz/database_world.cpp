#include "database_world.hpp"

#include <catch2/catch.hpp>

namespace support {

using namespace chronofault::quartz;

class StoreWorld::Latency final : public sim::LatencyModel {
 public:
  Duration draw(const sim::Machine&, const sim::Machine&, RandomStream&) const override { return Duration::us(100); }
};

namespace {

Task<> run_nothing(JobExecution&) { co_return; }

sim::WorldOptions options_of_world() {
  sim::WorldOptions options;
  options.seed = 1;
  options.start = sim::TrueTime::from_us(world_start.us());
  return options;
}

}  // namespace

StoreNode::StoreNode(Ports& ports, DatabaseStoreOptions options, const JobClasses& classes)
    : ports(ports), store(ports, std::move(options), classes), threads_(ports.executor) {
  store.initialize(*this);
}

Task<> StoreNode::main() {
  db::PoolOptions pool;
  pool.maximum_pool_size = 5;
  pool.minimum_idle = 1;
  ports.database.configure(pool);
  while (true) {
    Order order = co_await orders.receive();
    threads_.spawn("act", carry_out(std::move(order)));
  }
}

Task<> StoreNode::carry_out(Order order) {
  try {
    co_await order.act(*this);
  } catch (...) {
    order.outcome->error = std::current_exception();
  }
  order.outcome->done = true;
}

Task<> StoreNode::note(std::string what, std::string of) {
  notes.push_back(what + " " + of);
  co_return;
}

StoreWorld::StoreWorld(const std::string& nodes, const Adjust& adjust, sim::Dialect dialect)
    : latency_(std::make_unique<Latency>()) {
  JobClass plain(run_nothing);
  JobClass exclusive = plain;
  exclusive.disallow_concurrent_execution = true;
  JobClass keeping = plain;
  keeping.persist_data_after_execution = true;
  classes.add("Plain", plain);
  classes.add("Exclusive", exclusive);
  classes.add("Keeping", keeping);
  world = std::make_unique<sim::World>(
      options_of_world(), *latency_, [](std::string_view, const std::string&) { return std::nullopt; },
      [](std::string_view) -> const sim::WorkDeclaration* { return nullptr; });
  const auto machine = [this](const std::string& name, const std::string& ip) -> sim::Machine& {
    sim::MachineOptions options;
    options.name = name + ".host";
    options.ip = ip;
    return world->add_machine(std::move(options));
  };
  sim::DatabaseServerOptions server;
  server.dialect = dialect;
  sim::Process& database = world->add_database(machine("database", "10.0.0.1"), "database", server, table_specs(), {});
  world->start_at(database, world->kernel().now());
  for (const char letter : nodes) {
    const std::string name(1, letter);
    DatabaseStoreOptions options;
    options.instance_id = name;
    options.clustered = true;
    if (adjust) adjust(options);
    sim::ProcessOptions process;
    process.name = name;
    sim::Machine& host = machine(name, "10.0.1." + std::to_string(letter));
    world->start_at(world->add_process(
                        host, std::move(process),
                        [this, options](Ports& ports) { return std::make_unique<StoreNode>(ports, options, classes); }),
                    world->kernel().now());
  }
  run(1_ms);
}

StoreWorld::~StoreWorld() = default;

StoreNode& StoreWorld::node(char node) {
  return dynamic_cast<StoreNode&>(*world->process(std::string(1, node))->program());
}

std::shared_ptr<StoreNode::Outcome> StoreWorld::begin(char name, Act act) {
  StoreNode::Order order;
  order.act = std::move(act);
  order.outcome = std::make_shared<StoreNode::Outcome>();
  std::shared_ptr<StoreNode::Outcome> outcome = order.outcome;
  StoreNode* const on = &node(name);
  world->kernel().agenda(world->kernel().now(), [on, order] { on->orders.push(order); });
  return outcome;
}

void StoreWorld::act(char name, Act act) {
  const auto outcome = begin(name, std::move(act));
  const sim::TrueTime until = world->kernel().now() + 1_min;
  while (!outcome->done && world->kernel().step(until)) {
  }
  if (!outcome->done) throw std::runtime_error("the act does not end");
  if (outcome->error) std::rethrow_exception(outcome->error);
}

void StoreWorld::crash(char name) {
  world->process(std::string(1, name))->request_kill(sim::Ending::crash);
  world->kernel().settle();
}

void StoreWorld::restart(char name) {
  world->start_at(*world->process(std::string(1, name)), world->kernel().now());
  run(1_ms);
}

void StoreWorld::slow(std::string table, std::optional<db::StatementKind> kind, Duration by) {
  world->database()->conditions(world->database()->primary()).slow.emplace_back(std::move(table), kind, by);
}
void StoreWorld::slow_no_more() { world->database()->conditions(world->database()->primary()).slow.clear(); }

void StoreWorld::freeze_wall(char name, Duration since_start) {
  sim::HostClock& wall = clock(name);
  wall.set_wall_rate(sim::ClockLine::ppm_of_standstill);
  wall.step_wall(world_start + since_start - wall.wall());
}

std::string StoreWorld::state_of(const std::string& trigger) {
  for (const TriggerRow& row : rows<TriggerRow>()) {
    if (row.trigger_name == trigger) return row.trigger_state;
  }
  return "";
}

JobDetail job_named(const std::string& name, const char* job_class) {
  JobDetail job;
  job.key = JobKey("DEFAULT", name);
  job.job_class = job_class;
  job.disallow_concurrent_execution = job_class == std::string("Exclusive");
  job.persist_data_after_execution = job_class == std::string("Keeping");
  return job;
}

JobTrigger trigger_named(const std::string& name, const std::string& job, Duration start, Duration every) {
  JobTrigger made;
  made.job = JobKey("DEFAULT", job);
  made.trigger.key = TriggerKey("DEFAULT", name);
  made.trigger.schedule = triggers::SimpleSchedule{triggers::endless, every, 0};
  made.trigger.start = world_start + start;
  made.trigger.next = made.trigger.start;
  return made;
}

}  // namespace support
