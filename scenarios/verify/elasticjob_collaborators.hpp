// The services of a job, played: each answers what the case gives and writes down what it was told to do. Where a case
// says nothing, they answer as upstream's mocks: false, 0, nothing.
#pragma once

#include <elastic_job/job_facade.hpp>
#include <elastic_job/listeners.hpp>
#include <elastic_job/schedule_control.hpp>
#include <elastic_job/set_up.hpp>

#include "elasticjob_answers.hpp"

namespace chronofault::verify::elasticjob {

using elastic_job::Guarantee;  // not that of the ports
using Items = std::vector<int>;

class PlayedConfigurations final : public Configurations, Collaborator {
 public:
  PlayedConfigurations(Log& log, const JobConfiguration& configuration)
      : Collaborator(log), configuration_(configuration) {}
  Task<ConfigurationPtr> load(bool from_cache) override {
    return answer(call_of("load", from_cache ? "cached" : "direct"),
                  std::make_shared<const JobConfiguration>(configuration_));
  }
  Task<JobConfiguration> set_up(std::optional<std::string>, JobConfiguration given) override {
    return answer("set_up", std::move(given));
  }
  Task<> check_time() override { return act("check_time"); }

 private:
  const JobConfiguration& configuration_;
};

class PlayedServers final : public Servers, Collaborator {
 public:
  explicit PlayedServers(Log& log) : Collaborator(log) {}
  Task<> persist_online(bool on) override { return act(call_of("persist_server", on ? "true" : "false")); }
  Task<bool> has_available_servers() override { return answer("has_available_servers", any_available.take()); }
  Task<bool> is_available_server(std::string ip) override {
    return answer(call_of("is_available_server", ip), available.take());
  }
  Task<bool> is_enable_server(std::string ip) override { return answer(call_of("is_enable_server", ip), enabled(ip)); }
  Task<> remove_offline_servers() override { return act("remove_offline_servers"); }

  Answers<bool> any_available = false;
  Answers<bool> available = false;
  std::function<bool(const std::string& ip)> enabled = [](const std::string&) { return false; };
};

class PlayedLeader final : public Leader, Collaborator {
 public:
  explicit PlayedLeader(Log& log) : Collaborator(log) {}
  Task<> elect() override { return act("elect"); }
  Task<bool> is_leader() override { return answer("is_leader", leads.take()); }
  Task<bool> has_leader() override { return answer("has_leader", has.take()); }
  Task<bool> is_leader_until_block() override { return answer("is_leader_until_block", leads.take()); }
  Task<> remove_leader() override { return act("remove_leader"); }

  Answers<bool> leads = false;
  Answers<bool> has = false;
};

class PlayedInstances final : public Instances, Collaborator {
 public:
  explicit PlayedInstances(Log& log) : Collaborator(log) {}
  Task<> persist_online() override { return act("persist_instance"); }
  Task<> remove_instance() override { return act("remove_instance"); }
  Task<> clear_trigger_flag() override { return act("clear_trigger"); }
  Task<std::vector<JobInstance>> available_instances() override { return answer("available_instances", available); }
  Task<bool> own_instance_exists() override { return answer("own_instance_exists", own_exists.take()); }
  Task<> trigger_all_instances() override { return act("trigger_all"); }

  std::vector<JobInstance> available;
  Answers<bool> own_exists = false;
};

class PlayedExecution final : public Execution, Collaborator {
 public:
  explicit PlayedExecution(Log& log) : Collaborator(log) {}
  Task<> register_begin(Items items) override { return act(call_of("register_begin", joined(items))); }
  Task<> register_completed(Items items, Items) override { return act(call_of("register_completed", joined(items))); }
  Task<> clear_running(Items items) override { return act(call_of("clear_running", joined(items))); }
  Task<> clear_all_running() override { return act("clear_all_running"); }
  Task<bool> has_running(Items items) override { return answer(call_of("has_running", joined(items)), running.take()); }
  Task<bool> has_running_all() override { return answer("has_running_all", running.take()); }
  Task<bool> misfire_if_running(Items items) override {
    return answer(call_of("misfire_if_running", joined(items)), running.take());
  }
  Task<> set_misfire(Items items) override { return act(call_of("set_misfire", joined(items))); }
  Task<Items> misfired_items(Items items) override {
    return answer(call_of("misfired_items", joined(items)), misfired);
  }
  Task<> clear_misfire(Items items) override { return act(call_of("clear_misfire", joined(items))); }
  Task<Items> disabled_items(Items items) override {
    return answer(call_of("disabled_items", joined(items)), disabled);
  }
  Task<std::map<int, std::string>> all_running_items() override { return answer("all_running_items", running_of); }

  Answers<bool> running = false;
  Items misfired;
  Items disabled;
  std::map<int, std::string> running_of;  // item -> id
};

class PlayedSharding final : public Sharding, Collaborator {
 public:
  explicit PlayedSharding(Log& log) : Collaborator(log) {}
  Task<> set_resharding_flag() override { return act("set_resharding_flag"); }
  Task<bool> is_need_sharding() override { return answer("is_need_sharding", necessary.take()); }
  Task<> sharding_if_necessary() override { return act("sharding_if_necessary"); }
  Task<Items> sharding_items(std::string id) override { return answer(call_of("sharding_items", id), of_other); }
  Task<Items> local_sharding_items() override { return answer("local_sharding_items", local); }
  Task<Items> crashed_items(std::string id) override { return answer(call_of("crashed_items", id), crashed); }
  Task<bool> has_offline_owner() override { return answer("has_offline_owner", offline_owner); }
  Task<bool> is_static_and_sharded() override { return answer("is_static_and_sharded", static_and_sharded); }

  Answers<bool> necessary = false;
  Items of_other;
  Items local;
  Items crashed;
  bool offline_owner = false;
  bool static_and_sharded = false;
};

class PlayedFailover final : public Failover, Collaborator {
 public:
  explicit PlayedFailover(Log& log) : Collaborator(log) {}
  Task<> set_crashed(int item) override { return act(call_of("set_crashed", std::to_string(item))); }
  Task<> set_crashed_directly(int item) override { return act(call_of("set_crashed_directly", std::to_string(item))); }
  Task<> failover_if_necessary() override { return act("failover_if_necessary"); }
  Task<> update_complete(Items items) override { return act(call_of("update_failover_complete", joined(items))); }
  Task<Items> failover_items(std::string id) override { return answer(call_of("failover_items", id), of_other); }
  Task<Items> failovering_items(std::string id) override {
    return answer(call_of("failovering_items", id), failovering);
  }
  Task<Items> local_failover_items() override { return answer("local_failover_items", local); }
  Task<Items> local_taken_off_items() override { return answer("local_taken_off_items", taken_off); }
  Task<> remove_failover_info() override { return act("remove_failover_info"); }
  Task<std::map<int, std::string>> all_failovering_items() override {
    return answer("all_failovering_items", failovering_of);
  }
  Task<> clear_failovering(int item) override { return act(call_of("clear_failovering", std::to_string(item))); }

  Items of_other;
  Items failovering;
  Items local;
  Items taken_off;
  std::map<int, std::string> failovering_of;  // item -> id
};

class PlayedGuarantee final : public Guarantee, Collaborator {
 public:
  explicit PlayedGuarantee(Log& log) : Collaborator(log) {}
  Task<> register_start(Items items) override { return act(call_of("register_start", joined(items))); }
  Task<bool> is_register_start_success(Items) override {
    return answer("is_register_start_success", registered.take());
  }
  Task<bool> is_all_started() override { return answer("is_all_started", all.take()); }
  Task<> clear_started() override { return act("clear_started"); }
  Task<> register_complete(Items items) override { return act(call_of("register_complete", joined(items))); }
  Task<bool> is_register_complete_success(Items) override {
    return answer("is_register_complete_success", registered.take());
  }
  Task<bool> is_all_completed() override { return answer("is_all_completed", all.take()); }
  Task<> clear_completed() override { return act("clear_completed"); }
  Task<> in_leader_for_last_started(std::function<Task<>()>) override { return act("in_leader_for_last_started"); }
  Task<> in_leader_for_last_completed(std::function<Task<>()>) override { return act("in_leader_for_last_completed"); }

  Answers<bool> registered = false;
  Answers<bool> all = false;
};

class PlayedExecutionContexts final : public ExecutionContexts, Collaborator {
 public:
  explicit PlayedExecutionContexts(Log& log) : Collaborator(log) {}
  Task<ShardingContexts> sharding_contexts(Items items) override;
};

class PlayedController final : public ScheduleControl, Collaborator {
 public:
  explicit PlayedController(Log& log) : Collaborator(log) {}
  Task<> schedule_job(std::string cron, std::optional<std::string>) override {
    return act(call_of("schedule_job", cron));
  }
  Task<> reschedule_cron(std::string cron, std::optional<std::string>) override {
    return act(call_of("reschedule", cron));
  }
  Task<> reschedule_one_off() override { return act("reschedule_one_off"); }
  Task<> trigger_job() override { return act("trigger_job"); }
  Task<> pause_job() override { return act("pause_job"); }
  Task<> resume_job() override { return act("resume_job"); }
  Task<bool> is_paused() override { return answer("is_paused", paused); }
  Task<> shutdown(bool) override { return act("controller.shutdown"); }

  bool paused = false;
};

class PlayedWaiters final : public BarrierWaiters, Collaborator {
 public:
  explicit PlayedWaiters(Log& log) : Collaborator(log) {}
  void notify_start() override { log().say("notify_start"); }
  void notify_complete() override { log().say("notify_complete"); }
};

class PlayedShutdown final : public InstanceShutdown, Collaborator {
 public:
  explicit PlayedShutdown(Log& log) : Collaborator(log) {}
  Task<> shutdown_instance() override { return act("shutdown_instance"); }
};

class PlayedReconcile final : public ReconcileThread, Collaborator {
 public:
  explicit PlayedReconcile(Log& log) : Collaborator(log) {}
  bool is_running() const override { return running; }
  void start() override { log().say("start_reconcile"); }
  void stop() override { log().say("stop_reconcile"); }

  bool running = false;
};

}  // namespace chronofault::verify::elasticjob
