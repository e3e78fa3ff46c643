// Ownership, locks, discovery, workers, dispatch: what the profiles decide differently.
#include <catch2/catch.hpp>

#include <powerjob/lifecycle.hpp>
#include <powerjob/rules/db_lock.hpp>
#include <powerjob/rules/discovery.hpp>
#include <powerjob/rules/dispatch.hpp>
#include <powerjob/rules/election.hpp>
#include <powerjob/rules/instance_check.hpp>
#include <powerjob/rules/snowflake.hpp>
#include <powerjob/rules/status_report.hpp>
#include <powerjob/rules/trigger_time.hpp>

#include "stub_random.hpp"

namespace {

using namespace chronofault;
using namespace chronofault::powerjob;

const std::string lz = "10.112.62.2:10086";
const std::string xz = "10.96.178.40:10086";

WorkerInfo worker(const std::string& address, std::int64_t heartbeat_ms, const std::string& tag = "") {
  WorkerInfo w;
  w.address = address;
  w.tag = tag;
  w.last_active_time = WallTime::from_ms(heartbeat_ms);
  return w;
}

JobInfo job() {
  JobInfo j;
  j.id = 23;
  j.time_expression_type = TimeExpressionType::cron;
  return j;
}

}  // namespace

TEST_CASE("profiles are named, and a wrong word gets the nearest", "[powerjob:6]") {
  const auto fixed = Profile::named("V340", {"owner-check"});
  REQUIRE(fixed.has_value());
  CHECK(fixed->owner_check);
  CHECK_FALSE(fixed->dispatch_only_waiting);
  CHECK(name_of(fixed->release) == "V340");
  CHECK(Profile::named("V511", {})->heartbeat_period == Duration::seconds(10));
  CHECK(Profile::named("v410", {}).error().find("\"V411\"") != std::string::npos);
  CHECK(Profile::named("V411", {"owner_check"}).error().find("\"owner-check\"") != std::string::npos);
}

TEST_CASE("the short cut of an inaccurate draw does not look at the database", "[powerjob:7.2]") {
  CHECK(accurate_draw(49, 50));
  CHECK_FALSE(accurate_draw(50, 50));
  CHECK_FALSE(accurate_draw(0, 0));
  CHECK(answers_at_once(false, lz, lz));
  CHECK_FALSE(answers_at_once(true, lz, lz));
  CHECK_FALSE(answers_at_once(false, "null", lz));
}

TEST_CASE("one failed ping is not repeated under the lock", "[powerjob:7.2.3]") {
  const Profile profile = Profile::v340();
  DownCache down;
  CHECK(probe(lz, xz, down, profile) == Probe::ping);
  CHECK_FALSE(judge(std::nullopt, lz, "AKKA", profile).has_value());
  down.add(lz);
  CHECK(probe(lz, xz, down, profile) == Probe::inactive);
  CHECK(usurp_step(lz, true, PingHistory(), profile) == UsurpStep::usurp);
  CHECK(probe("", xz, down, profile) == Probe::inactive);
}

TEST_CASE("whether a server pings itself, and what a pong says", "[powerjob:7.2.3]") {
  CHECK(probe(xz, xz, DownCache(), Profile::v340()) == Probe::active);
  CHECK(probe(xz, xz, DownCache(), Profile::v411()) == Probe::ping);
  Pong pong;
  CHECK_FALSE(judge(pong, lz, "AKKA", Profile::v340()).has_value());
  pong.success = true;
  CHECK(judge(pong, lz, "AKKA", Profile::v340()) == lz);
  CHECK_FALSE(judge(pong, lz, "AKKA", Profile::v511()).has_value());
  pong.addresses["AKKA"] = "other";
  CHECK(judge(pong, lz, "AKKA", Profile::v411()) == "other");
  CHECK(usurp_step(lz, false, PingHistory(), Profile::v511()) == UsurpStep::next_try);
  CHECK(usurp_step(lz, false, PingHistory(), Profile::v411()) == UsurpStep::usurp);
}

TEST_CASE("patient-usurp waits for failures that are far enough apart", "[powerjob:9.1]") {
  const Profile profile = *Profile::named("V340", {"patient-usurp"});
  PingHistory history;
  const auto fail_at = [&](std::int64_t ms) { history.failed(lz, WallTime::from_ms(ms)); };
  fail_at(0);
  fail_at(5'000);
  fail_at(5'000);
  CHECK(usurp_step(lz, true, history, profile) == UsurpStep::answer_recorded);
  fail_at(5'001);
  CHECK(usurp_step(lz, true, history, profile) == UsurpStep::usurp);
  history.answered(lz);
  CHECK(usurp_step(lz, true, history, profile) == UsurpStep::answer_recorded);
  CHECK(usurp_step("", true, history, profile) == UsurpStep::usurp);
}

TEST_CASE("V340 reads a held lock after five refusals in a row and gets it one call later", "[powerjob:7.2]") {
  const Profile profile = Profile::v340();
  LockFailures failures;
  OmsLock row;
  row.lock_name = "l";
  row.max_lock_time = 30'000;
  for (int i = 0; i < 5; ++i) CHECK(failures.after_conflict("l", profile) == LockStep::refused);
  REQUIRE(failures.after_conflict("l", profile) == LockStep::read_row);
  CHECK(judge_held(row, WallTime::from_ms(30'000), failures, profile) == LockStep::refused);
  CHECK(failures.after_conflict("l", profile) == LockStep::refused);
  CHECK(judge_held(row, WallTime::from_ms(30'001), failures, profile) == LockStep::delete_and_refuse);
  CHECK(judge_held(std::nullopt, WallTime(), failures, Profile::v411()) == LockStep::vanished);
}

TEST_CASE("discovery asks the configured server of the current host first", "[powerjob:7.3]") {
  const std::vector<std::string> configured{"a:7700", "b:7700"};
  CHECK(acquire_order("b:10086", configured) == std::vector<std::string>{"b:7700", "a:7700", "b:7700"});
  CHECK(acquire_order("", configured) == configured);
  CHECK(acquire_order("10.0.0.1:10086", {"powerjob.example:7700"}) ==
        std::vector<std::string>{"powerjob.example:7700"});
}

TEST_CASE("heartbeats overwrite unless they are older, and the clean pass forgets the silent", "[powerjob:4.1]") {
  const Profile profile = Profile::v340();
  WorkerTable table(99);
  REQUIRE(table.heartbeat(worker("w1", 1'000)));
  REQUIRE(table.heartbeat(worker("w2", 61'000)));
  CHECK_FALSE(table.heartbeat(worker("w1", 999)));
  CHECK(table.heartbeat(worker("w1", 1'000, "tag")));
  CHECK(table.find("w1")->tag == "tag");
  CHECK_FALSE(timed_out(*table.find("w1"), WallTime::from_ms(61'000), profile));
  const auto removed = table.clean(WallTime::from_ms(61'001), profile);
  REQUIRE(removed.size() == 1);
  CHECK(removed.front().address == "w1");
  CHECK(table.size() == 1);
}

TEST_CASE("an empty table is the end of the instance", "[powerjob:7.4.4]") {
  support::StubRandom draws;
  const WallTime now = WallTime::from_ms(5'000);
  const Selection none = suitable_workers({}, job(), now, Profile::v511(), draws);
  REQUIRE(worker_verdict(none) == WorkerVerdict::fail_now);
  InstanceInfo row;
  row = no_worker_update(now).applied_to(row);
  CHECK(row.status == InstanceStatus::failed);
  CHECK(row.result == std::string("no worker available"));
  CHECK(row.task_tracker_address == std::string("N/A"));
  CHECK(row.finished_time == now);

  std::vector<WorkerInfo> busy{worker("w1", 4'000)};
  busy[0].overloaded = true;
  CHECK(worker_verdict(suitable_workers(busy, job(), now, Profile::v511(), draws)) == WorkerVerdict::leave_waiting);
  CHECK(worker_verdict(suitable_workers(busy, job(), now, Profile::v411(), draws)) == WorkerVerdict::go);
}

TEST_CASE("gates and limits of dispatch", "[powerjob:7.4.1][powerjob:7.4.2]") {
  InstanceInfo row;
  row.status = InstanceStatus::running;
  CHECK(dispatch_gate(row, true, Profile::v340()) == DispatchGate::proceed);
  CHECK(dispatch_gate(row, true, Profile::v411()) == DispatchGate::ignore);
  row.status = InstanceStatus::waiting_dispatch;
  CHECK(dispatch_gate(row, false, Profile::v411()) == DispatchGate::finish_missing);
  row.status = InstanceStatus::canceled;
  CHECK(dispatch_gate(row, true, Profile::v340()) == DispatchGate::ignore);

  JobInfo j = job();
  CHECK_FALSE(running_limit(j, Profile::v411()).has_value());
  j.max_instance_num = 2;
  CHECK(running_limit(j, Profile::v411()) == 2);
  CHECK_FALSE(too_many(2, 2, WallTime(), Profile::v340()).has_value());
  REQUIRE(too_many(2, 2, WallTime(), Profile::v411()).has_value());
  CHECK(too_many(2, 3, WallTime(), Profile::v340())->result == std::string("too many instances(3>2)"));
  j.time_expression_type = TimeExpressionType::fixed_rate;
  CHECK(running_limit(j, Profile::v411()) == 1);
  CHECK(running_limit(j, Profile::v340()) == 2);
  CHECK(dispatch_lock_key(j, 5, Profile::v411()) == 23);
  CHECK(dispatch_lock_key(job(), 5, Profile::v411()) == 5);
  CHECK_FALSE(dispatch_lock_key(j, 5, Profile::v340()).has_value());
}

TEST_CASE("what a dispatch writes", "[powerjob:7.4.6]") {
  InstanceInfo row;
  const WallTime entry = WallTime::from_ms(10);
  const WallTime now = WallTime::from_ms(12);
  const InstanceInfo plain = dispatched_update(row, "w", 0, entry, now, Profile::v411()).applied_to(row);
  CHECK(plain.status == InstanceStatus::waiting_worker_receive);
  CHECK(plain.actual_trigger_time == entry);
  CHECK(plain.running_times == 0);
  CHECK(dispatched_update(row, "w", 2, entry, now, Profile::v340()).applied_to(row).running_times == 3);
  InstanceInfo changed = row;
  changed.status = InstanceStatus::stopped;
  CHECK(dispatched_update(row, "w", 0, entry, now, Profile::v511()).applied_to(changed).status ==
        InstanceStatus::stopped);
}

TEST_CASE("owner-check acts only for the recorded owner", "[powerjob:9.1]") {
  const Profile fixed = *Profile::named("V340", {"owner-check"});
  CHECK_FALSE(may_act(xz, lz, fixed));
  CHECK(may_act(lz, lz, fixed));
  CHECK(may_act("", lz, fixed));
  CHECK(may_act(xz, lz, Profile::v340()));
}

TEST_CASE("check passes of the other profiles", "[powerjob:3.1.2]") {
  const WallTime now = WallTime::from_ms(1'000'000);
  InstanceInfo row;
  row.expected_trigger_time = now - Duration::ms(30'001);
  row.gmt_modified = now - Duration::ms(29'999);
  row.running_times = 3;
  CHECK(check_instance(row, job(), now, Profile::v340()).kind == CheckStep::Kind::none);
  row.gmt_modified = now - Duration::ms(30'000);
  const CheckStep again = check_instance(row, job(), now, Profile::v340());
  CHECK(again.kind == CheckStep::Kind::redispatch);
  CHECK(again.run_count == 0);
  CHECK(check_instance(row, std::nullopt, now, Profile::v340()).kind == CheckStep::Kind::raise);
  CHECK(check_instance(row, job(), now, Profile::v511()).kind == CheckStep::Kind::dispatch);
  row.status = InstanceStatus::waiting_worker_receive;
  row.actual_trigger_time = now - Duration::ms(60'001);
  CHECK(check_instance(row, job(), now, Profile::v511()).kind == CheckStep::Kind::to_waiting);
  row.status = InstanceStatus::running;
  row.gmt_modified = now - Duration::ms(60'001);
  CHECK(check_instance(row, std::nullopt, now, Profile::v411()).kind == CheckStep::Kind::raise);
  CHECK(check_instance(row, std::nullopt, now, Profile::v511()).kind == CheckStep::Kind::fail);
  row.status = InstanceStatus::succeed;
  row.gmt_modified = now - Duration::hours(24 * 7) - Duration::ms(1);
  CHECK(is_expired(row, now, Profile::v411()));
  CHECK_FALSE(is_expired(row, now - Duration::ms(1), Profile::v411()));
}

TEST_CASE("retries after a FAILED report", "[powerjob:4.2]") {
  const WallTime now = WallTime::from_ms(1'000'000);
  JobInfo j = job();
  j.instance_retry_num = 1;
  InstanceInfo row;
  row.status = InstanceStatus::running;
  row.task_tracker_address = "A";
  row.running_times = 1;
  StatusReport report;
  report.status = InstanceStatus::failed;
  report.source_address = "A";
  report.report_time = 5;
  report.end_time = 77;
  const ReportStep v340 = report_step(row, j, report, now, Profile::v340());
  CHECK(v340.retry_after == Duration::ms(10'000));
  CHECK(v340.row.status == InstanceStatus::waiting_dispatch);
  CHECK(v340.row.expected_trigger_time == row.expected_trigger_time);
  const ReportStep v511 = report_step(row, j, report, now, Profile::v511());
  REQUIRE(v511.kind == ReportStep::Kind::update);
  CHECK_FALSE(v511.finished);
  CHECK(v511.update.only_if_status == InstanceStatus::running);
  InstanceInfo stopped = row;
  stopped.status = InstanceStatus::stopped;
  CHECK(v511.update.applied_to(stopped).last_report_time == -1);
  j.instance_retry_num = 0;
  const ReportStep last = report_step(row, j, report, now, Profile::v511());
  CHECK(last.finished);
  CHECK(last.row.finished_time == WallTime::from_ms(77));
  CHECK(report_reply(InstanceStatus::running, true, Profile::v411()) == ReportReply::success);
  CHECK(report_reply(InstanceStatus::failed, true, Profile::v340()) == ReportReply::none);
  CHECK(report_reply(InstanceStatus::running, false, Profile::v511()) == ReportReply::none);
  CHECK(needs_reread(InstanceInfo(), Profile::v511()));
  CHECK_FALSE(needs_reread(row, Profile::v511()));
}

TEST_CASE("a second-level job past its life cycle succeeds and is stopped", "[powerjob:4.2]") {
  const WallTime now = WallTime::from_ms(1'000'000);
  JobInfo j = job();
  j.time_expression_type = TimeExpressionType::fixed_rate;
  j.lifecycle = to_json(LifeCycle{std::nullopt, now});
  InstanceInfo row;
  row.status = InstanceStatus::running;
  row.task_tracker_address = "A";
  StatusReport report;
  report.source_address = "A";
  report.total_task_num = 4;
  report.need_alert = true;
  const ReportStep step = report_step(row, j, report, now, Profile::v411());
  CHECK(step.send_stop);
  CHECK(step.alarm);
  CHECK(step.row.status == InstanceStatus::succeed);
  CHECK(step.row.running_times == 4);
  CHECK_FALSE(step.finished);
  const ReportStep old = report_step(row, j, report, now, Profile::v340());
  CHECK(old.row.status == InstanceStatus::running);
  CHECK_FALSE(old.send_stop);
  row.status = InstanceStatus::failed;
  CHECK(report_step(row, j, report, now, Profile::v340()).row.status == InstanceStatus::running);
}

TEST_CASE("what the schedule pass saves", "[powerjob:3.1.1]") {
  const WallTime now = WallTime::from_ms(1'000);
  JobInfo j = job();
  j.next_trigger_time = WallTime::from_ms(500);
  CHECK(after_trigger(j, WallTime::from_ms(9'000), now).next_trigger_time == WallTime::from_ms(9'000));
  const JobInfo over = after_trigger(j, std::nullopt, now);
  CHECK(over.status == SwitchStatus::disable);
  CHECK(over.next_trigger_time == WallTime::from_ms(500));
  WorkflowInfo workflow;
  CHECK_FALSE(after_trigger(workflow, std::nullopt, now, Profile::v340()));
  CHECK(workflow.status == SwitchStatus::enable);
  CHECK(after_trigger(workflow, std::nullopt, now, Profile::v411()));
  CHECK(workflow.status == SwitchStatus::disable);
  j.lifecycle = to_json(LifeCycle{now + Duration::seconds(30), std::nullopt});
  CHECK(second_level_step(j, now, Profile::v411()).kind == SecondLevelStep::Kind::wait);
  CHECK(second_level_step(j, now + Duration::ms(1), Profile::v411()).delay == Duration::ms(29'999));
  CHECK(second_level_step(j, now, Profile::v340()).kind == SecondLevelStep::Kind::run);
  const auto no_future = saved_trigger_time(Timing(TimeExpressionType::cron, "0 0 0 1 1 ? 1971"),
                                            WallTime::from_ms(1'600'000'000'000), utc(), Profile::v411());
  REQUIRE_FALSE(no_future.has_value());
  CHECK(no_future.error().message.find("never") != std::string::npos);
}

TEST_CASE("a missed trigger fires once and the next is counted from now", "[powerjob:7.1]") {
  const Timing every_minute(TimeExpressionType::cron, "0 * * * * ?");
  const WallTime now = WallTime::from_ms(1'646'064'030'000);
  const auto next = next_trigger_time(every_minute, now - Duration::hours(5), now, utc(), Profile::v411());
  REQUIRE(next.has_value());
  CHECK(*next == WallTime::from_ms(1'646'064'060'000));
}

TEST_CASE("machine ids", "[powerjob:2.4]") {
  CHECK(machine_id_for(9'999, {1, 2}) == 9'999);
  CHECK(machine_id_for(10'000, {1, 2, 4}) == 3);
  IdGenerator generator(3, Profile::v411());
  REQUIRE(generator.draw(WallTime::from_ms(1'700'000'000'000)).kind == IdDraw::Kind::issued);
  CHECK(generator.draw(WallTime::from_ms(1'699'999'999'999)).kind == IdDraw::Kind::clock_back);
}
