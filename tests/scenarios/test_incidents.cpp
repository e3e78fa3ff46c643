// The committed scenarios: they read, they plan, and every key in them and in their plans is in the schema.
#include <algorithm>
#include <fstream>
#include <set>
#include <string>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <faults/kinds.hpp>
#include <scenarios/node.hpp>
#include <scenarios/plan.hpp>
#include <scenarios/property_names.hpp>
#include <scenarios/scenario.hpp>

#include "fake_system.hpp"

using namespace chronofault;
using namespace chronofault::scenarios;
using nlohmann::json;

namespace {

const json& schema() {
  static const json parsed = json::parse(std::ifstream("scenarios/schema/scenario.schema.json"));
  return parsed;
}

Scenario incident(const std::string& name) {
  const auto scenario = read_scenario("scenarios/incidents/" + name + ".yaml", "", support::fake_world());
  if (!scenario) FAIL(scenario.error().text());
  return *scenario;
}

/// The part of the schema language that the format's schema uses for keys.
bool fits(const Node& node, const json& rule) {
  if (rule.is_boolean()) return rule.get<bool>();
  if (rule.contains("$ref"))
    return fits(node, schema().at(json::json_pointer(rule.at("$ref").get<std::string>().substr(1))));
  for (const char* key : {"anyOf", "oneOf"}) {
    if (!rule.contains(key)) continue;
    return std::any_of(rule.at(key).begin(), rule.at(key).end(),
                       [&node](const json& option) { return fits(node, option); });
  }
  const auto allows = [&rule](const char* type) {
    if (!rule.contains("type")) return true;
    const json& types = rule.at("type");
    return types.is_array() ? std::find(types.begin(), types.end(), type) != types.end() : types == type;
  };
  if (node.is_null()) return allows("null");
  if (node.is_list()) {
    if (!allows("array")) return false;
    return std::all_of(node.items.begin(), node.items.end(),
                       [&rule](const Node& item) { return !rule.contains("items") || fits(item, rule.at("items")); });
  }
  if (node.is_scalar()) {
    if (rule.contains("enum"))
      return std::find(rule.at("enum").begin(), rule.at("enum").end(), node.text) != rule.at("enum").end();
    return allows("string") || allows("integer") || allows("boolean") || allows("number");
  }
  if (!allows("object")) return false;
  for (const json& required : rule.value("required", json::array())) {
    if (node.find(required.get<std::string>()) == nullptr) return false;
  }
  return std::all_of(node.entries.begin(), node.entries.end(), [&rule](const auto& entry) {
    const json properties = rule.value("properties", json::object());
    const json others = rule.value("additionalProperties", json(true));
    const auto known = properties.find(entry.first.text);
    return fits(entry.second, known != properties.end() ? *known : others);
  });
}

}  // namespace

TEST_CASE("the exact replay is what the logs say", "[powerjob:9.1]") {
  const Scenario scenario = incident("powerjob-usurpation");
  REQUIRE(scenario.variants.size() == 3);
  CHECK(scenario.find("fixed")->profile.has("owner-check"));
  const auto plan = make_plan(scenario, "documented", 1, support::fake_world());
  REQUIRE(plan);
  REQUIRE(plan->actions.size() == 1);
  const ActionPlan& order = plan->actions[0];
  CHECK(faults::to_string(order.at + order.action.delay, plan->utc_offset) == "2022-02-25T04:00:13.938+08:00");
  CHECK(order.action.workflow);
  REQUIRE(plan->faults.size() == 1);
  CHECK(faults::to_string(plan->faults[0], plan->utc_offset) ==
        "{when: {message: Ping.reply, from: lz, to: xz, not_before: \"2022-02-25T02:36:13.5+08:00\"}, arrives: "
        "{after_request: 1474ms}}");
  CHECK(plan->starts[0].after == Duration::ms(8'160));
  CHECK(to_string(plan->latency("XZ", "LZ")) == "1ms");
  CHECK(plan->cluster.processes[0].ip == "10.112.62.2");
  CHECK(plan->expect.size() == 3);
}

TEST_CASE("every seed of the envelope lies inside of it", "[powerjob:9.1]") {
  const Scenario scenario = incident("powerjob-usurpation-envelope");
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const auto plan = make_plan(scenario, "fixed", seed, support::fake_world());
    REQUIRE(plan);
    REQUIRE(plan->actions.size() == 1);
    const Duration delay = plan->actions[0].action.delay;
    CHECK((delay >= Duration::minutes(2) && delay <= Duration::minutes(20)));
    const auto& when = std::get<faults::When>(plan->faults.at(0).trigger);
    const sim::TrueTime t0 = plan->actions[0].at;
    REQUIRE(when.pattern.request_not_before);
    CHECK((*when.pattern.request_not_before >= t0 + Duration::seconds(20)));
    CHECK((*when.pattern.request_not_before <= t0 + delay - Duration::seconds(100)));
    const Duration late = plan->faults[0].action.duration("after_request");
    CHECK((late >= Duration::ms(1'100) && late <= Duration::seconds(5)));
    const std::size_t workers = plan->cluster.processes.size() - 2;
    CHECK((workers >= 2 && workers <= 8));
    sizes.insert(workers);
    CHECK(plan->cluster.processes[0].settings == plan->cluster.processes[1].settings);
  }
  CHECK(sizes.size() == 7);
}

TEST_CASE("committed scenarios and their plans fit the schema") {
  for (const char* name : {"powerjob-usurpation", "powerjob-usurpation-envelope"}) {
    const Scenario scenario = incident(name);
    CHECK(fits(*scenario.tree, schema()));
    const auto plan = make_plan(scenario, "fixed", 3, support::fake_world());
    REQUIRE(plan);
    const auto again = read_scenario_text(print(*plan), "plan.yaml", "", "script", support::fake_world());
    REQUIRE(again);
    CHECK(fits(*again->tree, schema()));
  }
  const auto odd = read_scenario_text(support::small_scenario("faults: [{at: +1s, kill: s}]\n"), "s.yaml", "", "script",
                                      support::fake_world());
  REQUIRE(odd);
  CHECK(fits(*odd->tree, schema()));
  Node wrong = *odd->tree;
  wrong.find("faults")->items[0].entries[1].first.text = "kil";
  CHECK_FALSE(fits(wrong, schema()));
}

TEST_CASE("the schema names every fault kind, parameter, record field and property") {
  const json& fault = schema().at("$defs").at("fault").at("properties");
  for (const faults::FaultKindInfo& info : faults::fault_kinds()) {
    CAPTURE(std::string(info.name));
    REQUIRE(fault.contains(std::string(info.name)));
    const json& arguments = fault.at(std::string(info.name)).at("anyOf").back().at("properties");
    for (const faults::ParamInfo& param : info.params) CHECK(arguments.contains(std::string(param.name)));
    for (const faults::Selector::Kind kind : faults::accepted_selectors(info.target)) {
      const std::string key(faults::key_of(kind));
      CHECK((key.empty() || arguments.contains(key)));
    }
  }
  const json& names = schema().at("$defs").at("expectation").at("properties").at("property").at("enum");
  CHECK(names.get<std::vector<std::string>>() == property_names());
  const json& record = schema().at("$defs").at("pattern").at("oneOf").back().at("properties");
  for (const faults::RecordField field : faults::record_fields()) CHECK(record.contains(std::string(name_of(field))));
}
