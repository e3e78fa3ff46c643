// Whatever applications do beside a scheduler's thread: the memory store keeps its invariants (quartz 5.3).
#include <map>
#include <set>
#include <tuple>

#include <catch2/catch.hpp>

#include <support/property.hpp>

#include "node.hpp"

namespace {

using namespace quartz_test;

using Act = std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>;

/// Asks the store as one scheduler's thread does (what is acquired is fired or released before anything else is
/// acquired) and as applications do at any time.
struct Script {
  std::vector<Act> acts;
  std::string broken;  // the first invariant that does not hold
  std::map<std::string, FiredBundle> running;
  std::vector<JobTrigger> held;
  std::set<std::string> fire_ids;
  bool failed_once = false;  // an error was set: such a trigger fires although its job runs

  static JobKey job(unsigned which) { return JobKey("j" + std::to_string(which % 2), std::to_string(which % 3)); }
  static TriggerKey trigger(unsigned which) {
    return TriggerKey("g" + std::to_string(which % 2), std::to_string(which % 5));
  }
  static bool exclusive(const JobKey& key) { return key.name != "0"; }

  void demand(bool holds, const char* what) {
    if (!holds && broken.empty()) broken = what;
  }

  void check(const MemorySnapshot& seen) {
    for (const auto& [key, t] : seen.triggers) {
      const bool has_next = t.trigger.trigger.next.has_value();
      if (t.state == MemoryState::waiting) demand(t.queued || !has_next, "waiting, not queued");
      if (t.queued) {
        demand(t.state == MemoryState::waiting || t.state == MemoryState::error, "queued in another state");
      }
      demand(seen.jobs.contains(t.trigger.job), "a trigger without its job");
    }
    std::map<JobKey, int> runs;
    for (const auto& [id, bundle] : running) {
      const JobKey& key = bundle.job.key;
      if (exclusive(key) && !failed_once) {
        demand(++runs[key] == 1, "a job runs twice at once");
        demand(seen.blocked_jobs.contains(key), "a job runs and is not blocked");
      }
    }
  }

  static Task<> perform(Script* script, MemoryStore* store, const Node* node, Act act);
  static Task<> thread(Script* script, MemoryStore* store, const Node* node, unsigned which);
};

Task<> Script::thread(Script* script, MemoryStore* store, const Node* node, unsigned which) {
  if (!script->held.empty()) {
    std::vector<JobTrigger> held = std::move(script->held);
    script->held.clear();
    if (which % 4 == 0) {
      for (const JobTrigger& trigger : held) co_await store->release(trigger);
      co_return;
    }
    const std::vector<FiredResult> results = co_await store->fired(held);
    script->demand(results.size() <= held.size(), "more results than triggers");
    for (const FiredResult& result : results) {
      script->running.emplace(result.bundle->trigger.fire_instance_id, *result.bundle);
    }
    co_return;
  }
  const MemorySnapshot before = store->snapshot();
  script->held = co_await store->acquire(at(node->now()) + 30_s, 1 + static_cast<int>(which % 3), 5_s);
  std::set<JobKey> jobs;
  for (const JobTrigger& trigger : script->held) {
    script->demand(before.triggers.at(trigger.trigger.key).state != MemoryState::acquired, "acquired twice");
    script->demand(script->fire_ids.insert(trigger.fire_instance_id).second, "a fire instance id twice");
    if (exclusive(trigger.job)) {
      script->demand(jobs.insert(trigger.job).second, "two triggers of one exclusive job in a batch");
    }
  }
}

Task<> Script::perform(Script* script, MemoryStore* store, const Node* node, Act act) {
  const auto [what, which, how] = act;
  switch (what % 14) {
    case 0:
    case 1: {
      JobDetail detail;
      detail.key = job(which);
      detail.durable = how % 2 == 0;
      detail.disallow_concurrent_execution = exclusive(detail.key);
      JobTrigger stored = simple_trigger("", node->now() + Duration::seconds(how % 20), how % 3 - 1, 5_s);
      stored.trigger.key = trigger(which / 3U);
      stored.trigger.misfire_instruction = how % 7 - 1;
      stored.trigger.next = stored.trigger.start;
      stored.job = detail.key;
      co_await store->store_job(detail, true);
      co_await store->store_trigger(stored, true);
      break;
    }
    case 2:
    case 3:
    case 4:
    case 5:
      co_await thread(script, store, node, how);
      break;
    case 6:
    case 7: {
      if (script->running.empty()) break;
      auto run = script->running.begin();
      std::advance(run, which % script->running.size());
      const FiredBundle bundle = run->second;
      script->running.erase(run);
      const auto instruction = static_cast<CompletedExecution>(how % 7);
      if (instruction == CompletedExecution::set_trigger_error) script->failed_once = true;
      co_await store->complete(bundle.trigger, bundle.job, instruction);
      break;
    }
    case 8:
      if (how % 2 == 0) co_await store->pause_trigger(trigger(which));
      if (how % 2 == 1) co_await store->resume_trigger(trigger(which));
      break;
    case 9:
      if (how % 2 == 0) co_await store->pause_triggers(trigger(which).group);
      if (how % 2 == 1) co_await store->resume_triggers(trigger(which).group);
      break;
    case 10:
      if (how % 4 == 0) co_await store->pause_jobs(job(which).group);
      if (how % 4 == 1) co_await store->resume_jobs(job(which).group);
      if (how % 4 == 2) co_await store->pause_job(job(which));
      if (how % 4 == 3) co_await store->resume_job(job(which));
      break;
    case 11:
      if (how % 3 == 0) co_await store->pause_all();
      if (how % 3 > 0) co_await store->resume_all();
      break;
    case 12:
      if (how % 3 == 0) co_await store->remove_job(job(which));
      if (how % 3 > 0) co_await store->remove_trigger(trigger(which));
      break;
    default:
      co_await node->ports->clock.sleep_for(Duration::ms(how * 100));
  }
}

struct Silent : Signaler {
  Task<> trigger_misfired(const JobTrigger&) override { co_return; }
  Task<> trigger_finalized(const JobTrigger&) override { co_return; }
  Task<> job_deleted(const JobKey&) override { co_return; }
  Task<> scheduler_error(const std::string&) override { co_return; }
  void scheduling_changed(std::optional<WallTime>) override {}
};

Task<> play(Script* script, Node* node) {
  MemoryStore store(node->ports->clock, node->store_settings);
  Silent silent;
  store.initialize(silent);
  for (const Act& act : script->acts) {
    co_await Script::perform(script, &store, node, act);
    script->check(store.snapshot());
  }
}

TEST_CASE("queue, states, jobs and fire instance ids stay consistent", "[quartz:5.3]") {
  support::check_property("memory store", [](const std::vector<Act>& acts) {
    Script script;
    script.acts = acts;
    Node node;
    node.cluster.add("node", [&](Ports& ports) {
      node.ports = &ports;
      return play(&script, &node);
    });
    node.cluster.run_until(1_h);
    if (!script.broken.empty()) RC_FAIL(script.broken);
  });
}

}  // namespace
