#include "fake_system.hpp"

#include <support/plain_system.hpp>

namespace support {
namespace {

using namespace chronofault;

class FakeSystem final : public PlainSystem {
 public:
  explicit FakeSystem(std::string name, bool uses_zookeeper = false) {
    info_.name = std::move(name);
    info_.versions = {{"V340", "3.4.0 (2020-11-29)", ""}, {"V411", "4.1.1", ""}, {"V511", "5.1.1", ""}};
    info_.policies = {{"owner-check", "not upstream", ""}, {"patient-usurp", "not upstream", ""}};
    Role server;
    server.list = "servers";
    server.name = "server";
    server.default_port = 10086;
    server.settings = {
        {"oms.accurate.select.server.percentage", SettingType::integer, Value(std::int64_t{50}), "", 0, 100, {}},
        {"oms.ping.timeout", SettingType::duration, Value(std::int64_t{1'000'000}), "", 1'000, 60'000'000, {}},
        {"oms.table-prefix", SettingType::text, Value(Null{}), "", 0, 0, {}},
        {"oms.mode", SettingType::text, Value(std::string("product")), "", 0, 0, {"daily", "pre", "product"}},
        {"oms.load", SettingType::real, Value(0.75), "", 0, 0, {}},
        {"oms.gc", SettingType::boolean, Value(false), "", 0, 0, {}}};
    Role worker;
    worker.list = "workers";
    worker.name = "worker";
    worker.default_port = 27777;
    worker.keys = {{"app", SettingType::text, Value(Null{}), "", 0, 0, {}}};
    info_.roles = {server, worker};
    info_.messages = {{"Ping", "server", "server", "", true}, {"WorkerHeartbeat", "worker", "server", "", false}};
    info_.selectors = {{"owner", "app", ""}};
    info_.job_keys = {{"maxInstanceNum", SettingType::integer, Value(std::int64_t{0}), "", 0, INT64_MAX, {}},
                      {"timeLimit", SettingType::duration, Value(Null{}), "", 0, INT64_MAX, {}}};
    info_.workflow_keys = {{"maxWfInstanceNum", SettingType::integer, Value(std::int64_t{1}), "", 0, INT64_MAX, {}}};
    info_.operator_role = "server";
    info_.operator_actions = {"run", "stop", "edit", "enable"};
    info_.client_calls = {"build", "execute", "trigger", "wait_for"};
    info_.unsupported = {{"shards", "native broadcast"}, {"overlap: replace_old", "overlap: discard_new"}};
    info_.uses_database = true;
    info_.uses_zookeeper = uses_zookeeper;
  }

  std::vector<Objection> check(const ClusterSpec& cluster) const override {
    std::vector<Objection> all;
    for (const JobSpec& job : cluster.jobs) {
      const bool wrong = job.schedule.cron.starts_with("61 ");
      if (wrong) all.emplace_back("jobs", job.name, "cron", cluster.profile.version + " has no second 61");
      const auto limit = job.native.find("timeLimit");
      if (limit != job.native.end() && limit->second == Value(std::int64_t{7'777'777}))
        all.emplace_back("jobs", job.name, "native/timeLimit", "no limit");
    }
    bool served = false;
    for (const ProcessEntry& process : cluster.processes) {
      served = served || process.role == "server";
      if (process.port == 1) all.emplace_back("workers", process.name, "address", "port 1");
    }
    if (!served) all.emplace_back("a cluster without a server");
    return all;
  }
  std::vector<TableSpec> tables(const Profile&) const override {
    TableSpec table("app_info");
    table.columns = {{"id", ColumnType::integer},          {"app_name", ColumnType::text},
                     {"current_server", ColumnType::text}, {"gmt_create", ColumnType::datetime},
                     {"load", ColumnType::real},           {"live", ColumnType::boolean}};
    table.primary_key = {"id"};
    return {table};
  }
  Duration longest_loop(const Profile&) const override { return Duration::seconds(15); }
  std::optional<std::vector<std::string>> arguments(std::string_view, const ClusterSpec&) const override {
    return std::vector<std::string>{"monkey"};
  }
};

}  // namespace

chronofault::scenarios::World fake_world() {
  static const FakeSystem powerjob("powerjob");
  static const FakeSystem toy("toy");
  chronofault::scenarios::World world;
  world.systems = {{"powerjob", &powerjob}, {"toy", &toy}};
  world.program_version = "0.1.0";
  world.tzdata_version = "2025b";
  return world;
}

chronofault::scenarios::World fake_zookeeper_world() {
  static const FakeSystem toy("toy", true);
  chronofault::scenarios::World world = fake_world();
  world.systems["toy"] = &toy;
  return world;
}

std::string small_scenario(const std::string& more) {
  return R"(scenario: small
system: toy
start: 2022-02-24T10:59:00+08:00
until: +1h
cluster:
  zones: {A: {}, B: {time_zone: Europe/Berlin}}
  names: {toy.example: {A: s, B: s}}
  servers: [{name: s, zone: A}]
  workers: [{name: w, zone: B, app: monkey, count: 2}]
jobs:
  - {name: first, schedule: on_demand}
  - {name: second, cron: "0 0/5 * * * ?"}
workflows: [{name: flow, nodes: [first, second], edges: [[first, second]]}]
expect: [{property: settles, seeds: none}]
)" + more;
}

}  // namespace support
