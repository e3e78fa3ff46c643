#include "quartz_job_store_traces_world.hpp"

#include <quartz/tables.hpp>

namespace chronofault::verify::quartz {

JobStoreWorld::JobStoreWorld(WallTime start, sim::Dialect dialect)
    : world_(Player::world(sim::TrueTime::from_us(start.us()))) {
  sim::MachineOptions server;
  server.name = "database.host";
  server.ip = "10.0.0.1";
  sim::MachineOptions nodes;
  nodes.name = "nodes.host";
  nodes.ip = "10.0.0.2";
  sim::DatabaseServerOptions database;
  database.dialect = dialect;
  sim::Process& process = world_->add_database(world_->add_machine(std::move(server)), "database", database,
                                               chronofault::quartz::table_specs(), {});
  machine_ = &world_->add_machine(std::move(nodes));
  machine_->clock().set_wall_rate(sim::ClockLine::ppm_of_standstill);
  player_.seat(*world_, *machine_, "nodes");
  world_->start_at(process, world_->kernel().now());
}

bool JobStoreWorld::play(Main main) {
  // What waits for ever is a lock that nobody gives back, or a release that never succeeds.
  return player_.play(*world_, std::move(main), Duration::hours(1));
}

void JobStoreWorld::set_clock(WallTime now) { machine_->clock().step_wall(now - machine_->clock().wall()); }

}  // namespace chronofault::verify::quartz
