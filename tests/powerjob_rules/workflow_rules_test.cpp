// How workflow instances advance, and what a TaskTracker decides.
#include <catch2/catch.hpp>

#include <powerjob/json.hpp>
#include <powerjob/rules/task_tracker.hpp>
#include <powerjob/rules/workflow_move.hpp>

namespace {

using namespace chronofault;
using namespace chronofault::powerjob;
using Kind = WorkflowStep::Kind;

const WallTime now = WallTime::from_ms(1'000'000);

WorkflowDag chain(std::initializer_list<std::int64_t> ids) {
  WorkflowDag dag;
  for (const std::int64_t id : ids) {
    if (!dag.nodes.empty()) dag.edges.emplace_back(dag.nodes.back().node_id, id);
    dag.nodes.emplace_back(id, id);
  }
  return dag;
}

WorkflowInfo workflow_of(const WorkflowDag& dag, std::int32_t limit = 1) {
  WorkflowInfo workflow;
  workflow.id = 1;
  workflow.max_wf_instance_num = limit;
  workflow.pe_dag = to_json(dag);
  return workflow;
}

WorkflowInstanceInfo instance_of(const WorkflowDag& dag) {
  WorkflowInstanceInfo row;
  row.wf_instance_id = 500;
  row.dag = to_json(dag);
  row.wf_init_params = "{\"taskId\":1999}";
  row.wf_context = "{\"taskId\":\"1999\"}";
  return row;
}

DagNode node_in(const WorkflowInstanceInfo& row, std::int64_t id) { return *parse_dag(row.dag)->find(id); }

}  // namespace

TEST_CASE("the incident's workflow: one node, failed, and so is the workflow", "[powerjob:9.1][powerjob:7.8.4]") {
  for (const Profile& profile : {Profile::v340(), Profile::v411()}) {
    const WorkflowDag dag = chain({23});
    WorkflowStep started = start_workflow(instance_of(dag), workflow_of(dag), 1, now, profile);
    REQUIRE(started.kind == Kind::run);
    REQUIRE(started.ready.size() == 1);
    CHECK(started.ready[0].job_id == 23);
    CHECK(started.row.status == WorkflowStatus::running);
    node_started(started.row, 23, 777);
    CHECK(node_in(started.row, 23).status == InstanceStatus::running);
    const WorkflowStep moved =
        move_workflow(started.row, 777, InstanceStatus::failed, "no worker available", now, profile);
    REQUIRE(moved.kind == Kind::finish);
    CHECK(moved.row.status == WorkflowStatus::failed);
    CHECK(moved.row.result == std::string("middle job failed"));
    CHECK(node_in(moved.row, 23).status == InstanceStatus::failed);
    CHECK(node_in(moved.row, 23).result == std::string("no worker available"));
  }
}

TEST_CASE("limits of starts", "[powerjob:7.8.3]") {
  const WorkflowDag dag = chain({1});
  const WorkflowStep full = start_workflow(instance_of(dag), workflow_of(dag, 1), 2, now, Profile::v411());
  REQUIRE(full.kind == Kind::finish);
  CHECK(full.row.result == std::string("too many instances(2>1)"));
  CHECK_FALSE(start_counts(workflow_of(dag, 0), Profile::v411()));
  CHECK(start_counts(workflow_of(dag, 0), Profile::v340()));
  CHECK(start_workflow(instance_of(dag), workflow_of(dag, 0), 1, now, Profile::v340()).kind == Kind::finish);
  WorkflowInstanceInfo running = instance_of(dag);
  running.status = WorkflowStatus::running;
  CHECK(start_workflow(running, workflow_of(dag), 1, now, Profile::v411()).kind == Kind::ignore);
  CHECK(start_lock_key(workflow_of(dag), 500, Profile::v411()) == 1);
  CHECK(start_lock_key(workflow_of(dag, 0), 500, Profile::v411()) == 500);
}

TEST_CASE("a chain runs to its end", "[powerjob:7.8.4]") {
  const WorkflowDag dag = chain({1, 2});
  WorkflowStep step = start_workflow(instance_of(dag), workflow_of(dag), 1, now, Profile::v411());
  node_started(step.row, 1, 11);
  CHECK(move_workflow(step.row, 99, InstanceStatus::succeed, "", now, Profile::v411()).kind == Kind::ignore);
  step = move_workflow(step.row, 11, InstanceStatus::succeed, "one", now, Profile::v411());
  REQUIRE(step.kind == Kind::run);
  REQUIRE(step.ready[0].node_id == 2);
  CHECK(step.ready[0].instance_params == "{\"taskId\":\"1999\"}");
  node_started(step.row, 2, 12);
  const WorkflowInstanceInfo running = step.row;
  step = move_workflow(running, 12, InstanceStatus::succeed, "two", now, Profile::v411());
  REQUIRE(step.kind == Kind::finish);
  CHECK(step.row.status == WorkflowStatus::succeed);
  CHECK(step.row.result == std::string("two"));
  CHECK(move_workflow(running, 12, InstanceStatus::stopped, "", now, Profile::v411()).row.result ==
        std::string("middle job stopped by user"));
  // A late report of a node after the end is only noted.
  CHECK(move_workflow(step.row, 12, InstanceStatus::failed, "", now, Profile::v411()).kind == Kind::save);
}

TEST_CASE("V340 hands the results of predecessors on", "[powerjob:7.8]") {
  const Profile profile = Profile::v340();
  const WorkflowDag dag = chain({1, 2});
  WorkflowStep step = start_workflow(instance_of(WorkflowDag()), workflow_of(dag), 1, now, profile);
  REQUIRE(step.kind == Kind::run);
  CHECK(step.ready[0].instance_params == to_json(StringMap{{"-1", "{\"taskId\":1999}"}}));
  node_started(step.row, 1, 11);
  step = move_workflow(step.row, 11, InstanceStatus::succeed, "one", now, profile);
  REQUIRE(step.kind == Kind::run);
  CHECK(step.ready[0].instance_params == "{\"1\":\"one\"}");
  node_started(step.row, 2, 12);
  CHECK(move_workflow(step.row, 12, InstanceStatus::succeed, "two", now, profile).row.status ==
        WorkflowStatus::succeed);
}

TEST_CASE("skipped, disabled and deciding nodes", "[powerjob:7.8.3][powerjob:7.8.4]") {
  const Profile profile = Profile::v411();
  WorkflowDag skip = chain({1, 2});
  skip.nodes[0].skip_when_failed = true;
  WorkflowStep step = start_workflow(instance_of(skip), workflow_of(skip), 1, now, profile);
  node_started(step.row, 1, 11);
  CHECK(move_workflow(step.row, 11, InstanceStatus::failed, "", now, profile).kind == Kind::run);

  WorkflowDag off = chain({1, 2});
  off.nodes[0].enable = off.nodes[1].enable = false;
  step = start_workflow(instance_of(off), workflow_of(off), 1, now, profile);
  REQUIRE(step.kind == Kind::finish);
  CHECK(step.row.result == std::string("no enabled nodes"));

  WorkflowDag fork = chain({1});
  fork.nodes[0].type = NodeType::decision;
  fork.nodes[0].params = " 3 ";
  fork.nodes.emplace_back(2, 2);
  fork.nodes.emplace_back(3, 3);
  fork.edges.emplace_back(1, 2, "false");
  fork.edges.emplace_back(1, 3, " TRUE ");
  REQUIRE(check_dag(fork, profile).has_value());
  step = start_workflow(instance_of(fork), workflow_of(fork), 1, now, profile);
  REQUIRE(step.kind == Kind::run);
  REQUIRE(step.ready.size() == 1);
  CHECK(step.ready[0].node_id == 3);
  CHECK(node_in(step.row, 2).status == InstanceStatus::canceled);
  fork.nodes[0].params = "maybe";
  CHECK(start_workflow(instance_of(fork), workflow_of(fork), 1, now, profile).row.status == WorkflowStatus::failed);
  fork.edges[1].property = "false";
  CHECK_FALSE(check_dag(fork, profile).has_value());
}

TEST_CASE("creating a workflow instance", "[powerjob:7.8.2]") {
  const WorkflowDag dag = chain({1});
  WorkflowNodeInfo node;
  node.id = 1;
  node.job_id = 23;
  JobInfo job;
  job.id = 23;
  job.job_params = "from the job";
  job.status = SwitchStatus::disable;
  const auto create = [&](const std::vector<WorkflowNodeInfo>& nodes, const std::vector<JobInfo>& jobs,
                          const Profile& profile) {
    return create_workflow_instance(workflow_of(dag), nodes, jobs, 500, "plain text", now, now, std::nullopt, profile);
  };
  const WorkflowCreation good = create({node}, {job}, Profile::v411());
  REQUIRE_FALSE(good.error.has_value());
  CHECK(good.row.wf_context == "{\"initParams\":\"plain text\"}");
  CHECK(node_in(good.row, 1).params == "from the job");
  CHECK(node_in(good.row, 1).job_id == 23);
  CHECK(create({}, {job}, Profile::v411()).error == std::string("can't find some node"));
  const WorkflowCreation gone = create({node}, {}, Profile::v411());
  CHECK(gone.error == std::string("can't find some job"));
  CHECK(gone.row.status == WorkflowStatus::failed);
  job.id = 1;
  CHECK(create({}, {job}, Profile::v340()).error == std::string("can't find some job"));  // disabled
  job.status = SwitchStatus::enable;
  CHECK_FALSE(create({}, {job}, Profile::v340()).error.has_value());
}

TEST_CASE("an in-place retry resets what failed", "[powerjob:7.8.8]") {
  WorkflowDag dag = chain({1, 2});
  dag.nodes[0].status = InstanceStatus::succeed;
  dag.nodes[1].status = InstanceStatus::failed;
  dag.nodes[1].instance_id = 5;
  WorkflowInstanceInfo row = instance_of(dag);
  CHECK_FALSE(retried_row(row, now, Profile::v411()).has_value());
  row.status = WorkflowStatus::failed;
  const auto retried = retried_row(row, now, Profile::v411());
  REQUIRE(retried.has_value());
  CHECK(retried->status == WorkflowStatus::waiting);
  CHECK(node_in(*retried, 2).status == InstanceStatus::waiting_dispatch);
  CHECK_FALSE(node_in(*retried, 2).instance_id.has_value());
  CHECK(node_in(*retried, 1).status == InstanceStatus::succeed);
}

TEST_CASE("columns of JSON text", "[powerjob:2.1]") {
  CHECK(merged_context("{\"a\":\"1\"}", {{"b", "x\"y"}}) == "{\"a\":\"1\",\"b\":\"x\\\"y\"}");
  CHECK(parse_string_map("{\"n\":1999,\"t\":true}") == StringMap{{"n", "1999"}, {"t", "true"}});
  CHECK_FALSE(parse_string_map("[1]").has_value());
  CHECK_FALSE(parse_string_map("{\"a\":{}}").has_value());
  for (const char* wrong : {"", "{", "{\"a\":}", "01", "\"\\x\"", "[1,]", "1 2", "\"\\ud800\"", "-", "nul"}) {
    CAPTURE(wrong);
    CHECK_FALSE(Json::parse(wrong).has_value());
  }
  CHECK(Json::parse(" [1, -2.5e3, null, \"\\u00e9\\ud83d\\ude00\"] ")->dump() == "[1,-2.5e3,null,\"é😀\"]");
  CHECK_FALSE(Json::parse(std::string(100'000, '[')).has_value());
  CHECK_FALSE(parse_dag("{\"nodes\":[{}]}").has_value());
  CHECK_FALSE(parse_dag("{\"nodes\":[{\"nodeId\":1,\"status\":7}]}").has_value());
}

TEST_CASE("passes of a TaskTracker", "[powerjob:7.10.3]") {
  const Duration limit = effective_time_limit(Duration{});
  CHECK(limit == Duration::ms(2'147'483'647));
  const auto step = [&](const TaskCounts& counts, ExecuteType type, const std::optional<FinishedTask>& only,
                        Duration time_limit) {
    return tracker_step(counts, type, only, std::nullopt, WallTime(), time_limit, WallTime::from_ms(10));
  };
  TaskCounts counts;
  CHECK(step(counts, ExecuteType::standalone, std::nullopt, limit).result == "create root task failed");
  counts.waiting = 1;
  CHECK(step(counts, ExecuteType::standalone, std::nullopt, limit).kind == TrackerStep::Kind::running);
  CHECK(step(counts, ExecuteType::standalone, std::nullopt, Duration::ms(9)).result == "instance execute timeout");
  counts = TaskCounts();
  counts.succeed = 1;
  const TrackerStep done = step(counts, ExecuteType::standalone, FinishedTask(true, "ok"), limit);
  CHECK(done.kind == TrackerStep::Kind::done);
  CHECK(done.success);
  CHECK(done.result == "ok");
  CHECK(step(counts, ExecuteType::map, std::nullopt, limit).result == "total:1,succeed:1,failed:0");
  CHECK(step(counts, ExecuteType::broadcast, std::nullopt, limit).kind == TrackerStep::Kind::save_last_task);
}

TEST_CASE("the final report is given up at the sixth failure", "[powerjob:7.10.4]") {
  static const Profile v411 = Profile::v411();
  static const Profile v511 = Profile::v511();
  FinalReport patient(v411);
  for (int i = 0; i < 100; ++i) CHECK(patient.attempted(false, false) == FinalReport::Next::again);
  for (int i = 0; i < 5; ++i) CHECK(patient.attempted(true, false) == FinalReport::Next::again);
  CHECK(patient.attempted(true, false) == FinalReport::Next::destroy);
  FinalReport newer(v511);
  for (int i = 0; i < 5; ++i) CHECK(newer.attempted(false, false) == FinalReport::Next::again);
  CHECK(newer.attempted(false, false) == FinalReport::Next::destroy);
  FinalReport lucky(v511);
  CHECK(lucky.attempted(true, true) == FinalReport::Next::destroy);
}

TEST_CASE("task reports", "[powerjob:7.10.4b]") {
  TaskRow row;
  row.task_id = "0.1";
  row.address = "w";
  row.status = TaskStatus::success;
  row.last_report_time = 5;
  const auto report = [&row](TaskStatus status, std::int64_t time, std::int32_t retries, const Profile& profile) {
    return task_report_step(row, status, "r", time, ExecuteType::map, retries, false, profile);
  };
  using TaskKind = TaskReportStep::Kind;
  CHECK(report(TaskStatus::worker_processing, 5, 0, Profile::v411()).kind == TaskKind::drop);
  CHECK(report(TaskStatus::worker_processing, 5, 0, Profile::v340()).row.status == TaskStatus::worker_processing);
  CHECK(report(TaskStatus::success, 4, 0, Profile::v340()).kind == TaskKind::drop);
  row.status = TaskStatus::worker_processing;
  const TaskReportStep retry = report(TaskStatus::failed, 6, 1, Profile::v411());
  CHECK(retry.kind == TaskKind::retry);
  CHECK(retry.row.address == "N/A");
  CHECK(retry.row.failed_count == 1);
  CHECK(report(TaskStatus::failed, 6, 0, Profile::v411()).row.status == TaskStatus::failed);
  row.task_id = root_task_id;
  CHECK(report(TaskStatus::failed, 6, 1, Profile::v411()).row.address == "w");
}

TEST_CASE("processors that are lost, free and idle", "[powerjob:7.10.2][powerjob:7.12]") {
  const Profile profile = Profile::v411();
  ProcessorState state;
  CHECK(is_available(state, now, profile));
  state.dispatched = true;
  CHECK(is_lost(state, now, profile));  // not yet heard of
  CHECK_FALSE(is_available(state, now, profile));
  REQUIRE(processor_report(state, false, now, 19));
  CHECK(is_available(state, now, profile));
  CHECK_FALSE(is_lost(state, now + Duration::ms(60'000), profile));
  CHECK_FALSE(processor_report(state, true, now, 0));
  REQUIRE(processor_report(state, true, now + Duration::ms(1), 0));
  CHECK_FALSE(state.dispatched);

  ProcessorFacts facts;
  facts.started = now;
  facts.instance_time_limit = Duration::hours(1);
  const ProcessorStep first = processor_step(facts, now, profile);
  CHECK(first.idle_since == now);
  facts.idle_since = first.idle_since;
  CHECK(processor_step(facts, now + Duration::ms(120'000), profile).kind == ProcessorStep::Kind::report_load);
  const WallTime later = now + Duration::ms(120'001);
  CHECK(processor_step(facts, later, profile).kind == ProcessorStep::Kind::idle_and_destroy);
  facts.beside_tracker = true;
  CHECK(processor_step(facts, later, Profile::v511()).kind == ProcessorStep::Kind::report_load);
  facts.completed_since_last_pass = true;
  CHECK_FALSE(processor_step(facts, later, profile).idle_since.has_value());
  CHECK(processor_step(facts, now + Duration::hours(2), profile).kind == ProcessorStep::Kind::destroy);
  CHECK(tracker_kind(ExecuteType::standalone, TimeExpressionType::cron, 1331, 0, Profile::v511()) ==
        TrackerKind::light);
  CHECK(tracker_kind(ExecuteType::standalone, TimeExpressionType::cron, 1332, 0, Profile::v511()) ==
        TrackerKind::refused);
  CHECK(tracker_kind(ExecuteType::map, TimeExpressionType::cron, 0, 63, Profile::v511()) == TrackerKind::heavy);
}
