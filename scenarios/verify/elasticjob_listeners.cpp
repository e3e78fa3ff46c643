#include <elastic_job/connection_listener.hpp>
#include <elastic_job/misfire_listener.hpp>

#include "elasticjob_check.hpp"
#include "elasticjob_configuration.hpp"
#include "elasticjob_groups.hpp"

namespace chronofault::verify::elasticjob {

namespace {

DataChanged::Type event_type(Case& c, const std::string& text) {
  if (text == "CREATED") return DataChanged::Type::created;
  if (text == "CHANGED") return DataChanged::Type::changed;
  if (text != "DELETED") c.bad("no event is " + text);
  return DataChanged::Type::deleted;
}

std::map<int, std::string> marks_of(const json* by_item) {
  std::map<int, std::string> marks;
  if (by_item == nullptr) return marks;
  for (const auto& [item, id] : by_item->items()) marks.emplace(std::stoi(item), id.get<std::string>());
  return marks;
}

/// L1 to L13, as the release has them, on played services.
class DataListenerCheck final : public Check {
 public:
  explicit DataListenerCheck(Case& of)
      : Check(of),
        servers_(log),
        leader_(log),
        instances_(log),
        execution_(log),
        sharding_(log),
        failover_(log),
        shutdown_(log),
        waiters_(log),
        listeners_(make_listeners(context,
                                  ListenerServices(configurations, servers_, leader_, instances_, execution_, sharding_,
                                                   failover_, shutdown_),
                                  {&waiters_})) {
    const Facts& given = c.given();
    servers_.available = Answers<bool>::of(given.find_any({"available", "server_available"}), false);
    leader_.leads = Answers<bool>::of(given.find_any({"is_leader", "leader"}), false);
    leader_.has = Answers<bool>::of(given.find("has_leader"), false);
    sharding_.of_other = given.get("sharding_items_of_other", Items());
    sharding_.crashed = given.get("crashed_items_of_other", Items());
    sharding_.static_and_sharded = static_and_sharded(given);
    failover_.of_other = given.get("failover_items_of_other", Items());
    failover_.failovering = given.get("failovering_of_other", Items());
    failover_.failovering_of = marks_of(given.find("failovering"));
    execution_.running_of = marks_of(given.find("running_items"));
    for (const std::string& id : given.get("available_instances", std::vector<std::string>())) {
      instances_.available.emplace_back(id);
    }
    instances_.own_exists = Answers<bool>::of(given.find("own_instance_exists"), false);
    controller.paused = given.get("paused", false);
  }

 private:
  Task<> call() override {
    const json* const event = c.all().find("event");
    if (event == nullptr) c.bad("no event");
    const Facts facts(*event);
    std::string data = config_data(facts.get<std::string>("data", ""), c.profile());
    const DataChanged::Type type = event_type(c, facts.get<std::string>("type", ""));
    DataChanged changed(facts.get<std::string>("path", ""), type, std::move(data));
    if (!facts.unread().empty()) c.bad("unknown key event." + facts.unread().front());
    return listener().data_changed(std::move(changed));
  }
  void look_back() override { outcome.values["count_after"] = registry.total_count(job_default); }

  /// Files of one listener do not name it.
  DataListener& listener() {
    static const std::map<std::string_view, std::string_view> single{
        {"listener_reschedule", "L10"}, {"listener_shutdown", "L8"}, {"listener_trigger", "L9"}};
    const auto only = single.find(c.group());
    const std::string name = c.fn(only == single.end() ? "" : only->second);
    const json number = name.starts_with('L') ? json::parse(name.substr(1), nullptr, false) : json();
    if (!number.is_number_unsigned() || number < 1 || number > listeners_.size()) c.bad("no listener is " + name);
    return *listeners_[number.get<std::size_t>() - 1];
  }

  PlayedServers servers_;
  PlayedLeader leader_;
  PlayedInstances instances_;
  PlayedExecution execution_;
  PlayedSharding sharding_;
  PlayedFailover failover_;
  PlayedShutdown shutdown_;
  PlayedWaiters waiters_;
  std::vector<std::unique_ptr<DataListener>> listeners_;
};

class ConnectionListenerCheck final : public Check {
 public:
  explicit ConnectionListenerCheck(Case& of)
      : Check(of), servers_(log), instances_(log), execution_(log), sharding_(log) {
    const bool enabled = Facts::value_of(given().find_any({"enabled", "server_enabled", "is_enable_server"}), true);
    servers_.enabled = [enabled](const std::string&) { return enabled; };
    sharding_.local = Facts::value_of(given().find_any({"local_items", "local", "local_sharding_items"}), Items());
  }

 private:
  Task<> call() override {
    ConnectionListener listener(context, servers_, instances_, sharding_, execution_);
    co_await listener.state_changed(state());
  }

  curator::ConnectionState state() {
    using curator::ConnectionState;
    const json* const named = c.all().find_any({"state", "event"});
    const std::string name = named == nullptr ? c.fn() : named->get<std::string>();
    for (const ConnectionState each :
         {ConnectionState::connected, ConnectionState::suspended, ConnectionState::reconnected, ConnectionState::lost,
          ConnectionState::read_only}) {
      if (curator::name_of(each) == name) return each;
    }
    c.bad("no connection state is " + name);
  }

  PlayedServers servers_;
  PlayedInstances instances_;
  PlayedExecution execution_;
  PlayedSharding sharding_;
};

class MisfireListenerCheck final : public Check {
 public:
  explicit MisfireListenerCheck(Case& of) : Check(of), execution_(log), sharding_(log) {
    sharding_.local = Facts::value_of(given().find_any({"local_items", "local"}), Items());
    const json* const previous = given().find("previous_fire");
    if (previous != nullptr && !previous->is_null()) trigger_.trigger.previous = stage.clock().wall();
  }

 private:
  Task<> call() override {
    MisfireListener listener(execution_, sharding_);
    co_await listener.trigger_misfired(trigger_);
  }

  PlayedExecution execution_;
  PlayedSharding sharding_;
  chronofault::quartz::JobTrigger trigger_;
};

}  // namespace

void check_data_listener(Case& c) { play<DataListenerCheck>(c); }
void check_connection_listener(Case& c) { play<ConnectionListenerCheck>(c); }
void check_misfire_listener(Case& c) { play<MisfireListenerCheck>(c); }

}  // namespace chronofault::verify::elasticjob
