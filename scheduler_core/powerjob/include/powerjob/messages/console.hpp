// What a console or a client asks of a server, over HTTP, and how one server passes it on to the owner of the app
// (powerjob 7.5, 7.13).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include <ports/message.hpp>
#include <powerjob/workflow_context.hpp>

namespace chronofault::powerjob {

/// One call of the job, workflow and instance services.
struct ConsoleAction {
  ConsoleAction() = default;
  /// runJob, runWorkflow, stopInstance, cancelInstance, retryInstance, stopWorkflowInstance, retryWorkflowInstance,
  /// markNodeAsSuccess, enableJob, disableJob, saveJob, enableWorkflow, disableWorkflow, saveWorkflow,
  /// latestInstance, latestWorkflowInstance
  std::string method;
  std::int64_t app_id = 0;
  std::int64_t target = 0;  // job, workflow, instance or workflow instance id
  std::int64_t node = 0;    // markNodeAsSuccess
  std::string params;
  Duration delay;
  StringMap edits;  // saveJob, saveWorkflow: columns and their new values

  template <class V>
  void fields(V&& v) const {
    v("method", method);
    v("appId", app_id);
    v("target", target);
    v("node", node);
    v("params", params);
    v("delay", delay);
    v("edits", to_json(edits));
  }
};

/// HTTP request of the console; the answer is a ResultDTO whose data is an id, for runs "id@expectedTriggerTime".
struct ConsoleRequest {
  static constexpr std::string_view kind = "console";
  ConsoleRequest() = default;
  explicit ConsoleRequest(ConsoleAction action) : action(std::move(action)) {}
  ConsoleAction action;
  template <class V>
  void fields(V&& v) const {
    action.fields(v);
  }
};

/// M9: server -> owner server, ask 5000.
struct RemoteProcessReq {
  static constexpr std::string_view kind = "RemoteProcessReq";
  RemoteProcessReq() = default;
  explicit RemoteProcessReq(ConsoleAction action) : action(std::move(action)) {}
  ConsoleAction action;
  template <class V>
  void fields(V&& v) const {
    action.fields(v);
  }
};

/// [V340]'s own message for the two calls that it forwards; the delay travels along.
struct RunJobOrWorkflowReq {
  static constexpr std::string_view kind = "RunJobOrWorkflowReq";
  RunJobOrWorkflowReq() = default;
  explicit RunJobOrWorkflowReq(ConsoleAction action) : action(std::move(action)) {}
  ConsoleAction action;
  template <class V>
  void fields(V&& v) const {
    action.fields(v);
  }
};

}  // namespace chronofault::powerjob
