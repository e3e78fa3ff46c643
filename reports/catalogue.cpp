#include <fmt/format.h>

#include <faults/kinds.hpp>
#include <reports/catalogue.hpp>
#include <reports/table.hpp>
#include <scenarios/message_kinds.hpp>
#include <scenarios/properties.hpp>
#include <scenarios/quartz_misfire_policies.hpp>

namespace chronofault::reports {
namespace {

constexpr std::size_t meaning_width = 70;

std::string type_text(const Setting& setting) {
  static constexpr const char* names[] = {"boolean", "integer", "real", "text", "duration", "address"};
  std::string text = names[static_cast<std::size_t>(setting.type)];
  if (!setting.choices.empty()) return fmt::format("{}", fmt::join(setting.choices, " | "));
  if (setting.type != SettingType::integer) return text;
  if (setting.low != INT64_MIN && setting.high != INT64_MAX) return fmt::format("{} to {}", setting.low, setting.high);
  if (setting.low != INT64_MIN) return fmt::format("integer from {}", setting.low);
  if (setting.high != INT64_MAX) return fmt::format("integer to {}", setting.high);
  return text;
}

std::string standard_text(const Setting& setting) {
  if (std::holds_alternative<Null>(setting.standard)) return "-";
  const auto* number = std::get_if<std::int64_t>(&setting.standard);
  if (setting.type == SettingType::duration && number != nullptr) return to_string(Duration::us(*number));
  const std::string text = chronofault::to_string(setting.standard);
  return text.empty() ? "\"\"" : text;
}

std::string settings_text(const std::vector<Setting>& settings, std::size_t indent) {
  Table table({{"key"}, {"type"}, {"default"}, {"meaning", Table::Align::left, meaning_width}});
  for (const Setting& setting : settings) {
    table.row({setting.key, type_text(setting), standard_text(setting), setting.meaning});
  }
  return table.text(indent);
}

std::string section(std::string_view title, const std::string& body) {
  return body.empty() ? std::string() : fmt::format("\n{}\n{}", title, body);
}

std::string versions(const SystemInfo& info) {
  Table table({{""}, {""}, {"", Table::Align::left, meaning_width}});
  for (const Version& version : info.versions) table.row({version.name, version.release, version.meaning});
  return table.text(2);
}

std::string policies(const SystemInfo& info) {
  Table table({{"policy"}, {"upstream key"}, {"meaning", Table::Align::left, meaning_width}});
  for (const Policy& policy : info.policies) table.row({policy.name, policy.upstream, policy.meaning});
  return table.empty() ? "" : table.text(2);
}

std::string roles(const SystemInfo& info) {
  std::string out;
  for (const Role& role : info.roles) {
    out += fmt::format("  {} (under `{}:`, port {}): {}\n", role.name, role.list, role.default_port, role.meaning);
    if (!role.keys.empty()) out += "    Its own keys:\n" + settings_text(role.keys, 6);
    if (!role.settings.empty()) out += "    Under `settings:`:\n" + settings_text(role.settings, 6);
  }
  return out;
}

std::string messages(const SystemInfo& info) {
  Table table({{"kind"}, {"from"}, {"to"}, {"reply"}, {"meaning", Table::Align::left, meaning_width}});
  for (const MessageKindInfo& message : scenarios::message_kinds(info)) {
    table.row(
        {message.kind, message.from, message.to, message.has_reply ? message.kind + ".reply" : "-", message.meaning});
  }
  return table.empty() ? "" : table.text(2);
}

std::string selectors(const SystemInfo& info) {
  Table table({{""}, {"", Table::Align::left, meaning_width}});
  for (const SelectorInfo& selector : info.selectors) {
    table.row({fmt::format("{}: {}", selector.key, selector.argument), selector.meaning});
  }
  return table.empty() ? "" : table.text(2);
}

std::string unsupported(const SystemInfo& info) {
  Table table({{"key"}, {"nearest"}});
  for (const Unsupported& key : info.unsupported) table.row({key.key, key.nearest});
  return table.empty() ? "" : table.text(2);
}

std::string faults_text(const SystemInfo& info) {
  Table table({{"fault"}, {"aimed at"}, {"parameters"}, {"heals by"}, {"meaning", Table::Align::left, meaning_width}});
  for (const faults::FaultKindInfo& kind : faults::fault_kinds()) {
    if (kind.group == "database" && !info.uses_database) continue;
    if (kind.group == "zookeeper" && !info.uses_zookeeper) continue;
    std::vector<std::string_view> names;
    for (const faults::ParamInfo& param : kind.params) names.push_back(param.name);
    table.row({std::string(kind.name), std::string(name_of(kind.target)), fmt::format("{}", fmt::join(names, ", ")),
               std::string(name_of(kind.heal)), std::string(kind.meaning)});
  }
  return table.text(2);
}

std::string properties() {
  Table table({{"property"}, {"says", Table::Align::left, meaning_width}, {"premise", Table::Align::left, 50}});
  for (const scenarios::PropertyInfo& property : scenarios::all_properties()) {
    table.row({std::string(property.name), std::string(property.says), std::string(property.premise)});
  }
  return table.text(2);
}

}  // namespace

std::string list_text(const std::vector<const System*>& systems, const std::vector<ListedScenario>& scenarios) {
  Table known({{"system"}, {"versions"}, {"summary", Table::Align::left, meaning_width}});
  for (const System* system : systems) {
    std::vector<std::string> names;
    for (const Version& version : system->info().versions) names.push_back(version.name);
    known.row({system->info().name, fmt::format("{}", fmt::join(names, ", ")), system->info().summary});
  }
  Table found({{"scenario"}, {"system"}, {"variants"}, {"from"}, {"summary", Table::Align::left, meaning_width}});
  for (const ListedScenario& listed : scenarios) {
    std::vector<std::string> names;
    for (const scenarios::Variant& variant : listed.scenario.variants) names.push_back(variant.name);
    found.row({listed.scenario.name, listed.scenario.system, fmt::format("{}", fmt::join(names, ", ")), listed.from,
               listed.scenario.summary});
  }
  found.row({std::string(scenarios::quartz_misfire_policies_name), "quartz", "(a table)", "built in",
             "What each misfire policy of each kind of trigger makes of each cause of a misfire."});
  return known.text() + "\n" + found.text();
}

std::string describe_text(const System& system) {
  const SystemInfo& info = system.info();
  std::string out = fmt::format("{}: {}\n", info.name, info.summary);
  std::vector<std::string> uses;
  if (info.uses_database) uses.emplace_back("a database");
  if (info.uses_zookeeper) uses.emplace_back("a ZooKeeper ensemble");
  if (!uses.empty()) out += fmt::format("It uses {}.\n", fmt::join(uses, " and "));
  out += section("Versions", versions(info));
  out += section("Policies (single deviations from a version)", policies(info));
  out += section("Roles", roles(info));
  out += section("Keys of a job, under `native:`", info.job_keys.empty() ? "" : settings_text(info.job_keys, 2));
  out += section("Keys of a workflow, under `native:`",
                 info.workflow_keys.empty() ? "" : settings_text(info.workflow_keys, 2));
  out += section("Portable keys that it cannot express", unsupported(info));
  out += section("Operator actions (under `do:`)", fmt::format("  {}\n", fmt::join(info.operator_actions, ", ")));
  if (!info.client_calls.empty()) {
    out += section("Calls of work (under `then:`)", fmt::format("  {}\n", fmt::join(info.client_calls, ", ")));
  }
  out += section("Messages", messages(info));
  out += section("Selectors of its own", selectors(info));
  out += section("Faults", faults_text(info));
  out += section("Properties", properties());
  return out;
}

}  // namespace chronofault::reports
