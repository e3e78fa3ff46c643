#include "operate.hpp"

#include <powerjob/exception.hpp>
#include <powerjob/messages.hpp>
#include <powerjob/server/instance_service.hpp>

#include "catalogue.hpp"
#include "info.hpp"

namespace chronofault::powerjob {

namespace {

const ProcessEntry* server_for(const ClusterSpec& cluster, const std::string& via) {
  const ProcessEntry* first = nullptr;
  for (const ProcessEntry& process : cluster.processes) {
    if (process.role != "server") continue;
    if (first == nullptr) first = &process;
    if (process.name == via) return &process;
  }
  return via.empty() ? first : nullptr;
}

Address http_address(const ProcessEntry& server) {
  const auto port = server.settings.find(key_http_port);
  const bool given = port != server.settings.end() && std::holds_alternative<std::int64_t>(port->second);
  return Address(server.ip, given ? static_cast<int>(std::get<std::int64_t>(port->second)) : 7700);
}

/// The method of the service behind a verb; empty: none.
std::string method_of(const std::string& verb, bool workflow) {
  if (verb == "run") return workflow ? "runWorkflow" : "runJob";
  if (verb == "stop") return workflow ? "stopWorkflowInstance" : "stopInstance";
  if (verb == "retry") return workflow ? "retryWorkflowInstance" : "retryInstance";
  if (verb == "cancel") return workflow ? "" : "cancelInstance";
  if (verb == "enable") return workflow ? "enableWorkflow" : "enableJob";
  if (verb == "disable" || verb == "pause") return workflow ? "disableWorkflow" : "disableJob";
  if (verb == "edit") return workflow ? "saveWorkflow" : "saveJob";
  return "";
}

bool is_about_instance(const std::string& verb) { return verb == "stop" || verb == "retry" || verb == "cancel"; }

/// Throws Failure with the server's reason, and what the network throws.
Task<Performed> call(Ports* ports, Address server, ConsoleAction action) {
  const CallOptions patient(Duration::seconds(5), Duration::seconds(30));
  Body reply = co_await ports->network.call(server, body_of(ConsoleRequest(std::move(action))), patient);
  const ResultDTO* result = reply.as<ResultDTO>();
  if (result == nullptr) throw Failure("unknown answer");
  if (!result->success) throw Failure(result->message);
  co_return parse_performed(result->data).value_or(Performed());
}

Task<Performed> carry_out(Ports* ports, Address server, ConsoleAction action, bool about_instance, bool workflow) {
  if (about_instance) {
    ConsoleAction look = action;
    look.method = workflow ? "latestWorkflowInstance" : "latestInstance";
    Performed newest = co_await call(ports, server, std::move(look));
    action.target = newest.id;
  }
  Performed performed = co_await call(ports, server, std::move(action));
  co_return performed;
}

std::string text_of(const Value& value) {
  return std::holds_alternative<Null>(value) ? std::string() : to_string(value);
}

}  // namespace

Task<OperatorResult> operate_console(OperatorAction action, const ClusterSpec* cluster, Ports* ports) {
  const Catalogue catalogue(*cluster);
  const ProcessEntry* server = server_for(*cluster, action.via);
  if (server == nullptr) co_return OperatorResult::refused("no server " + action.via);
  ConsoleAction console;
  console.method = method_of(action.verb, action.workflow);
  if (console.method.empty()) co_return OperatorResult::refused("powerjob cannot " + action.verb + " that");
  if (action.workflow) {
    const WorkflowInfo* row = catalogue.workflow(action.job);
    if (row == nullptr) co_return OperatorResult::refused("no workflow " + action.job);
    console.app_id = row->app_id;
    console.target = row->id;
  } else {
    const JobInfo* row = catalogue.job(action.job);
    if (row == nullptr) co_return OperatorResult::refused("no job " + action.job);
    console.app_id = row->app_id;
    console.target = row->id;
  }
  console.params = action.params;
  console.delay = action.delay;
  for (const auto& [key, value] : action.edits) console.edits[key == "cron" ? "timeExpression" : key] = text_of(value);

  const Address address = http_address(*server);
  std::string refused;
  std::string unknown;
  Performed performed;
  try {
    performed = co_await carry_out(ports, address, console, is_about_instance(action.verb), action.workflow);
  } catch (const Failure& failure) {
    refused = failure.what.empty() ? "refused" : failure.what;
  } catch (const ConnectionRefused&) {
    refused = "connection refused";
  } catch (const ConnectTimeout&) {
    refused = "no answer to the connect";
  } catch (const NetworkError&) {
    unknown = "no answer: the server may have done it";
  }
  // A run that went to the owner and was not answered may have happened there (powerjob 7.13).
  if (refused.starts_with("ask timeout")) unknown = refused;
  if (!unknown.empty()) co_return OperatorResult::unknown(unknown);
  if (!refused.empty()) co_return OperatorResult::refused(refused);
  co_return OperatorResult::accepted(performed.id, performed.fire);
}

}  // namespace chronofault::powerjob
