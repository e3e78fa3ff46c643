// Job stores on processes of their own over one simulated database: each node "a", "b", ... has a host and a clock. A
// test acts on one node at a time, and looks into the tables between two acts.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ports/task/sync.hpp>
#include <quartz/database_store.hpp>
#include <sim/world/world.hpp>

namespace support {

using namespace chronofault;
using namespace chronofault::literals;
using quartz::JobDetail;
using quartz::JobTrigger;

/// 2024-03-01T10:00:00Z, when every world begins.
inline constexpr WallTime world_start = WallTime::from_ms(1'709'287'200'000);

class StoreNode final : public Program, public quartz::Signaler {
 public:
  using Act = std::function<Task<>(StoreNode& node)>;
  struct Outcome {
    bool done = false;
    std::exception_ptr error;
  };
  struct Order {
    Order() = default;
    Act act;
    std::shared_ptr<Outcome> outcome;
  };

  StoreNode(Ports& ports, quartz::DatabaseStoreOptions options, const quartz::JobClasses& classes);
  Task<> main() override;

  Task<> trigger_misfired(const JobTrigger& trigger) override { return note("misfired", trigger.trigger.key.name); }
  Task<> trigger_finalized(const JobTrigger& trigger) override { return note("finalized", trigger.trigger.key.name); }
  Task<> job_deleted(const quartz::JobKey& job) override { return note("deleted", job.name); }
  Task<> scheduler_error(const std::string& message) override { return note("error:", message); }
  void scheduling_changed(std::optional<WallTime>) override { notes.emplace_back("signal"); }

  Ports& ports;
  quartz::DatabaseStore store;
  std::vector<std::string> notes;
  Queue<Order> orders;  // each is carried out by a thread of its own

 private:
  Task<> note(std::string what, std::string of);
  Task<> carry_out(Order order);
  Scope threads_;
};

class StoreWorld {
 public:
  using Act = StoreNode::Act;
  using Adjust = std::function<void(quartz::DatabaseStoreOptions& options)>;

  /// Nodes of these names, clustered unless `adjust` says otherwise; all run when it returns.
  explicit StoreWorld(const std::string& nodes, const Adjust& adjust = {}, sim::Dialect dialect = sim::Dialect::innodb);
  ~StoreWorld();

  /// Starts the act on that node and waits for its end, at most a minute. Rethrows what it threw.
  void act(char name, Act act);
  /// Starts it alone; run() lets it go on.
  std::shared_ptr<StoreNode::Outcome> begin(char name, Act act);
  void run(Duration d) { world->kernel().run_until(world->kernel().now() + d); }
  void crash(char name);
  void restart(char name);
  StoreNode& node(char node);
  sim::HostClock& clock(char node) { return world->machine(std::string(1, node) + ".host")->clock(); }
  /// Statements of this kind (none: all) on the table take so much longer from now on.
  void slow(std::string table, std::optional<db::StatementKind> kind, Duration by);
  void slow_no_more();
  /// Stops the node's wall clock at this distance from world_start.
  void freeze_wall(char name, Duration since_start);

  template <class R>
  std::vector<R> rows() {
    std::vector<R> all;
    for (const db::Row& row : world->storage()->committed(R::table)) all.push_back(db::from_row<R>(row));
    return all;
  }
  /// State of the trigger of this name; empty: there is none.
  std::string state_of(const std::string& trigger);

 private:
  class Latency;
  std::unique_ptr<Latency> latency_;  // outlives the world

 public:
  quartz::JobClasses classes;  // "Plain", "Exclusive" (one at a time), "Keeping" (persists its data)
  std::unique_ptr<sim::World> world;
};

/// What the acts of a test store: every `every`, from `start` after world_start on.
JobDetail job_named(const std::string& name, const char* job_class = "Plain");
JobTrigger trigger_named(const std::string& name, const std::string& job, Duration start = Duration::seconds(2),
                         Duration every = Duration::seconds(30));

}  // namespace support
