// One run of a workflow (powerjob 2.1, 5.3). wf_instance_id has no unique key before V511.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ports/database/typed.hpp>
#include <ports/time.hpp>
#include <powerjob/codes.hpp>

namespace chronofault::powerjob {

struct WorkflowInstanceInfo {
  static constexpr std::string_view table = "workflow_instance_info";
  WorkflowInstanceInfo() = default;
  std::int64_t id = 0;
  std::int64_t app_id = 0;
  std::int64_t wf_instance_id = 0;
  std::optional<std::int64_t> parent_wf_instance_id;
  std::int64_t workflow_id = 0;
  WorkflowStatus status = WorkflowStatus::waiting;
  std::string wf_init_params;
  std::string wf_context;  // workflow_context.hpp
  std::string dag;         // workflow_dag.hpp
  std::optional<std::string> result;
  WallTime expected_trigger_time;
  std::optional<WallTime> actual_trigger_time;
  std::optional<WallTime> finished_time;
  WallTime gmt_create;
  WallTime gmt_modified;

  template <class V>
  static void columns(V&& v) {
    v("id", &WorkflowInstanceInfo::id, db::generated_key);
    v("app_id", &WorkflowInstanceInfo::app_id);
    v("wf_instance_id", &WorkflowInstanceInfo::wf_instance_id);
    v("parent_wf_instance_id", &WorkflowInstanceInfo::parent_wf_instance_id);
    v("workflow_id", &WorkflowInstanceInfo::workflow_id);
    v("status", &WorkflowInstanceInfo::status);
    v("wf_init_params", &WorkflowInstanceInfo::wf_init_params);
    v("wf_context", &WorkflowInstanceInfo::wf_context);
    v("dag", &WorkflowInstanceInfo::dag);
    v("result", &WorkflowInstanceInfo::result);
    v("expected_trigger_time", &WorkflowInstanceInfo::expected_trigger_time, db::precision(3));
    v("actual_trigger_time", &WorkflowInstanceInfo::actual_trigger_time, db::precision(3));
    v("finished_time", &WorkflowInstanceInfo::finished_time, db::precision(3));
    v("gmt_create", &WorkflowInstanceInfo::gmt_create, db::precision(3));
    v("gmt_modified", &WorkflowInstanceInfo::gmt_modified, db::precision(3));
  }
  /// V511's additional unique key on wf_instance_id is left to whoever declares the tables of a profile.
  static std::vector<IndexSpec> indexes() {
    return {{"idx01_wf_instance", {"workflow_id"}, false},
            {"idx02_wf_instance", {"app_id"}, false},
            {"idx03_wf_instance", {"wf_instance_id"}, false}};
  }
};

}  // namespace chronofault::powerjob
