// The database servers of a world: one primary and any number of replicas that follow it (database 5.3). It keeps what
// outlives their processes: rows, what faults do to each, who the primary is, and where clients' connections lead.
//
//   - A server that starts follows the primary, unless it is the primary itself. One whose commits are not a beginning
//     of the primary's (it was primary before a failover, or had received more than its successor) first takes over the
//     primary's rows: what only it had is discarded.
//   - promote() alone moves nobody's connections: those that are open lead where they led, and new ones go to the old
//     primary until switch_clients(). So the old one, if it lives, goes on committing what reaches it (split brain).
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sim/database/pool.hpp>
#include <sim/database/server.hpp>
#include <sim/host/process.hpp>

namespace chronofault::sim {

class DatabaseCluster {
 public:
  /// One server per ip; the first begins as primary. `rows` are there before the first start.
  DatabaseCluster(DatabaseServerOptions options, const std::vector<TableSpec>& tables,
                  const std::vector<InitialRow>& rows, const std::vector<std::string>& ips);
  DatabaseCluster(const DatabaseCluster&) = delete;
  DatabaseCluster& operator=(const DatabaseCluster&) = delete;

  std::size_t size() const noexcept { return seats_.size(); }
  /// What the process of this server (from 0) runs.
  MakeProgram program(std::size_t server);
  /// That process; said once, before anything is asked below.
  void seat(std::size_t server, Process& process) { seats_.at(server).process = &process; }

  Process& process(std::size_t server) const { return *seats_.at(server).process; }
  /// None: no server runs in this process.
  std::optional<std::size_t> server_in(const Process& process) const noexcept;
  DatabaseStorage& storage(std::size_t server) { return *seats_.at(server).storage; }
  DatabaseConditions& conditions(std::size_t server) { return seats_.at(server).conditions; }
  /// Null while it is down.
  DatabaseServer* running(std::size_t server) const noexcept;

  std::size_t primary() const noexcept { return primary_; }
  /// The running replica that has received most; the first of several. None: no replica runs.
  std::optional<std::size_t> candidate() const noexcept;
  /// Between steps: a running replica becomes the primary, and the others follow it. Returns those that cannot, as they
  /// have received more: they are to be killed and started again.
  std::vector<Process*> promote(std::size_t server);
  /// New connections go to the primary, those of readers to the replicas.
  void switch_clients();
  /// Told when that happens.
  void on_switch(std::function<void()> told) { told_of_switch_ = std::move(told); }
  /// The server to which clients' new connections go.
  std::size_t serving() const noexcept { return serving_; }
  const std::shared_ptr<const DatabaseRoute>& route() const noexcept { return route_; }

 private:
  struct Seat {
    Address address;
    std::unique_ptr<DatabaseStorage> storage;
    DatabaseConditions conditions;
    Process* process = nullptr;
    bool diverged = false;
  };
  DatabaseServerOptions options_;
  std::deque<Seat> seats_;
  std::size_t primary_ = 0;
  std::size_t serving_ = 0;
  std::shared_ptr<DatabaseRoute> written_route_;
  std::shared_ptr<const DatabaseRoute> route_;
  std::function<void()> told_of_switch_;
};

}  // namespace chronofault::sim
