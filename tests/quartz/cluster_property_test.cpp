// Random steps of three nodes that share their tables, with crashes and restarts, while all clocks agree and whoever
// lives checks in in time. After each step every row is explained (quartz 5.1, 5.2):
//
//   - a trigger is ACQUIRED only while an ACQUIRED fired row names it;
//   - a trigger is BLOCKED or PAUSED_BLOCKED only while a fired row of its exclusive job is EXECUTING;
//   - each fired row names an instance that has a row in SCHEDULER_STATE: one that lives, or is still to be recovered;
//   - an extension row belongs to each trigger.
#include <algorithm>

#include <catch2/catch.hpp>

#include <support/property.hpp>

#include "database_world.hpp"

using namespace support;
using namespace chronofault::quartz;

namespace {

constexpr char names[] = {'a', 'b', 'c'};

class Cluster3 {
 public:
  explicit Cluster3(sim::Dialect dialect) : world_("abc", {}, dialect) {
    for (const char name : names) check_in(name);
    int n = 0;
    for (const char* job_class : {"Plain", "Exclusive", "Exclusive"}) {
      JobDetail job = job_named("job" + std::to_string(++n), job_class);
      job.requests_recovery = n != 3;
      job.durable = true;
      world_.act('a', [&](StoreNode& a) { return a.store.store_job(job, false); });
      for (const char* suffix : {"x", "y"}) {
        JobTrigger trigger = trigger_named(job.key.name + suffix, job.key.name, Duration::seconds(n), 4_s);
        if (n == 2 && *suffix == 'y') trigger.trigger.schedule = triggers::SimpleSchedule{2, 4_s, 0};
        world_.act('a', [&](StoreNode& a) { return a.store.store_trigger(trigger, false); });
      }
    }
  }

  /// One step, then three seconds in which the living check in.
  void step(unsigned what) {
    const char name = names[what % 3];
    const unsigned act = what / 3 % 10;
    const unsigned detail = what / 30;
    if (!lives(name)) {
      if (act < 4) restart(name);
    } else if (act < 3) {
      acquire(name, 1 + static_cast<int>(detail % 3));
    } else if (act < 6) {
      fire(name);
    } else if (act == 6) {
      complete(name, detail);
    } else if (act == 7) {
      const triggers::TriggerKey key("DEFAULT", "job" + std::to_string(1 + detail % 3) + (detail % 2 == 0 ? "x" : "y"));
      const bool resumes = detail / 6 % 2 == 1;
      world_.act(name,
                 [&](StoreNode& n) { return resumes ? n.store.resume_trigger(key) : n.store.pause_trigger(key); });
    } else if (act == 8) {
      world_.act(name, [](StoreNode& n) -> Task<> { (void)co_await n.store.recover_misfires(); });
    } else if (detail % 2 == 0) {
      world_.crash(name);
      held_[name].clear();
      running_[name].clear();
    }
    world_.run(3_s);
    for (const char each : names) {
      if (lives(each)) check_in(each);
    }
  }

  void require_explained() {
    const auto fired = world_.rows<FiredTriggerRow>();
    const auto states = world_.rows<SchedulerStateRow>();
    for (const FiredTriggerRow& row : fired) {
      RC_ASSERT(std::any_of(states.begin(), states.end(),
                            [&](const SchedulerStateRow& s) { return s.instance_name == row.instance_name; }));
    }
    std::size_t extensions = world_.rows<SimpleTriggerRow>().size();
    for (const TriggerRow& trigger : world_.rows<TriggerRow>()) {
      --extensions;
      const std::string& state = trigger.trigger_state;
      const bool held = std::any_of(fired.begin(), fired.end(), [&](const FiredTriggerRow& row) {
        return row.state == state::acquired && row.trigger_name == trigger.trigger_name;
      });
      const bool runs = std::any_of(fired.begin(), fired.end(), [&](const FiredTriggerRow& row) {
        return row.state == state::executing && row.is_nonconcurrent == true && row.job_name == trigger.job_name;
      });
      if (state == state::acquired) RC_ASSERT(held);
      if (state == state::blocked || state == state::paused_blocked) RC_ASSERT(runs);
      RC_ASSERT(state != state::error);
    }
    RC_ASSERT(extensions == 0u);
  }

 private:
  bool lives(char name) { return world_.world->process(std::string(1, name))->alive(); }
  void restart(char name) {
    world_.restart(name);
    check_in(name);
  }
  void check_in(char name) {
    world_.act(name, [](StoreNode& n) -> Task<> { (void)co_await n.store.check_in(); });
  }
  void acquire(char name, int count) {
    world_.act(name, [&](StoreNode& n) -> Task<> {
      std::vector<JobTrigger> more = co_await n.store.acquire(n.store.now() + 5_s, count, 2_s);
      held_[name].insert(held_[name].end(), more.begin(), more.end());
    });
  }
  /// As the scheduler's thread does: what gives no bundle is released.
  void fire(char name) {
    std::vector<JobTrigger> batch = std::exchange(held_[name], {});
    world_.act(name, [&](StoreNode& n) -> Task<> {
      std::vector<FiredResult> results = co_await n.store.fired(batch);
      for (std::size_t i = 0; i < results.size(); ++i) {
        if (results[i].bundle) {
          running_[name].push_back(*results[i].bundle);
        } else {
          co_await n.store.release(batch[i]);
        }
      }
    });
  }
  void complete(char name, unsigned which) {
    std::vector<FiredBundle>& running = running_[name];
    if (running.empty()) return;
    const auto at = running.begin() + static_cast<std::ptrdiff_t>(which % running.size());
    const FiredBundle bundle = *at;
    running.erase(at);
    const CompletedExecution instruction = execution_complete(bundle.trigger, nullptr);
    world_.act(name, [&](StoreNode& n) { return n.store.complete(bundle.trigger, bundle.job, instruction); });
  }

  StoreWorld world_;
  std::map<char, std::vector<JobTrigger>> held_;
  std::map<char, std::vector<FiredBundle>> running_;
};

}  // namespace

TEST_CASE("every row of a cluster is explained", "[quartz:5.1][quartz:5.2][quartz:7.17]") {
  for (const sim::Dialect dialect : {sim::Dialect::innodb, sim::Dialect::postgresql}) {
    support::check_property(
        std::string(sim::name_of(dialect)),
        [dialect](const std::vector<std::uint16_t>& script) {
          Cluster3 cluster(dialect);
          cluster.require_explained();
          for (const std::uint16_t what : script) {
            cluster.step(what);
            cluster.require_explained();
          }
        },
        PropertyOptions{50, 60});
  }
}
