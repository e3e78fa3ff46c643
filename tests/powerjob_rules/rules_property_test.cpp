// Properties of ids, worker selection, status reports and workflow graphs.
#include <algorithm>

#include <catch2/catch.hpp>

#include <powerjob/rules/snowflake.hpp>
#include <powerjob/rules/status_report.hpp>
#include <powerjob/rules/worker_select.hpp>
#include <powerjob/rules/workflow_graph.hpp>
#include <support/property.hpp>

#include "stub_random.hpp"

namespace {

using namespace chronofault;
using namespace chronofault::powerjob;

Profile any_profile() { return *rc::gen::element(Profile::v340(), Profile::v411(), Profile::v511()); }

WorkerInfo any_worker(int number) {
  WorkerInfo worker;
  worker.address = "10.0.0." + std::to_string(number) + ":27777";
  worker.tag = *rc::gen::element<std::string>("", "a", "b");
  worker.last_active_time = WallTime::from_ms(*rc::gen::inRange<std::int64_t>(900'000, 1'010'000));
  worker.metrics.cpu_processors = *rc::gen::inRange(1, 9);
  worker.metrics.cpu_load = *rc::gen::inRange(-1, 9);
  worker.metrics.jvm_max_memory = *rc::gen::inRange(0, 9);
  worker.metrics.memory_total = *rc::gen::inRange(0, 9);
  worker.overloaded = *rc::gen::arbitrary<bool>();
  return worker;
}

std::size_t place_of(const std::vector<WorkerInfo>& workers, const WorkerInfo& worker) {
  const auto found = std::find_if(workers.begin(), workers.end(),
                                  [&](const WorkerInfo& other) { return other.address == worker.address; });
  return static_cast<std::size_t>(found - workers.begin());
}

WorkflowDag any_dag() {
  WorkflowDag dag;
  const int n = *rc::gen::inRange(1, 12);
  for (int i = 0; i < n; ++i) {
    DagNode node(i * 7 % 13 + 100 * i, 0);
    node.enable = *rc::gen::inRange(0, 4) != 0;
    dag.nodes.push_back(node);
  }
  for (int to = 1; to < n; ++to) {
    for (int from = 0; from < to; ++from) {
      const auto at = [&dag](int i) { return dag.nodes[static_cast<std::size_t>(i)].node_id; };
      if (*rc::gen::inRange(0, 3) == 0) dag.edges.emplace_back(at(from), at(to));
    }
  }
  return dag;
}

}  // namespace

TEST_CASE("ids increase while the clock does not go back", "[powerjob:2.4]") {
  support::check_property("strictly", [] {
    IdGenerator generator(*rc::gen::inRange(0, 16384), any_profile());
    std::int64_t now_ms = 1'645'671'621'938;
    std::int64_t last = 0;
    for (const int gap : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 3))) {
      for (int i = 0; i < gap * 40 + 1; ++i) {
        IdDraw draw = generator.draw(WallTime::from_ms(now_ms));
        if (draw.kind == IdDraw::Kind::wait) {
          RC_ASSERT(draw.wait_until == WallTime::from_ms(now_ms + 1));
          RC_ASSERT(generator.draw(WallTime::from_ms(now_ms)).kind == IdDraw::Kind::wait);
          now_ms = draw.wait_until.ms();
          draw = generator.draw(WallTime::from_ms(now_ms));
        }
        RC_ASSERT(draw.kind == IdDraw::Kind::issued);
        RC_ASSERT(draw.id > last);
        last = draw.id;
      }
      now_ms += gap;
    }
  });
  support::check_property("V511: whatever the clock does", [] {
    IdGenerator generator(1, Profile::v511());
    std::int64_t last = 0;
    for (const int offset : *rc::gen::container<std::vector<int>>(rc::gen::inRange(-50, 50))) {
      const IdDraw draw = generator.draw(WallTime::from_ms(1'645'671'621'938 + offset));
      if (draw.kind == IdDraw::Kind::wait) continue;
      RC_ASSERT(draw.id > last);
      last = draw.id;
    }
  });
}

TEST_CASE("selected workers are suitable, in order, and not too many", "[powerjob:7.4.3]") {
  support::check_property("selection", [] {
    const Profile profile = any_profile();
    const WallTime now = WallTime::from_ms(1'000'000);
    std::vector<WorkerInfo> table;
    const int n = *rc::gen::inRange(0, 10);
    for (int i = 0; i < n; ++i) table.push_back(any_worker(i));
    JobInfo job;
    job.max_worker_count = *rc::gen::inRange(0, 4);
    job.min_memory_space = *rc::gen::inRange(0, 4);
    job.designated_workers = *rc::gen::element<std::string>("", "a", "10.0.0.1:27777,b");
    job.dispatch_strategy = *rc::gen::element(DispatchStrategy::health_first, DispatchStrategy::random);
    support::StubRandom draws(*rc::gen::arbitrary<std::uint64_t>());
    const Selection selection = suitable_workers(table, job, now, profile, draws);

    const auto& chosen = selection.workers;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      RC_ASSERT(place_of(table, chosen[i]) < table.size());
      RC_ASSERT(place_of(chosen, chosen[i]) == i);
      RC_ASSERT(!timed_out(chosen[i], now, profile));
      RC_ASSERT(is_designated(job.designated_workers, chosen[i], profile));
      RC_ASSERT(chosen[i].metrics.memory_total >= job.min_memory_space);
      if (profile.overloaded_workers_are_spared) RC_ASSERT(!chosen[i].overloaded);
    }
    if (job.max_worker_count > 0) RC_ASSERT(chosen.size() <= static_cast<std::size_t>(job.max_worker_count));
    const bool by_score = profile.score_order_always ||
                          (profile.strategy_before_cut && job.dispatch_strategy == DispatchStrategy::health_first);
    for (std::size_t i = 1; i < chosen.size(); ++i) {
      const int before = score_of(chosen[i - 1].metrics);
      const int after = score_of(chosen[i].metrics);
      const bool in_table_order = place_of(table, chosen[i - 1]) < place_of(table, chosen[i]);
      if (by_score) RC_ASSERT(before > after || (before == after && in_table_order));
      if (!profile.strategy_before_cut) RC_ASSERT(in_table_order);
    }
    if (job.max_worker_count == 0 && !profile.overloaded_workers_are_spared) {
      const auto suitable = std::count_if(table.begin(), table.end(), [&](const WorkerInfo& w) {
        return !timed_out(w, now, profile) && is_designated(job.designated_workers, w, profile) &&
               has_resources(w.metrics, 0, job.min_memory_space, 0);
      });
      RC_ASSERT(chosen.size() == static_cast<std::size_t>(suitable));
    }
    if (!chosen.empty()) RC_ASSERT(place_of(chosen, choose_tracker(chosen, job, profile, draws)) < chosen.size());
    RC_ASSERT(selection.all_overloaded == false || chosen.empty());
  });
}

TEST_CASE("reports move a row forward in their sender's time alone", "[powerjob:4.2]") {
  support::check_property("monotonic", [] {
    const Profile profile = any_profile();
    JobInfo job;
    job.id = 1;
    job.time_expression_type = *rc::gen::element(TimeExpressionType::cron, TimeExpressionType::fixed_rate);
    job.instance_retry_num = *rc::gen::inRange(0, 3);
    InstanceInfo row;
    row.status = InstanceStatus::waiting_worker_receive;
    row.task_tracker_address = "A";
    const auto times = *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 50));
    WallTime now = WallTime::from_ms(1'000'000);
    for (const std::int64_t time : times) {
      StatusReport report;
      report.report_time = time;
      report.source_address = *rc::gen::element<std::string>("A", "B");
      report.status = *rc::gen::element(InstanceStatus::running, InstanceStatus::failed, InstanceStatus::succeed);
      report.total_task_num = *rc::gen::inRange(0, 5);
      now += Duration::ms(1);
      const ReportStep step = report_step(row, job, report, now, profile);
      const bool newer = time > row.last_report_time;
      const bool same_tracker = report.source_address == "A";
      if (!newer || !same_tracker) {
        RC_ASSERT(!step.accepted());
        RC_ASSERT(!step.send_stop);
        RC_ASSERT(!step.finished);
        RC_ASSERT(step.row.last_report_time == row.last_report_time);
        RC_ASSERT(step.row.status == row.status);
        continue;
      }
      if (step.kind == ReportStep::Kind::save) {
        row = step.row;
      } else if (step.kind == ReportStep::Kind::update) {
        row = step.update.applied_to(row);
      } else {
        RC_ASSERT(step.kind == ReportStep::Kind::stop_only);
        continue;
      }
      RC_ASSERT(row.last_report_time == time);
      RC_ASSERT(row.gmt_modified == now);
      if (step.finished) RC_ASSERT(row.finished_time.has_value() && is_finished(row.status));
    }
  });
}

TEST_CASE("ready nodes have no predecessor in progress", "[powerjob:7.8.4]") {
  support::check_property("running a graph to its end", [] {
    WorkflowDag dag = any_dag();
    RC_ASSERT(check_dag(dag, Profile::v411()).has_value());
    std::size_t rounds = 0;
    while (true) {
      const std::vector<std::int64_t> ready = list_ready(dag);
      for (const std::int64_t id : ready) {
        RC_ASSERT(std::count(ready.begin(), ready.end(), id) == 1);
        RC_ASSERT(dag.find(id)->enable);
        RC_ASSERT(!dag.find(id)->status.has_value());
        for (const DagEdge& edge : dag.edges) {
          if (edge.to == id) RC_ASSERT(is_finished(dag.find(edge.from)->status_or_waiting()));
        }
      }
      for (const DagNode& node : dag.nodes) {
        if (!node.enable && node.status) RC_ASSERT(node.status == InstanceStatus::succeed);
      }
      if (ready.empty()) break;
      const auto one = static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(ready.size())));
      dag.find(ready[one])->status = InstanceStatus::succeed;
      RC_ASSERT(++rounds <= dag.nodes.size());
    }
    RC_ASSERT(all_finished(dag));
    RC_ASSERT(to_json(parse_dag(to_json(dag)).value()) == to_json(dag));
  });
}
