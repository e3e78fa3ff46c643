// One row for each kind of fault: struck at +20 s, and healed at +30 s, what does somebody notice, and does it go away?
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <faults/kinds.hpp>

#include "sensors.hpp"

namespace chronofault {
namespace {

using faults::FaultKind;
using sensors::Readings;

/// What is read before, while and after the fault is in force: how much it grew in about ten seconds, or where it
/// stands at the end of them (`stands`).
enum class Measure { grows, stands };
/// While the fault lasts it is at least twice as much as before (something, where there was nothing), or at most half.
enum class Then { more, less };
/// Afterwards it is as before, or as it has become.
enum class Afterwards { as_before, as_become };

struct Row {
  FaultKind kind;
  std::string fault;  // with `at`, unless `when` says it
  std::string reading;
  Measure measure;
  Then then;
  Afterwards afterwards;
};

std::vector<Row> rows() {
  using enum FaultKind;
  using enum Measure;
  using enum Then;
  using enum Afterwards;
  const std::string asked = R"({when: {message: Question, from: a, to: b, not_before: +22s}, drop: })";
  const std::string answered =
      R"({when: {message: Question.reply, from: b, to: a, not_before: +22s}, arrives: {after_request: 3s}})";
  return {
      {kill, "kill: b", "b.ticks", grows, less, as_before},
      {restart, "restart: {target: b, down: 8s}", "b.ticks", grows, less, as_before},
      {stop, "stop: b", "b.ticks", grows, less, as_before},
      {start, "start: b", "b.ticks", grows, more, as_become},
      {pause, "pause: b", "b.ticks", grows, less, as_before},
      {hang, "hang: {pool: {process: b, name: errands}}", "b.errands", grows, less, as_before},
      {FaultKind::exit, "exit: b", "b.ticks", grows, less, as_before},
      {crash, "crash: b", "a.refused", grows, more, as_before},
      {power_loss, "power_loss: b", "a.silent", grows, more, as_before},
      {freeze, "freeze: b", "b.ticks", grows, less, as_before},
      {cpu_load, "cpu_load: {target: b, cores: 60}", "b.work_us", stands, more, as_before},
      {memory, "memory: {target: b, bytes: 1GiB}", "b.memory", stands, more, as_before},
      {disk_full, "disk_full: b", "b.unwritten", grows, more, as_before},
      {slow, "slow: {target: b, factor: 5}", "b.work_us", stands, more, as_before},
      {clock_step, "clock_step: {target: b, by: 5s}", "b.wall_us", stands, more, as_become},
      {clock_offset, "clock_offset: {target: b, to: 5s}", "b.wall_us", stands, more, as_become},
      {clock_drift, "clock_drift: {target: b, ppm: 10000}", "b.wall_us", grows, more, as_before},
      {clock_slew, "clock_slew: {target: b, by: 5s, over: 20s}", "b.wall_us", grows, more, as_before},
      {clock_freeze, "clock_freeze: b", "b.wall_us", grows, less, as_before},
      {clock_zone, R"(clock_zone: {target: b, to: "+05:00"})", "b.zone_s", stands, more, as_before},
      {partition, "partition: {between: [a, b]}", "b.received", grows, less, as_before},
      {delay, "delay: {from: a, to: b, by: 50ms}", "b.latency_us", stands, more, as_before},
      {loss, "loss: {from: a, to: b, share: 0.6}", "b.received", grows, less, as_before},
      {duplicate, "duplicate: {from: a, to: b, copies: 2}", "b.repeated", grows, more, as_before},
      {reorder, "reorder: {from: a, to: b, within: 1s}", "b.overtaken", grows, more, as_before},
      {arrives, answered, "a.unanswered", grows, more, as_before},
      {drop, asked, "a.unanswered", grows, more, as_before},
      {slow_link, "slow_link: {from: a, to: b, bytes_per_second: 20000}", "b.latency_us", stands, more, as_before},
      {reset, "reset: {between: [a, b]}", "a.reset", grows, more, as_before},
      {resolve, "resolve: {name: service}", "b.names", stands, less, as_before},
      {slow_statement, "slow_statement: {target: {table: entry}, by: 200ms}", "a.inserts_us", stands, more, as_before},
      {read_only, "read_only: ", "a.denied", grows, more, as_before},
      {hold_lock, "hold_lock: {table: total}", "a.updates", grows, less, as_before},
      {lose_acknowledgement, "lose_acknowledgement: {target: a, commits: 3}", "a.unknown", grows, more, as_before},
      {exhaust_pool, "exhaust_pool: a", "a.inserts", grows, less, as_before},
      {failover, "failover: ", "database.up", stands, less, as_before},
      {slow_fsync, "slow_fsync: {target: {zookeeper: 1}, by: 200ms}", "a.node_us", stands, more, as_before},
      {expire_session, "expire_session: b", "b.expired", grows, more, as_before},
  };
}

std::string script(const Row& row) {
  if (row.fault.starts_with('{')) return "[" + row.fault + "]";
  std::string before;
  if (row.kind == FaultKind::start) before = "{at: +5s, kill: {target: b, stays_down: true}}, ";
  // A thing that happens has no end.
  const bool lasts = faults::info_of(row.kind).heal != faults::Heal::nothing;
  return "[" + before + "{at: +20s, " + row.fault + (lasts ? ", for: 10s}]" : "}]");
}

std::int64_t of(const Readings& readings, const std::string& name) {
  const auto found = readings.find(name);
  return found == readings.end() ? 0 : found->second;
}

/// Latencies are drawn.
bool about(std::int64_t a, std::int64_t b) { return std::abs(a - b) <= std::max<std::int64_t>(2, std::abs(b) / 3); }

TEST_CASE("every kind of fault strikes, is noticed, and heals as its row says") {
  const std::vector<Row> all = rows();
  std::set<FaultKind> covered;
  for (const Row& row : all) {
    const faults::FaultKindInfo& kind = faults::info_of(row.kind);
    covered.insert(row.kind);
    INFO(kind.name << ", by " << row.reading);
    sensors::Run run(script(row), {10_s, 20_s - 1_ms, 30_s - 1_ms, 35_s, 45_s});
    REQUIRE(run.readings().size() == 5);
    const auto read = [&](std::size_t from, std::size_t to) {
      const std::int64_t end = of(run.readings()[to], row.reading);
      return row.measure == Measure::stands ? end : end - of(run.readings()[from], row.reading);
    };
    const std::int64_t before = read(0, 1);
    const std::int64_t during = read(1, 2);
    const std::int64_t after = read(3, 4);
    CAPTURE(before, during, after);

    REQUIRE_FALSE(run.run().strikes().empty());
    CHECK_FALSE(run.run().strikes().back().missed);
    if (row.then == Then::more) {
      CHECK(during > std::max<std::int64_t>(0, 2 * before - 1));
    } else {
      CHECK(during < std::max<std::int64_t>(0, before / 2 + 1));
    }
    CHECK(about(after, row.afterwards == Afterwards::as_before ? before : during));
    CHECK(run.told(sim::RecordKind::fault_off).empty() == (kind.heal == faults::Heal::nothing));
  }
  for (const faults::FaultKindInfo& kind : faults::fault_kinds()) {
    INFO(kind.name << " has no row");
    CHECK(covered.contains(kind.kind));
  }
}

}  // namespace
}  // namespace chronofault
