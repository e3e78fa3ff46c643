// The groups of cases, and what plays each: one file of checks per group.
#pragma once

#include "elasticjob_case.hpp"

namespace chronofault::verify::elasticjob {

// elasticjob_rules.cpp: pure functions and formats.
void check_sharding_strategy(Case& c);
void check_item_parameters(Case& c);
void check_task_id(Case& c);
void check_config_defaults(Case& c);
void check_config_yaml(Case& c);

// elasticjob_paths.cpp
void check_paths(Case& c);

// elasticjob_listeners.cpp: an event and what it makes a listener do.
void check_data_listener(Case& c);
void check_connection_listener(Case& c);
void check_misfire_listener(Case& c);

// elasticjob_members.cpp: who is there, and who leads.
void check_leader_service(Case& c);
void check_server_service(Case& c);
void check_instance_service(Case& c);
void check_config_service(Case& c);
void check_shutdown(Case& c);
void check_job_registry(Case& c);

// elasticjob_items.cpp: who owns which items, and the marks on them.
void check_sharding_service(Case& c);
void check_execution_service(Case& c);
void check_execution_context(Case& c);
void check_failover_service(Case& c);
void check_reconcile(Case& c);

// elasticjob_run.cpp: one run.
void check_job_run(Case& c);
void check_job_facade(Case& c);
void check_dataflow(Case& c);

// elasticjob_barrier.cpp: the distribute-once listener and its marks.
void check_guarantee_service(Case& c);
void check_distribute_once(Case& c);

// elasticjob_schedule.cpp, elasticjob_quartz_runs.cpp: the job's clock.
void check_schedule_controller(Case& c);
void check_quartz_runs(Case& c);

// elasticjob_registry.cpp: requests and their failures.
void check_storage(Case& c);
void check_registry_errors(Case& c);
void check_registry_queries(Case& c);

// elasticjob_ops.cpp: the console.
void check_ops_api(Case& c);
void check_console_status(Case& c);

}  // namespace chronofault::verify::elasticjob
