#include "quartz_job_store_traces_world.hpp"

#include <quartz/tables.hpp>

namespace chronofault::verify::quartz {

class JobStoreWorld::Latency final : public sim::LatencyModel {
 public:
  Duration draw(const sim::Machine&, const sim::Machine&, RandomStream&) const override { return Duration::us(100); }
};

namespace {

class Player final : public Program {
 public:
  Player(JobStoreWorld::Main main, Ports& ports, bool* done, std::exception_ptr* error)
      : main_(std::move(main)), ports_(ports), done_(done), error_(error) {}
  Task<> main() override {
    try {
      co_await main_(ports_);
    } catch (...) {
      *error_ = std::current_exception();
    }
    *done_ = true;
  }

 private:
  JobStoreWorld::Main main_;
  Ports& ports_;
  bool* done_;
  std::exception_ptr* error_;
};

sim::WorldOptions options_from(WallTime start) {
  sim::WorldOptions options;
  options.seed = 1;
  options.start = sim::TrueTime::from_us(start.us());
  return options;
}

}  // namespace

JobStoreWorld::JobStoreWorld(WallTime start, sim::Dialect dialect)
    : latency_(std::make_unique<Latency>()),
      world_(
          options_from(start), *latency_, [](std::string_view, const std::string&) { return std::nullopt; },
          [](std::string_view) -> const sim::WorkDeclaration* { return nullptr; }) {
  sim::MachineOptions server;
  server.name = "database.host";
  server.ip = "10.0.0.1";
  sim::MachineOptions nodes;
  nodes.name = "nodes.host";
  nodes.ip = "10.0.0.2";
  sim::DatabaseServerOptions database;
  database.dialect = dialect;
  sim::Process& process = world_.add_database(world_.add_machine(std::move(server)), "database", database,
                                              chronofault::quartz::table_specs(), {});
  machine_ = &world_.add_machine(std::move(nodes));
  machine_->clock().set_wall_rate(sim::ClockLine::ppm_of_standstill);
  sim::ProcessOptions options;
  options.name = "nodes";
  process_ = &world_.add_process(*machine_, std::move(options), [this](Ports& ports) {
    return std::make_unique<Player>(std::move(main_), ports, &done_, &error_);
  });
  world_.start_at(process, world_.kernel().now());
}

JobStoreWorld::~JobStoreWorld() = default;

bool JobStoreWorld::play(Main main) {
  main_ = std::move(main);
  // What waits for ever is a lock that nobody gives back, or a release that never succeeds.
  const sim::TrueTime until = world_.kernel().now() + Duration::hours(1);
  world_.start_at(*process_, world_.kernel().now() + Duration::ms(1));
  while (!done_ && world_.kernel().step(until)) {
  }
  if (error_) std::rethrow_exception(error_);
  return done_;
}

void JobStoreWorld::set_clock(WallTime now) { machine_->clock().step_wall(now - machine_->clock().wall()); }

}  // namespace chronofault::verify::quartz
