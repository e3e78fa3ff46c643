// Rows of PowerJob's tables (powerjob 2.1), in the shape of the database port's typed layer. Columns that no rule reads
// or writes (users to notify, alarm and log configuration, containers) are left out.
//
// Instants are whole milliseconds: upstream works in System.currentTimeMillis(), so a caller passes millis(wall()) and
// never a wall clock with microseconds. Upstream's BIGINT instants are datetime(3) here, which keeps exactly the same
// values; last_report_time alone stays a number, because it is the clock of another machine and starts at -1. JSON
// columns are text with a parser beside it (lifecycle.hpp, workflow_dag.hpp, workflow_context.hpp).
#pragma once

#include <powerjob/rows/app_info.hpp>
#include <powerjob/rows/instance_info.hpp>
#include <powerjob/rows/job_info.hpp>
#include <powerjob/rows/oms_lock.hpp>
#include <powerjob/rows/server_info.hpp>
#include <powerjob/rows/workflow_info.hpp>
#include <powerjob/rows/workflow_instance_info.hpp>
#include <powerjob/rows/workflow_node_info.hpp>
