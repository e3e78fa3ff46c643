// A workflow's definition (powerjob 2.1).
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

struct WorkflowInfo {
  static constexpr std::string_view table = "workflow_info";
  WorkflowInfo() = default;
  std::int64_t id = 0;
  std::int64_t app_id = 0;
  std::string wf_name;
  std::string pe_dag;  // workflow_dag.hpp
  TimeExpressionType time_expression_type = TimeExpressionType::api;
  std::string time_expression;
  std::int32_t max_wf_instance_num = 0;  // 0: no limit; V340: 0 lets none run
  SwitchStatus status = SwitchStatus::enable;
  std::optional<WallTime> next_trigger_time;
  std::string lifecycle;  // lifecycle.hpp
  WallTime gmt_create;
  WallTime gmt_modified;

  template <class V>
  static void columns(V&& v) {
    v("id", &WorkflowInfo::id, db::generated_key);
    v("app_id", &WorkflowInfo::app_id);
    v("wf_name", &WorkflowInfo::wf_name);
    v("pe_dag", &WorkflowInfo::pe_dag);
    v("time_expression_type", &WorkflowInfo::time_expression_type);
    v("time_expression", &WorkflowInfo::time_expression);
    v("max_wf_instance_num", &WorkflowInfo::max_wf_instance_num);
    v("status", &WorkflowInfo::status);
    v("next_trigger_time", &WorkflowInfo::next_trigger_time, db::precision(3));
    v("lifecycle", &WorkflowInfo::lifecycle);
    v("gmt_create", &WorkflowInfo::gmt_create, db::precision(3));
    v("gmt_modified", &WorkflowInfo::gmt_modified, db::precision(3));
  }
  static std::vector<IndexSpec> indexes() { return {{"idx01_workflow_info", {"app_id"}, false}}; }
};

}  // namespace chronofault::powerjob
