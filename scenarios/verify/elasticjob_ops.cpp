#include <elastic_job/ops_api.hpp>
#include <elastic_job/rules/job_paths.hpp>
#include <elastic_job/rules/task_context.hpp>

#include "elasticjob_check.hpp"
#include "elasticjob_configuration.hpp"
#include "elasticjob_groups.hpp"

namespace chronofault::verify::elasticjob {

namespace {

class OpsCheck final : public Check {
 public:
  explicit OpsCheck(Case& of) : Check(of), tree_(log), ops_(tree_, c.profile()) { read_nodes(given(), tree_.nodes); }

 private:
  OpsApi::Name name(std::size_t i) const { return text_or_none(c.arg(i)); }
  std::string text(std::size_t i) const { return c.arg(i).get<std::string>(); }

  Task<> call() override {
    const std::string fn = c.fn();
    if (fn == "trigger") return ops_.trigger(text(0));
    if (fn == "disable") return ops_.disable(name(0), name(1));
    if (fn == "enable") return ops_.enable(name(0), name(1));
    if (fn == "shutdown") return ops_.shutdown(name(0), name(1));
    if (fn == "remove") return ops_.remove(name(0), name(1));
    if (fn == "enable_item") return ops_.enable_item(text(0), text(1));
    if (fn == "disable_item") return ops_.disable_item(text(0), text(1));
    if (fn == "remove_job_configuration" || fn == "remove_configuration") {
      return ops_.remove_job_configuration(text(0));
    }
    c.unknown_function();
  }

  PlayedRegistry tree_;
  OpsApi ops_;
};

/// The console's view of one job or item.
class ConsoleCheck final : public Check {
 public:
  explicit ConsoleCheck(Case& of) : Check(of), tree_(log), ops_(tree_, c.profile()), paths_(job_default) {
    if (c.fn() == "job_status") read_job();
    if (c.fn() == "item_info") read_item();
  }

 private:
  void put(const std::string& node, const json& data) {
    tree_.nodes.set_data(paths_.full(node), Answers<Text>::of(&data, Text()));
  }
  void read_job() {
    std::vector<std::string> ips;
    if (const json* const servers = given().find("servers")) {
      for (const auto& [ip, status] : servers->items()) {
        ips.push_back(ip);
        put(node::server(ip), status);
      }
    }
    std::vector<std::string> items;
    if (const json* const owners = given().find("owners")) {
      for (const json& owner : *owners) {
        put(node::owner(static_cast<int>(items.size())), owner);
        items.push_back(std::to_string(items.size()));
      }
    }
    auto& children = tree_.nodes.children;
    children.insert_or_assign(paths_.full(node::servers), std::move(ips));
    children.insert_or_assign(paths_.full(node::sharding), std::move(items));
    children.insert_or_assign(paths_.full(node::instances), given().get("instances", std::vector<std::string>()));
  }
  void read_item() {
    const json* const owner = given().find("owner");
    auto& exists = tree_.nodes.exists;
    if (owner != nullptr && owner->is_string()) {
      put(node::owner(0), *owner);
      exists.insert_or_assign(paths_.full(node::instance(owner->get<std::string>())),
                              given().get("owner_online", false));
    }
    exists.insert_or_assign(paths_.full(node::running(0)), given().get("running", false));
    exists.insert_or_assign(paths_.full(node::failover(0)), given().get("failover", false));
    exists.insert_or_assign(paths_.full(node::disabled(0)), given().get("disabled", false));
  }

  Task<> call() override {
    const std::string fn = c.fn();
    if (fn == "item_status") {
      const Facts args(c.all().get("args", json::object()));
      const bool disabled = args.get("disabled", false);
      const bool running = args.get("running", false);
      const bool owner_absent = args.get("sharding_flag", false);
      if (!args.unread().empty()) c.bad("unknown key args." + args.unread().front());
      result(name_of(item_status(disabled, running, owner_absent)));
    } else if (fn == "job_status") {
      const JobStatus status = co_await ops_.job_status(job_default);
      result(name_of(status));
    } else if (fn == "item_info") {
      const OpsApi::ItemInfo info = co_await ops_.item_info(job_default, "0");
      outcome.values["status"] = name_of(info.status);
      outcome.values["ip"] = info.ip.empty() ? json() : json(info.ip);
      outcome.values["pid"] = info.pid.empty() ? json() : json(info.pid);
      outcome.values["failover"] = info.failover;
    } else {
      c.unknown_function();
    }
  }

  PlayedRegistry tree_;
  OpsApi ops_;
  JobPaths paths_;
};

}  // namespace

void check_ops_api(Case& c) { play<OpsCheck>(c); }
void check_console_status(Case& c) { play<ConsoleCheck>(c); }

}  // namespace chronofault::verify::elasticjob
