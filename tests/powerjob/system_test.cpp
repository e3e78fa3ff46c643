// What PowerJob declares, checks and derives from a cluster, without running it.
#include <algorithm>

#include <catch2/catch.hpp>

#include <powerjob/system.hpp>

namespace chronofault::powerjob {
namespace {

ProcessEntry process(const std::string& role, const std::string& name, const std::string& ip) {
  ProcessEntry entry;
  entry.role = role;
  entry.name = name;
  entry.ip = ip;
  if (role == "worker") entry.keys["app"] = std::string("monkey");
  return entry;
}

ClusterSpec cluster_of(const std::string& version) {
  ClusterSpec cluster;
  cluster.profile.version = version;
  cluster.processes = {process("server", "lz", "10.112.62.2"), process("worker", "w", "10.112.54.95")};
  JobSpec job;
  job.name = "set-running";
  job.native["maxInstanceNum"] = std::int64_t{50};
  cluster.jobs = {job};
  WorkflowSpec workflow;
  workflow.name = "start-tasks";
  workflow.nodes = {"set-running"};
  cluster.workflows = {workflow};
  cluster.has_database = true;
  return cluster;
}

const Value* cell(const std::vector<InitialRow>& rows, const std::string& table, const std::string& column) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const InitialRow& r) { return r.table == table; });
  if (row == rows.end()) return nullptr;
  const auto found = row->values.find(column);
  return found == row->values.end() ? nullptr : &found->second;
}

TEST_CASE("a cluster begins with the rows of its declaration, completed by the scenario's", "[powerjob:2.1]") {
  ClusterSpec cluster = cluster_of("V340");
  cluster.rows["app_info"] = {{{"id", std::int64_t{2}},
                               {"app_name", std::string("monkey")},
                               {"current_server", std::string("10.112.62.2:10086")}}};
  cluster.rows["job_info"] = {{{"id", std::int64_t{23}}, {"job_name", std::string("set-running")}}};
  cluster.rows["server_info"] = {{{"id", std::int64_t{28}}, {"ip", std::string("10.112.62.2")}}};
  CHECK(system().check(cluster).empty());
  const auto rows = system().initial_rows(cluster);
  CHECK(*cell(rows, "app_info", "id") == Value(std::int64_t{2}));
  CHECK(*cell(rows, "app_info", "current_server") == Value(std::string("10.112.62.2:10086")));
  CHECK(*cell(rows, "job_info", "app_id") == Value(std::int64_t{2}));
  CHECK(*cell(rows, "job_info", "id") == Value(std::int64_t{23}));
  CHECK(*cell(rows, "job_info", "max_instance_num") == Value(std::int64_t{50}));
  CHECK(*cell(rows, "job_info", "time_expression_type") == Value(std::int64_t{5}));
  CHECK(*cell(rows, "server_info", "id") == Value(std::int64_t{28}));
  CHECK(std::get<std::string>(*cell(rows, "workflow_info", "pe_dag")).find("23") != std::string::npos);
  CHECK(cell(rows, "workflow_node_info", "id") == nullptr);
  CHECK(system().scope_of("start-tasks", cluster) == "monkey");

  cluster.profile.version = "V511";
  CHECK(*cell(system().initial_rows(cluster), "workflow_node_info", "job_id") == Value(std::int64_t{23}));
}

TEST_CASE("an objection names the entry and the key, one mistake once") {
  ClusterSpec cluster = cluster_of("V340");
  cluster.jobs[0].schedule.kind = ScheduleKind::cron;
  cluster.jobs[0].schedule.cron = "61 * * * * ?";
  cluster.workflows.clear();
  auto objections = system().check(cluster);
  REQUIRE(objections.size() == 1);
  CHECK(objections[0].list == "jobs");
  CHECK(objections[0].entry == cluster.jobs[0].name);
  CHECK(objections[0].key == "cron");

  cluster = cluster_of("V340");
  ProcessEntry other = cluster.processes.back();
  other.role = "worker";
  other.name = "of-another-app";
  other.keys["app"] = Value(std::string("donkey"));
  cluster.processes.push_back(other);
  objections = system().check(cluster);
  REQUIRE(objections.size() == 1);
  CHECK(objections[0].key == "native");
  CHECK(objections[0].message.find("several apps") != std::string::npos);
}

TEST_CASE("selectors of its own take the cluster's apps and jobs") {
  const ClusterSpec cluster = cluster_of("V340");
  CHECK(system().arguments("owner", cluster) == std::vector<std::string>{"monkey"});
  CHECK(system().arguments("tracker", cluster)->front() == cluster.jobs[0].name);
}

TEST_CASE("what is not built is refused, never ignored", "[powerjob:7.10][powerjob:7.11]") {
  const auto refused = [](auto change) {
    ClusterSpec cluster = cluster_of("V340");
    change(cluster);
    const auto problems = system().check(cluster);
    return problems.empty() ? std::string() : problems.front().message;
  };
  CHECK(refused([](ClusterSpec&) {}) == "");
  CHECK(refused([](ClusterSpec& c) { c.jobs[0].schedule.kind = ScheduleKind::every; }).find("7.11") !=
        std::string::npos);
  CHECK(refused([](ClusterSpec& c) { c.jobs[0].native["executeType"] = std::string("MAP"); }).find("7.10") !=
        std::string::npos);
  CHECK(refused([](ClusterSpec& c) { c.jobs[0].shards = 3; }).find("shards") != std::string::npos);
  CHECK(refused([](ClusterSpec& c) { c.has_database = false; }).find("database") != std::string::npos);
  CHECK(refused([](ClusterSpec& c) { c.processes.pop_back(); }).find("app") != std::string::npos);
  CHECK(refused([](ClusterSpec& c) {
          c.jobs[0].schedule.kind = ScheduleKind::cron;
          c.jobs[0].schedule.cron = "61 * * * * ?";
        }).find("cron '61 * * * * ?'") != std::string::npos);
  CHECK(refused([](ClusterSpec& c) {
          c.workflows[0].native["maxWfInstanceNum"] = std::int64_t{0};
        }).find("lets none") != std::string::npos);
  CHECK(refused([](ClusterSpec& c) { c.jobs[0].overlap = Overlap::discard_new; }).find("discard_new") !=
        std::string::npos);
}

TEST_CASE("the bounds leave the owner's check pass its time, with and without policies", "[powerjob:9.1]") {
  for (const char* version : {"V340", "V411", "V511"}) {
    ClusterSpec cluster = cluster_of(version);
    const JobContract job = system().contract(cluster.jobs[0], cluster);
    const JobContract workflow = system().contract(cluster.workflows[0], cluster);
    CHECK(job.start_within.total() > Duration::seconds(41));
    CHECK(workflow.start_within.total() > Duration::seconds(71));
    CHECK(workflow.workflow);
    cluster.profile.policies = {"owner-check"};
    CHECK(system().contract(cluster.jobs[0], cluster).start_within.total() == job.start_within.total());
    CHECK(system().contract(cluster.workflows[0], cluster).start_within.total() == workflow.start_within.total());
    CHECK(job.overlap_limit == (std::string(version) == "V340" ? 51 : 50));
  }
}

class Rows final : public StateView {
 public:
  std::vector<std::map<std::string, Value>> rows(std::string_view table) const override {
    using Text = std::string;
    if (table == "app_info") return {{{"app_name", Text("monkey")}, {"current_server", Text("10.0.0.1:10086")}}};
    if (table == "job_info") return {{{"id", std::int64_t{3}}, {"job_name", Text("job")}}};
    if (table == "instance_info") {
      return {{{"job_id", std::int64_t{3}}, {"task_tracker_address", Text("10.0.0.9:27777")}},
              {{"job_id", std::int64_t{3}}, {"task_tracker_address", Text("N/A")}}};
    }
    return {};
  }
  std::optional<std::string> znode(std::string_view) const override { return std::nullopt; }
  std::vector<std::string> znode_children(std::string_view) const override { return {}; }
  std::string process_at(std::string_view address) const override {
    if (address == "10.0.0.1:10086") return "lz";
    return address == "10.0.0.9:27777" ? "w-9" : "";
  }
};

TEST_CASE("owner and selectors are read from rows", "[powerjob:1]") {
  const Rows view;
  CHECK(system().owner("monkey", view) == "lz");
  CHECK(system().owner("donkey", view).empty());
  CHECK(system().resolve(Selector{"owner", "monkey"}, view) == std::vector<std::string>{"lz"});
  CHECK(system().resolve(Selector{"tracker", "job"}, view) == std::vector<std::string>{"w-9"});
  CHECK(system().resolve(Selector{"tracker", "other"}, view).empty());
}

TEST_CASE("the declaration is complete: defaults within their ranges, replies and policies named", "[powerjob:6]") {
  const SystemInfo& info = system().info();
  CHECK(info.versions.size() == 3);
  for (const Policy& policy : info.policies) CHECK(policy.upstream == "not upstream");
  const auto sound = [](const Setting& setting) {
    INFO(setting.key);
    CHECK(!setting.meaning.empty());
    if (const auto* n = std::get_if<std::int64_t>(&setting.standard)) {
      CHECK(*n >= setting.low);
      CHECK(*n <= setting.high);
    }
    if (!setting.choices.empty()) CHECK(setting.standard == Value(setting.choices.front()));
  };
  for (const Role& role : info.roles) {
    for (const Setting& setting : role.settings) sound(setting);
  }
  for (const Setting& key : info.job_keys) sound(key);
  for (const Setting& key : info.workflow_keys) sound(key);
  const auto ping = std::find_if(info.messages.begin(), info.messages.end(),
                                 [](const MessageKindInfo& message) { return message.kind == "Ping"; });
  REQUIRE(ping != info.messages.end());
  CHECK(ping->has_reply);
}

}  // namespace
}  // namespace chronofault::powerjob
