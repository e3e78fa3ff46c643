#include <sim/database/client.hpp>

namespace chronofault::sim {

DatabaseClient::DatabaseClient(Executor& executor, Clock& clock, Network& network,
                               std::shared_ptr<const DatabaseRoute> route)
    : route_(std::move(route)),
      primary_(executor, clock, network, route_, ConnectionPool::Side::primary),
      replicas_(executor, clock, network, route_, ConnectionPool::Side::replicas) {}

DatabaseClient::DatabaseClient(Executor& executor, Clock& clock, Network& network, Address server)
    : DatabaseClient(executor, clock, network, std::make_shared<const DatabaseRoute>(std::move(server))) {}

DatabaseClient::~DatabaseClient() = default;

void DatabaseClient::configure(db::PoolOptions options) {
  primary_.configure(options);
  replicas_.configure(options);
}

Task<db::PooledConnection> DatabaseClient::acquire_replica() {
  return route_->replicas.empty() ? primary_.acquire() : replicas_.acquire();
}

}  // namespace chronofault::sim
