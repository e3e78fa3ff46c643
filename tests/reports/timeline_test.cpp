// The timeline of a trace that is made by hand: what is told, what is joined, what is left out.
#include <sstream>

#include <catch2/catch.hpp>

#include <reports/timeline.hpp>
#include <reports/trace_lines.hpp>
#include <support/approved.hpp>

using namespace chronofault;
using namespace chronofault::literals;

namespace {

constexpr sim::TrueTime start = sim::TrueTime::from_us(1'645'671'600'000'000);  // 2022-02-24T03:00:00Z

struct Story {
  Story() : kernel(1, start), trace(kernel) {
    trace.keep();
    a = trace.add_process("a", "a.host");
    b = trace.add_process("b", "b.host");
    trace.name_address("10.0.0.1:1", a);
    trace.name_address("10.0.0.2:1", b);
    verdict.utc_offset = 8_h;
  }
  void at(Duration after, const std::function<void()>& act) { kernel.agenda(start + after, act); }
  RecordId world(sim::RecordKind kind, sim::ProcessId process, const std::string& label, sim::ProcessId peer = 0,
                 std::vector<RecordId> causes = {}) {
    return trace.world_because(kind, process, trace.label(label), peer, 7, causes);
  }
  RecordId event(sim::ProcessId process, EventKind kind, const std::string& member = "", std::int64_t run = 0) {
    Event event(kind);
    event.job = run == 0 ? "" : "job";
    event.scope = "app";
    event.member = member;
    event.run = run;
    return trace.domain(process, event);
  }
  reports::Timeline timeline(std::size_t lines_most = 300) {
    kernel.run_until(start + 24_h);
    reports::TimelineOptions options;
    options.lines_most = lines_most;
    return make_timeline(trace, scenarios::TraceView(trace), verdict, options);
  }
  sim::Kernel kernel;
  sim::Trace trace;
  scenarios::Verdict verdict;
  sim::ProcessId a = 0;
  sim::ProcessId b = 0;
};

}  // namespace

TEST_CASE("a late reply is told with its request, and members of one breath in one line", "[reports]") {
  Story story;
  RecordId asked = 0;
  RecordId arrived = 0;
  RecordId replied = 0;
  story.at(1_s, [&] {
    story.event(story.a, EventKind::MemberSeen, "10.0.0.2:1");
    story.event(story.a, EventKind::MemberSeen, "10.0.0.9:1");
    story.event(story.b, EventKind::LoopPassed);
  });
  story.at(10_s, [&] { asked = story.world(sim::RecordKind::send, story.a, "Ping", story.b); });
  story.at(11_s, [&] {
    arrived = story.world(sim::RecordKind::deliver, story.b, "Ping", story.a, {asked});
    story.trace.fault(sim::RecordKind::fault_on, "delay: 2s", 0, 0);
    replied = story.world(sim::RecordKind::send, story.b, "Ping.reply", story.a, {arrived});
    story.world(sim::RecordKind::send, story.b, "Other", story.a);
  });
  story.at(14_s, [&] {
    const RecordId late = story.world(sim::RecordKind::deliver, story.a, "Ping.reply", story.b, {replied});
    story.world(sim::RecordKind::dead_letter, story.a, "Ping.reply", story.b, {late});
  });
  story.at(14_h, [&] { story.event(story.a, EventKind::MemberLost, "10.0.0.2:1"); });
  CHECK(to_text(story.timeline(), story.verdict.utc_offset) ==
        "2022-02-24\n"
        "  11:00:01.000  a      sees b, 10.0.0.9:1 of app\n"
        "  11:00:10.000  a      sends Ping to b\n"
        "  11:00:11.000  b      receives Ping from a\n"
        "  11:00:11.000  fault  delay: 2s\n"
        "  11:00:11.000  b      sends Ping.reply to a\n"
        "  11:00:14.000  a      receives Ping.reply from b too late: nobody waits for it any longer\n"
        "2022-02-25\n"
        "  01:00:00.000  a      releases b of app\n");
}

TEST_CASE("a long run keeps what is about the violation", "[reports]") {
  Story story;
  for (std::int64_t run = 1; run <= 500; ++run) {
    story.at(run * 1_s, [&story, run] { story.event(story.a, EventKind::RunDispatched, "10.0.0.2:1", run); });
  }
  scenarios::PropertyResult result;
  result.violations.emplace_back().run = 77;
  story.verdict.properties.push_back(result);
  const reports::Timeline timeline = story.timeline(50);
  REQUIRE(timeline.lines.size() == 1);
  CHECK(timeline.lines[0].text == "dispatches job run 77 to b");
  CHECK(timeline.left_out == 499);
  CHECK(story.timeline(500).lines.size() == 500);
}

TEST_CASE("that a process owns nothing is told once, and again after it did something else", "[reports]") {
  Story story;
  const auto pass = [&story](sim::ProcessId process, const std::string& loop) {
    Event event(EventKind::OwnsNothing);
    event.detail = loop;
    story.trace.domain(process, event);
  };
  for (const Duration at : {1_s, 2_s, 3_s, 12_s, 13_s}) {
    story.at(at, [&story, pass] {
      pass(story.a, "check");
      pass(story.a, "schedule");
      pass(story.b, "check");
    });
  }
  story.at(10_s, [&story] { story.event(story.a, EventKind::OwnershipLost); });
  CHECK(to_text(story.timeline(), story.verdict.utc_offset) ==
        "2022-02-24\n"
        "  11:00:01.000  a  finds in its loop check that it owns nothing\n"
        "  11:00:01.000  a  finds in its loop schedule that it owns nothing\n"
        "  11:00:01.000  b  finds in its loop check that it owns nothing\n"
        "  11:00:10.000  a  no longer owns app\n"
        "  11:00:12.000  a  finds in its loop check that it owns nothing\n"
        "  11:00:12.000  a  finds in its loop schedule that it owns nothing\n");
}

TEST_CASE("the trace as lines of JSON", "[reports]") {
  Story story;
  story.at(1_s, [&] {
    const RecordId sent = story.world(sim::RecordKind::send, story.a, "Pi\"ng", story.b);
    story.world(sim::RecordKind::deliver, story.b, "Pi\"ng", story.a, {sent});
    story.event(story.b, EventKind::RunStarted, "10.0.0.2:1", 12);
  });
  story.kernel.run_until(start + 2_s);
  std::ostringstream out;
  CHECK(reports::write_trace(out, story.trace));
  chronofault::tests::check_approved("trace.jsonl", out.str());
}
