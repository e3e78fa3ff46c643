// A node of a workflow's definition (powerjob 2.1); not in V340.
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

struct WorkflowNodeInfo {
  static constexpr std::string_view table = "workflow_node_info";
  WorkflowNodeInfo() = default;
  std::int64_t id = 0;
  std::int64_t app_id = 0;
  std::optional<std::int64_t> workflow_id;
  NodeType type = NodeType::job;
  std::int64_t job_id = 0;  // nested workflow: its workflow id
  std::string node_name;
  std::string node_params;
  bool enable = true;
  bool skip_when_failed = false;
  WallTime gmt_create;
  WallTime gmt_modified;

  template <class V>
  static void columns(V&& v) {
    v("id", &WorkflowNodeInfo::id, db::generated_key);
    v("app_id", &WorkflowNodeInfo::app_id);
    v("workflow_id", &WorkflowNodeInfo::workflow_id);
    v("type", &WorkflowNodeInfo::type);
    v("job_id", &WorkflowNodeInfo::job_id);
    v("node_name", &WorkflowNodeInfo::node_name);
    v("node_params", &WorkflowNodeInfo::node_params);
    v("enable", &WorkflowNodeInfo::enable);
    v("skip_when_failed", &WorkflowNodeInfo::skip_when_failed);
    v("gmt_create", &WorkflowNodeInfo::gmt_create, db::precision(3));
    v("gmt_modified", &WorkflowNodeInfo::gmt_modified, db::precision(3));
  }
  static std::vector<IndexSpec> indexes() {
    return {{"idx01_workflow_node_info", {"app_id"}, false}, {"idx02_workflow_node_info", {"workflow_id"}, false}};
  }
};

}  // namespace chronofault::powerjob
