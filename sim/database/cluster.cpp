#include <sim/database/cluster.hpp>

namespace chronofault::sim {

DatabaseCluster::DatabaseCluster(DatabaseServerOptions options, const std::vector<TableSpec>& tables,
                                 const std::vector<InitialRow>& rows, const std::vector<std::string>& ips)
    : options_(std::move(options)), written_route_(std::make_shared<DatabaseRoute>()), route_(written_route_) {
  CF_ASSERT(!ips.empty());
  for (const std::string& ip : ips) {
    Seat& seat = seats_.emplace_back();
    seat.address = Address(ip, options_.port);
    seat.storage = std::make_unique<DatabaseStorage>(tables, options_.dialect);
  }
  DatabaseStorage& first = *seats_.front().storage;
  for (const InitialRow& row : rows) first.load(row);
  if (seats_.size() > 1) first.keep_binlog();
  for (std::size_t server = 1; server < seats_.size(); ++server) storage(server).copy_from(first);
  switch_clients();
}

MakeProgram DatabaseCluster::program(std::size_t server) {
  return [this, server](Ports& ports) -> std::unique_ptr<Program> {
    Seat& seat = seats_.at(server);
    DatabaseServerOptions options = options_;
    seat.storage->recover();
    if (server != primary_) {
      options.replica_of = seats_.at(primary_).address;
      if (std::exchange(seat.diverged, false)) seat.storage->copy_from(storage(primary_));
    }
    return std::make_unique<DatabaseServer>(ports, *seat.storage, seat.conditions, std::move(options));
  };
}

std::optional<std::size_t> DatabaseCluster::server_in(const Process& process) const noexcept {
  for (std::size_t server = 0; server < seats_.size(); ++server) {
    if (seats_[server].process == &process) return server;
  }
  return std::nullopt;
}

DatabaseServer* DatabaseCluster::running(std::size_t server) const noexcept {
  Process* const process = seats_.at(server).process;
  return process != nullptr ? static_cast<DatabaseServer*>(process->program()) : nullptr;
}

std::optional<std::size_t> DatabaseCluster::candidate() const noexcept {
  std::optional<std::size_t> best;
  for (std::size_t server = 0; server < seats_.size(); ++server) {
    const DatabaseServer* const replica = server == primary_ ? nullptr : running(server);
    if (replica == nullptr || !replica->replica()) continue;
    if (!best || replica->received() > running(*best)->received()) best = server;
  }
  return best;
}

std::vector<Process*> DatabaseCluster::promote(std::size_t server) {
  DatabaseServer* const chosen = running(server);
  CF_ASSERT(server != primary_ && chosen != nullptr);
  seats_.at(primary_).diverged = true;
  seats_.at(server).diverged = false;
  primary_ = server;
  chosen->promote();
  std::vector<Process*> ahead;
  for (std::size_t other = 0; other < seats_.size(); ++other) {
    Seat& seat = seats_[other];
    if (other == server || seat.diverged) continue;
    DatabaseServer* const replica = running(other);
    const BinlogPosition has = replica != nullptr ? replica->received() : seat.storage->binlog()->last();
    seat.diverged = has > chosen->received();
    if (replica == nullptr) continue;
    if (seat.diverged) {
      ahead.push_back(seat.process);
    } else {
      replica->follow(seats_.at(server).address);
    }
  }
  return ahead;
}

void DatabaseCluster::switch_clients() {
  serving_ = primary_;
  written_route_->primary = seats_.at(primary_).address;
  written_route_->replicas.clear();
  for (std::size_t server = 0; server < seats_.size(); ++server) {
    if (server != primary_) written_route_->replicas.push_back(seats_[server].address);
  }
  if (told_of_switch_) told_of_switch_();
}

}  // namespace chronofault::sim
