#include "elasticjob.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "elasticjob_groups.hpp"
#include "trace_json.hpp"

namespace chronofault::verify {
namespace elasticjob {
namespace {

const std::map<std::string_view, CaseChecker>& groups() {
  static const std::map<std::string_view, CaseChecker> all{
      {"config_defaults", check_config_defaults},
      {"config_service", check_config_service},
      {"config_yaml", check_config_yaml},
      {"console_status", check_console_status},
      {"dataflow", check_dataflow},
      {"distribute_once", check_distribute_once},
      {"execution_context", check_execution_context},
      {"execution_service", check_execution_service},
      {"failover_service", check_failover_service},
      {"guarantee_service", check_guarantee_service},
      {"instance_service", check_instance_service},
      {"item_parameters", check_item_parameters},
      {"job_facade", check_job_facade},
      {"job_registry", check_job_registry},
      {"job_run", check_job_run},
      {"leader_service", check_leader_service},
      {"listener_connection", check_connection_listener},
      {"listener_election", check_data_listener},
      {"listener_failover", check_data_listener},
      {"listener_guarantee", check_data_listener},
      {"listener_monitor_execution", check_data_listener},
      {"listener_reschedule", check_data_listener},
      {"listener_sharding", check_data_listener},
      {"listener_shutdown", check_data_listener},
      {"listener_trigger", check_data_listener},
      {"misfire_listener", check_misfire_listener},
      {"ops_api", check_ops_api},
      {"paths", check_paths},
      {"quartz_runs", check_quartz_runs},
      {"reconcile", check_reconcile},
      {"registry_errors", check_registry_errors},
      {"registry_queries", check_registry_queries},
      {"schedule_controller", check_schedule_controller},
      {"server_service", check_server_service},
      {"sharding_average", check_sharding_strategy},
      {"sharding_odevity", check_sharding_strategy},
      {"sharding_round_robin", check_sharding_strategy},
      {"sharding_service", check_sharding_service},
      {"shutdown", check_shutdown},
      {"storage", check_storage},
      {"task_id", check_task_id},
  };
  return all;
}

/// later_versions.json: which group a case is of, by the upstream test class that it names.
const std::map<std::string_view, std::string_view>& group_of_test() {
  static const std::map<std::string_view, std::string_view> all{
      {"AverageAllocationJobShardingStrategyTest", "sharding_average"},
      {"ConfigurationServiceTest", "config_service"},
      {"DistributeOnceElasticJobListenerTest", "distribute_once"},
      {"ElasticJobExecutorTest", "job_run"},
      {"ElectionListenerManagerTest", "listener_election"},
      {"ExecutionContextServiceTest", "execution_context"},
      {"ExecutionServiceTest", "execution_service"},
      {"FailoverListenerManagerTest", "listener_failover"},
      {"FailoverNodeTest", "paths"},
      {"FailoverServiceTest", "failover_service"},
      {"GuaranteeListenerManagerTest", "listener_guarantee"},
      {"GuaranteeNodeTest", "paths"},
      {"GuaranteeServiceTest", "guarantee_service"},
      {"InstanceNodeTest", "paths"},
      {"InstanceServiceTest", "instance_service"},
      {"JobConfigurationPOJOTest", "config_yaml"},
      {"JobConfigurationTest", "config_defaults"},
      {"JobNodeStorageTest", "storage"},
      {"JobOperateAPIImplTest", "ops_api"},
      {"JobScheduleControllerTest", "schedule_controller"},
      {"JobTriggerListenerTest", "misfire_listener"},
      {"LeaderServiceTest", "leader_service"},
      {"LiteJobFacadeTest", "job_facade"},
      {"MonitorExecutionListenerManagerTest", "listener_monitor_execution"},
      {"ReconcileServiceTest", "reconcile"},
      {"RegistryCenterConnectionStateListenerTest", "listener_connection"},
      {"RescheduleListenerManagerTest", "listener_reschedule"},
      {"SchedulerFacadeTest", "shutdown"},
      {"ServerServiceTest", "server_service"},
      {"ShardingListenerManagerTest", "listener_sharding"},
      {"ShardingOperateAPIImplTest", "ops_api"},
      {"ShardingServiceTest", "sharding_service"},
      {"ShutdownListenerManagerTest", "listener_shutdown"},
      {"SingleShardingBalanceJobShardingStrategyTest", "sharding_single_balance"},
      {"TriggerListenerManagerTest", "listener_trigger"},
      {"TriggerNodeTest", "paths"},
  };
  return all;
}

constexpr std::string_view of_several_groups = "later_versions";

std::string known_names() {
  std::string names(of_several_groups);
  for (const auto& [name, checker] : groups()) names.append(", ").append(name);
  return names;
}

/// "ReconcileServiceTest at 724c8d4cf".
std::string group_of(const VectorFile& file, const json& data) {
  if (file.name != of_several_groups) return file.name;
  const std::string test = data.value("test", "");
  const auto found = group_of_test().find(std::string_view(test).substr(0, test.find(' ')));
  if (found == group_of_test().end()) throw std::invalid_argument("unknown test class '" + test + "'");
  return std::string(found->second);
}

/// Where the case begins: cases are found again by their ids. 0: nowhere.
int line_of(const std::string& text, const std::string& id) {
  const std::size_t at = text.find("\"id\": " + json(id).dump());
  if (at == std::string::npos) return 0;
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

void check_case(const VectorFile& file, int line, const std::string& version, const json& data, Tally& tally) {
  const std::string group = group_of(file, data);
  const auto checker = groups().find(group == "sharding_single_balance" ? "sharding_average" : group);
  Case c(file, line, data, group, version, tally);
  checker->second(c);
}

json document_of(const VectorFile& file) {
  const bool known = file.name == of_several_groups || groups().contains(file.name);
  if (!known || file.lines_are_cases) {
    throw BadVectors(file.path, 0, "no cases of ElasticJob that are known here; known are " + known_names());
  }
  json document = json::parse(file.lines.front().text, nullptr, false);
  const bool sound = document.is_object() && document.contains("cases") && document["cases"].is_array();
  if (!sound) throw BadVectors(file.path, 0, "not a JSON object with a list 'cases'");
  for (const auto& [key, value] : document.items()) {
    if (key != "source" && key != "meaning" && key != "version" && key != "cases") {
      throw BadVectors(file.path, 0, fmt::format("unknown key {}", key));
    }
  }
  return document;
}

}  // namespace
}  // namespace elasticjob

void verify_elasticjob(const VectorFile& file, Tally& tally) {
  using namespace elasticjob;
  const json document = document_of(file);
  int number = 0;
  for (const json& data : document["cases"]) {
    ++number;
    const bool named = data.is_object() && data.contains("id") && data["id"].is_string();
    const std::string id = named ? data["id"].get<std::string>() : std::to_string(number);
    const int line = named ? line_of(file.lines.front().text, id) : 0;
    tally.trace();
    try {
      check_case(file, line, document.value("version", "documented"), data, tally);
    } catch (const BadVectors&) {
      throw;
    } catch (const std::exception& error) {
      // A value of another type, a version that there is not, a call that does not end.
      throw BadVectors(file.path, line, fmt::format("case {}: {}", id, plain_text(error)));
    }
  }
}

}  // namespace chronofault::verify
