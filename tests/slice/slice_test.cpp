#include <algorithm>
#include <map>

#include <catch2/catch.hpp>

#include "pile.hpp"

using namespace pile;

namespace {

bool contains(const Pile& pile, const Slice& slice, RecordKind kind, const std::string& text) {
  const TraceView view = pile.view();
  for (const SliceEntry& entry : slice.entries) {
    const sim::Record& record = pile.at(entry.record);
    if (record.kind == kind && describe(view, record).find(text) != std::string::npos) return true;
  }
  return false;
}

// The records of powerjob 9.1 as the rooms of the simulation make them, with thousands of rounds before and around it.
struct Incident {
  enum : sim::ProcessId { lz = 1, xz, lw1, lw2, xw1, database };
  Pile pile;
  std::vector<RecordId> evidence;
  RecordId since = 0;
  RecordId late_reply = 0;
  RecordId ownership = 0;
  RecordId last_heartbeat = 0;
  RecordId clean_pass = 0;

  Incident() {
    pile.names = {"world", "lz", "xz", "lw-1", "lw-2", "xw-1", "database"};
    pile.roles = {"", "server", "server", "worker", "worker", "worker", ""};
    const RecordId taken = pile.domain(lz, EventKind::FireTaken);
    since = taken;
    const RecordId acted = pile.domain(0, EventKind::OperatorActed);
    const RecordId timer = pile.add(RecordKind::memory, lz, "timer", {taken});
    RecordId server_of[2] = {0, 0};
    RecordId table = 0;
    for (int round = 0; round < 2000; ++round) {
      for (const sim::ProcessId worker : {lw1, lw2}) table = heartbeat(worker, server_of[worker - lw1], table);
      for (const sim::ProcessId worker : {lw1, lw2}) discover(worker, lz, server_of[worker - lw1], {});
    }
    // A worker at XZ asks; XZ pings; the reply is late; XZ writes itself as owner.
    const RecordId round = pile.domain(xw1, EventKind::LoopPassed, {}, "discovery");
    const RecordId asked = pile.add(RecordKind::send, xw1, "Acquire", {round}, xz);
    const RecordId heard = pile.add(RecordKind::deliver, xz, "Acquire", {asked}, xw1);
    const RecordId ping = pile.add(RecordKind::send, xz, "Ping", {heard}, lz);
    const RecordId pinged = pile.add(RecordKind::deliver, lz, "Ping", {ping}, xz);
    const RecordId fault = pile.add(RecordKind::fault_on, 0, "arrives: {after_request: 1474ms}");
    late_reply = pile.add(RecordKind::send, lz, "Ping.reply", {pinged, fault}, xz);
    const RecordId silence = pile.add(RecordKind::absence, xz, "Ping.reply", {heard, ping, late_reply}, lz);
    const RecordId down = pile.add(RecordKind::memory, xz, "down cache", {heard, silence});
    ownership = write(xz, "update app_info", {heard, silence, down});
    const RecordId arrived = pile.add(RecordKind::deliver, xz, "Ping.reply", {late_reply}, lz);
    pile.add(RecordKind::dead_letter, xz, "Ping.reply", {arrived}, lz);
    for (const sim::ProcessId worker : {lw1, lw2}) table = heartbeat(worker, server_of[worker - lw1], table);
    last_heartbeat = last_by_[lw2];
    for (const sim::ProcessId worker : {lw1, lw2}) {
      for (int again = 0; again < 300; ++again) discover(worker, xz, server_of[worker - lw1], {ownership});
    }
    // 03:00:00 and 04:00:13.
    clean_pass = pile.domain(lz, EventKind::LoopPassed, {}, "clean");
    const RecordId absent =
        pile.add(RecordKind::absence, lz, "Heartbeat",
                 sorted({clean_pass, table, server_of[0], server_of[1], last_by_[lw1], last_by_[lw2]}));
    const RecordId empty = pile.add(RecordKind::memory, lz, "workers", {table, clean_pass, absent});
    const RecordId due = pile.domain(0, EventKind::FireDue, {acted});
    const RecordId armed = pile.add(RecordKind::arm, lz, "tick", {timer});
    const RecordId fired = pile.add(RecordKind::expire, lz, "tick", {armed});
    const RecordId created = pile.domain(lz, EventKind::RunCreated, {timer, fired});
    const RecordId row = write(lz, "insert instance_info", {timer, fired});
    const RecordId rejected =
        pile.domain(lz, EventKind::RunRejected, {timer, fired, row, empty}, "no worker available");
    const RecordId failed = write(lz, "update instance_info", {timer, fired, row, empty});
    const RecordId node = pile.domain(lz, EventKind::OutcomeRecorded, {timer, fired, row, empty, failed});
    const RecordId workflow = pile.domain(lz, EventKind::OutcomeRecorded, {timer, fired, row, empty, failed});
    evidence = {taken, acted, due, created, rejected, node, workflow};
  }

  static std::vector<RecordId> sorted(std::vector<RecordId> ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    if (!ids.empty() && ids.front() == 0) ids.erase(ids.begin());
    return ids;
  }
  RecordId write(sim::ProcessId by, const std::string& what, std::vector<RecordId> reads) {
    const RecordId sent = pile.add(RecordKind::send, by, "Statement", sorted(std::move(reads)), database);
    const RecordId heard = pile.add(RecordKind::deliver, database, "Statement", {sent}, by);
    return pile.add(RecordKind::memory, database, what, {heard});
  }
  RecordId heartbeat(sim::ProcessId worker, RecordId server, RecordId table) {
    const RecordId pass = pile.domain(worker, EventKind::LoopPassed, {}, "heartbeat");
    const RecordId sent = pile.add(RecordKind::send, worker, "Heartbeat", sorted({pass, server}), lz);
    const RecordId heard = pile.add(RecordKind::deliver, lz, "Heartbeat", {sent}, worker);
    last_by_[worker] = heard;
    return pile.add(RecordKind::memory, lz, "workers", sorted({heard, table}));
  }
  void discover(sim::ProcessId worker, sim::ProcessId server, RecordId& current, std::vector<RecordId> reads) {
    const RecordId pass = pile.domain(worker, EventKind::LoopPassed, {}, "discovery");
    const RecordId sent = pile.add(RecordKind::send, worker, "Acquire", sorted({pass, current}), server);
    const RecordId heard = pile.add(RecordKind::deliver, server, "Acquire", {sent}, worker);
    reads.push_back(heard);
    const RecordId answer = pile.add(RecordKind::send, server, "Acquire.reply", sorted(std::move(reads)), worker);
    const RecordId known = pile.add(RecordKind::deliver, worker, "Acquire.reply", {answer}, server);
    current = pile.add(RecordKind::memory, worker, "current server", sorted({pass, known}));
  }

 private:
  std::map<sim::ProcessId, RecordId> last_by_;
};

}  // namespace

TEST_CASE("the slice of the usurpation tells its story in at most 20 records", "[powerjob:9.1]") {
  const Incident incident;
  const Slice slice = causal_slice(incident.pile.view(), incident.evidence, incident.since);
  INFO(to_text(incident.pile.view(), slice, utc()));
  CHECK(slice.ancestors > 1000);
  CHECK(slice.entries.size() <= 20);
  CHECK(slice.find(incident.late_reply) != nullptr);
  CHECK(slice.find(incident.ownership) != nullptr);
  CHECK(slice.find(incident.last_heartbeat) != nullptr);
  CHECK(slice.find(incident.clean_pass) != nullptr);
  CHECK(contains(incident.pile, slice, RecordKind::fault_on, "arrives"));
  CHECK(contains(incident.pile, slice, RecordKind::send, "Acquire.reply"));
  CHECK(contains(incident.pile, slice, RecordKind::domain, "no worker available"));
  CHECK_FALSE(contains(incident.pile, slice, RecordKind::send, "Statement"));
  for (const RecordId id : incident.evidence) CHECK(slice.find(id) != nullptr);
}

TEST_CASE("a signature knows no ids, times or numbers of repetitions") {
  const Incident one;
  const Slice slice = causal_slice(one.pile.view(), one.evidence, one.since);
  const std::string text = signature(one.pile.view(), "no-lost-run", slice);
  CHECK(text.find("no-lost-run | ") == 0);
  CHECK(text.find("fault_on arrives") != std::string::npos);
  CHECK(text.find("send Ping.reply@server") != std::string::npos);
  CHECK(text.find("1474") == std::string::npos);

  Pile pile;
  pile.roles = {"", "server", "server"};
  const RecordId a = pile.domain(1, EventKind::MemberLost);
  const RecordId b = pile.domain(2, EventKind::MemberLost, {a});
  const RecordId c = pile.domain(2, EventKind::OutcomeRecorded, {b});
  CHECK(signature(pile.view(), "x", causal_slice(pile.view(), {c}, 0)) ==
        "x | MemberLost@server | OutcomeRecorded@server");
}

TEST_CASE("the causes of a loop's pass are not followed, older records are leaves") {
  Pile pile;
  const RecordId old = pile.domain(1, EventKind::MemberLost);
  const RecordId pass = pile.domain(1, EventKind::LoopPassed, {old}, "pass");
  const RecordId end = pile.domain(1, EventKind::OutcomeRecorded, {pass});
  const Slice cut = causal_slice(pile.view(), {end}, 0);
  CHECK(cut.entries.size() == 2);
  CHECK(cut.find(old) == nullptr);

  Pile other;
  const RecordId first = other.domain(1, EventKind::MemberLost);
  const RecordId crash = other.add(RecordKind::process, 1, "crashed", {first});
  const RecordId fire = other.domain(0, EventKind::FireDue);
  const RecordId last = other.domain(1, EventKind::OutcomeRecorded, {crash, fire});
  const Slice leaves = causal_slice(other.view(), {last}, fire);
  REQUIRE(leaves.find(crash) != nullptr);
  CHECK(leaves.find(crash)->leaf);
  CHECK(leaves.find(first) == nullptr);
  CHECK(causal_slice(other.view(), {last}, 0).find(first) != nullptr);
}

TEST_CASE("a violation without a trace has an empty slice") {
  const Pile pile;
  CHECK(causal_slice(pile.view(), {}, 0).entries.empty());
  CHECK(causal_slice(pile.view(), {0, 17}, 0).entries.empty());
}

TEST_CASE("messages by which several of one role learn the same are one, a repeated absence is none of its own") {
  Pile pile;
  pile.roles = {"", "server", "server", "worker", "worker"};
  const RecordId crash = pile.add(RecordKind::process, 1, "crashed");
  const RecordId learnt = pile.add(RecordKind::absence, 2, "Beat", {crash}, 1);
  const RecordId to_one = pile.add(RecordKind::send, 2, "Moved", {learnt}, 3);
  const RecordId to_other = pile.add(RecordKind::send, 1, "Moved", {crash, learnt}, 4);
  const RecordId silent = pile.add(RecordKind::absence, 1, "Beat", {to_one, to_other});
  const RecordId again = pile.add(RecordKind::absence, 1, "Beat", {to_one, silent});
  const RecordId end = pile.domain(1, EventKind::OutcomeRecorded, {again});
  const Slice slice = causal_slice(pile.view(), {end}, 0);
  REQUIRE(slice.entries.size() == 5);
  CHECK(slice.find(to_one) == nullptr);
  REQUIRE(slice.find(to_other) != nullptr);
  CHECK(slice.find(to_other)->count == 2);
  CHECK(slice.find(to_other)->causes == std::vector<RecordId>{learnt});
  CHECK(slice.find(again) == nullptr);
  CHECK(slice.find(end)->causes == std::vector<RecordId>{silent});
}

TEST_CASE("a message is kept where it brings news, and not where it repeats what its receiver knew") {
  Pile pile;
  const RecordId fault = pile.add(RecordKind::fault_on, 0, "pause: a");
  const RecordId first = pile.add(RecordKind::send, 1, "Word", {fault}, 2);
  const RecordId heard = pile.add(RecordKind::deliver, 2, "Word", {first}, 1);
  const RecordId second = pile.add(RecordKind::send, 1, "Word", {fault}, 2);
  const RecordId once_more = pile.add(RecordKind::deliver, 2, "Word", {second}, 1);
  const RecordId back = pile.add(RecordKind::send, 2, "Echo", {heard}, 1);
  const RecordId end = pile.domain(2, EventKind::OutcomeRecorded, {once_more, back});
  const Slice slice = causal_slice(pile.view(), {end}, 0);
  CHECK(slice.find(first) != nullptr);
  CHECK(slice.find(second) == nullptr);
  CHECK(slice.find(back) == nullptr);  // the fault lay behind process 1's own message
  CHECK(slice.entries.size() == 3);
}

TEST_CASE("a unit's own writes tell it nothing when it reads them again") {
  Pile pile;
  pile.names = {"world", "s", "database"};
  const RecordId fault = pile.add(RecordKind::fault_on, 0, "delay: 1s");
  const RecordId ask = pile.add(RecordKind::send, 1, "Statement", {fault}, 2);
  const RecordId got = pile.add(RecordKind::deliver, 2, "Statement", {ask}, 1);
  const RecordId lock = pile.add(RecordKind::memory, 2, "insert lock", {got});
  const RecordId ask_again = pile.add(RecordKind::send, 1, "Statement", {fault}, 2);
  const RecordId got_again = pile.add(RecordKind::deliver, 2, "Statement", {ask_again}, 1);
  const RecordId result = pile.add(RecordKind::send, 2, "StatementResult", {lock, got_again}, 1);
  const RecordId end = pile.domain(1, EventKind::OutcomeRecorded, {result});
  CHECK(causal_slice(pile.view(), {end}, 0).find(lock) == nullptr);

  const RecordId foreign = pile.add(RecordKind::send, 3, "Statement", {}, 2);
  const RecordId heard = pile.add(RecordKind::deliver, 2, "Statement", {foreign}, 3);
  const RecordId told = pile.add(RecordKind::send, 2, "StatementResult", {lock, heard}, 3);
  const RecordId other = pile.domain(3, EventKind::OutcomeRecorded, {told});
  CHECK(causal_slice(pile.view(), {other}, 0).find(lock) != nullptr);
}
