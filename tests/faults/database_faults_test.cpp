// Faults on the database and its clients, from the scenario's text to what the clients saw.
#include <algorithm>

#include <catch2/catch.hpp>

#include "writer_system.hpp"

namespace writers {
namespace {

using Lines = std::vector<std::string>;
constexpr Duration one_s = Duration::seconds(1);

/// Processes start a second after the scenario: instants here are the scenario's.
std::vector<Attempt> within(const Run& run, const std::string& process, int from_s, int to_s) {
  return run.between(process, one_s * (from_s - 1), one_s * (to_s - 1));
}

bool all_are(const std::vector<Attempt>& attempts, const std::string& outcome) {
  return !attempts.empty() &&
         std::all_of(attempts.begin(), attempts.end(), [&](const Attempt& a) { return a.outcome == outcome; });
}

std::vector<std::int64_t> missing(const std::vector<std::int64_t>& wanted, const std::vector<std::int64_t>& there) {
  std::vector<std::int64_t> lost;
  std::set_difference(wanted.begin(), wanted.end(), there.begin(), there.end(), std::back_inserter(lost));
  return lost;
}

}  // namespace

TEST_CASE("an undisturbed run, in both dialects", "[database:5]") {
  const std::string dialect = GENERATE("innodb", "postgresql");
  const Run run("{dialect: " + dialect + ", replicas: 2}", "[]");
  for (const char* process : {"w", "u", "r"}) CHECK(all_are(run.attempts(process), "ok"));
  CHECK(run.attempts("w").size() > 500);
  for (std::size_t server = 0; server < 3; ++server) CHECK(run.stored(server).size() > 500);
}

TEST_CASE("looking into tables disturbs nothing", "[database:1]") {
  const std::string fault = "[{at: +20s, restart: {target: {database: primary}, down: 2s}}]";
  Run alone("{replicas: 1}", fault);
  Run watched("{replicas: 1}", fault, 1, Duration::ms(7));
  CHECK(alone.run().verdict().digest == watched.run().verdict().digest);
}

TEST_CASE("crash and restart: nothing that was acknowledged is lost", "[database:5.2]") {
  const std::string dialect = GENERATE("innodb", "postgresql");
  const Run run("{dialect: " + dialect + "}", "[{at: +20s, kill: {database: primary}, for: 5s}]");
  CHECK(run.struck() == Lines{"kill: {database: primary} -> database"});
  CHECK(missing(run.numbers("ok"), run.stored(0)).empty());
  CHECK(run.count("w", "ok") > 300);
  CHECK(all_are(within(run, "w", 31, 59), "ok"));
}

TEST_CASE("pause: statements wait, and go on", "[database:5.6]") {
  const Run run("{}", "[{at: +20s, pause: {database: primary}, for: 5s}]");
  CHECK(all_are(run.attempts("w"), "ok"));
  const auto slow = within(run, "w", 19, 21);
  CHECK(std::any_of(slow.begin(), slow.end(), [](const Attempt& a) { return a.took > one_s * 4; }));
}

TEST_CASE("failover: what the replica has not received is lost, although acknowledged", "[database:5.3]") {
  const std::string dialect = GENERATE("innodb", "postgresql");
  const Run run("{dialect: " + dialect + ", replicas: 1}",
                "[{at: +10s, partition: {between: [database.host, database-2.host]}, for: 10s},"
                " {at: +15s, failover: {switch_delay: 2s}, for: 20s}]");
  CHECK(run.struck().back() == "failover: {switch_delay: 2s} -> database-2");
  const std::vector<std::int64_t> lost = missing(run.numbers("ok"), run.stored(1));
  CHECK(lost.size() >= 40);  // five seconds' worth
  CHECK(lost.size() <= 52);
  CHECK(lost.back() - lost.front() + 1 == static_cast<std::int64_t>(lost.size()));  // a tail of its time
  CHECK(all_are(within(run, "w", 30, 59), "ok"));
  CHECK(run.stored(0) == run.stored(1));  // the old primary is a replica now, without its tail
}

TEST_CASE("failover of a semi-synchronous primary loses nothing", "[database:5.3]") {
  const std::string replication = GENERATE("semisync-after-commit", "semisync-after-sync");
  const Run run("{replicas: 1, replication: " + replication + "}",
                "[{at: +10s, partition: {between: [database.host, database-2.host]}, for: 10s},"
                " {at: +15s, failover: , for: 20s}]");
  CHECK(missing(run.numbers("ok"), run.stored(1)).empty());
  CHECK(run.count("w", "unknown") == 1);
  CHECK(all_are(within(run, "w", 30, 34), "ok"));
}

TEST_CASE("failover without fencing: open connections go on to the old primary", "[database:5.3]") {
  Run run("{replicas: 1}", "[{at: +15s, failover: {fencing: never}, for: 20s}]");
  const std::vector<std::int64_t> lost = missing(run.numbers("ok"), run.stored(1));
  CHECK(lost.size() > 150);  // all that was acknowledged until the old one was taken away
  CHECK(all_are(within(run, "w", 40, 59), "ok"));
  CHECK(run.stored(0) == run.stored(1));
}

TEST_CASE("failover with two replicas: the other one follows the new primary", "[database:5.3]") {
  const std::string dialect = GENERATE("innodb", "postgresql");
  SECTION("the one that has most is chosen") {
    const Run run("{dialect: " + dialect + ", replicas: 2}",
                  "[{at: +10s, partition: {between: [database.host, database-2.host]}, for: 5s},"
                  " {at: +14s, failover: , for: 20s}]");
    CHECK(run.struck().back().ends_with("-> database-3"));
    CHECK(missing(run.numbers("ok"), run.stored(2)).size() <= 1);
    for (std::size_t server : {0u, 1u}) CHECK(run.stored(server) == run.stored(2));
  }
  SECTION("one that is behind may be chosen, and the other one forgets what it had more") {
    const Run run("{dialect: " + dialect + ", replicas: 2}",
                  "[{at: +10s, partition: {between: [database.host, database-2.host]}, for: 5s},"
                  " {at: +14s, failover: {database: 2}, for: 20s}]");
    CHECK(run.struck().back().ends_with("-> database-2"));
    CHECK(missing(run.numbers("ok"), run.stored(1)).size() > 30);
    for (std::size_t server : {0u, 2u}) CHECK(run.stored(server) == run.stored(1));
  }
  SECTION("and back again") {
    const Run run("{dialect: " + dialect + ", replicas: 1}",
                  "[{at: +10s, failover: , for: 5s}, {at: +30s, failover: , for: 5s}]");
    CHECK(run.struck().back().ends_with("-> database"));
    CHECK(run.stored(0) == run.stored(1));
    CHECK(all_are(within(run, "w", 45, 59), "ok"));
  }
}

TEST_CASE("failover without a replica that runs is missed", "[database:5.3]") {
  const Run run("{replicas: 1}", "[{at: +9s, kill: {database: replica}}, {at: +10s, failover: }]");
  CHECK(run.struck().back() == "missed");
  CHECK(all_are(run.attempts("w"), "ok"));
}

TEST_CASE("a replica's readers are late by its lag", "[database:5.3]") {
  const Run run("{replicas: 1, replication_lag: 2s}", "[]");
  const auto reads = within(run, "r", 30, 31);
  const auto writes = within(run, "w", 30, 31);
  REQUIRE((!reads.empty() && !writes.empty()));
  CHECK(writes.front().number - reads.front().number >= 18);
  CHECK(writes.front().number - reads.front().number <= 22);
}

TEST_CASE("exhaust_pool: who wants a connection waits until connectionTimeout", "[database:6.3]") {
  const Run run("{}", "[{at: +5s, exhaust_pool: w, for: 40s}]");
  CHECK(run.struck() == Lines{"exhaust_pool: w"});
  CHECK(run.count("w", "pool_timeout") == 1);
  CHECK(all_are(within(run, "w", 46, 59), "ok"));
  CHECK(all_are(run.attempts("u"), "ok"));
  CHECK(missing(run.stored(0), run.numbers("ok")).empty());
}

TEST_CASE("lose_acknowledgement: the commit is done, and its client does not know", "[database:5.1]") {
  const std::string dialect = GENERATE("innodb", "postgresql");
  const Run run("{dialect: " + dialect + "}", "[{at: +20s, lose_acknowledgement: {target: w, commits: 3}}]");
  CHECK(run.count("w", "unknown") == 3);
  CHECK(missing(run.numbers("unknown"), run.stored(0)).empty());
  CHECK(missing(run.numbers("ok"), run.stored(0)).empty());
  CHECK(all_are(run.attempts("u"), "ok"));
}

TEST_CASE("disk_full on the server's host: writes fail, reads do not", "[database:1.4]") {
  const Run run("{replicas: 1}", "[{at: +20s, disk_full: {database: primary}, for: 5s}]");
  CHECK(all_are(within(run, "w", 21, 25), "disk_full"));
  CHECK(all_are(within(run, "w", 26, 59), "ok"));
  CHECK(all_are(run.attempts("r"), "ok"));
  CHECK(missing(run.numbers("ok"), run.stored(0)).empty());
}

TEST_CASE("read_only: writes fail", "[database:5.3]") {
  const Run run("{}", "[{at: +20s, read_only: , for: 5s}]");
  CHECK(all_are(within(run, "w", 21, 25), "read_only"));
  CHECK(all_are(within(run, "w", 26, 59), "ok"));
}

TEST_CASE("the server's clock is its host's", "[database:5.7]") {
  Run run("{}", "[{at: +20s, clock_step: {target: {database: primary}, by: 1h}}]");
  int skewed = 0;
  WallTime before;
  for (const db::Row& row : run.world().storage()->committed("entry")) {
    const WallTime made = std::get<WallTime>(row["made"]);
    if (before != WallTime() && made - before >= Duration::hours(1)) ++skewed;
    before = made;
  }
  CHECK(skewed == 1);
  CHECK(all_are(run.attempts("w"), "ok"));
}

TEST_CASE("slow_statement: by table and kind", "[database:5.6]") {
  const std::string spent = GENERATE("before", "after");
  const Run run("{}", "[{at: +20s, slow_statement: {table: entry, statement: insert, by: 700ms, spent: " + spent +
                          "}, for: 10s}]");
  for (const Attempt& insert : within(run, "w", 21, 29)) CHECK(insert.took >= Duration::ms(700));
  for (const Attempt& update : within(run, "u", 21, 29)) CHECK(update.took < Duration::ms(50));
  for (const Attempt& insert : within(run, "w", 32, 59)) CHECK(insert.took < Duration::ms(50));
}

TEST_CASE("hold_lock: writers of the row wait, or not for ever", "[database:3.6]") {
  SECTION("until it is given back") {
    const Run run("{}", "[{at: +20s, hold_lock: {table: total, key: 1, mode: " +
                            std::string(GENERATE("exclusive", "shared")) + "}, for: 10s}]");
    CHECK(all_are(run.attempts("u"), "ok"));
    const auto held = within(run, "u", 19, 21);
    CHECK(held.back().took > one_s * 9);
    CHECK(all_are(run.attempts("w"), "ok"));
  }
  SECTION("until a failover, which forgets all locks") {
    const Run run("{replicas: 1}",
                  "[{at: +20s, hold_lock: {table: total}, for: 30s}, {at: +25s, failover: {}, for: 10s}]");
    CHECK(all_are(within(run, "u", 35, 49), "ok"));
  }
}

TEST_CASE("what cannot be said of a database is refused with its place") {
  CHECK(problems("{}", "[{at: +1s, failover: }]") ==
        "s.yaml:10:20: a failover of a database without a replica; expected cluster: {database: {replicas: 1}}\n");
  CHECK(problems("{replication: async}", "[]") == "s.yaml:6:27: replication without a replica; expected replicas: 1\n");
  CHECK(problems("{replicas: 1, replication: semisync-after-sink}", "[]").find("did you mean 'semisync-after-sync'?") !=
        std::string::npos);
  CHECK(problems("{dialect: postgresql, replicas: 1, replication: semisync-after-sync}", "[]")
            .find("expected async or synchronous") != std::string::npos);
  CHECK(problems("{replicas: 1, semisync_timeout: 5s}", "[]").find("replication: semisync-after-commit") !=
        std::string::npos);
  CHECK(problems("{replicas: 9}", "[]").find("s.yaml:6:24: ") == 0);
  CHECK(problems("{replicas: 1}", "[{at: +1s, kill: {database: 3}}]").find("primary, replica or 1 to 2") !=
        std::string::npos);
  CHECK(problems("{}", "[{at: +1s, kill: {database: replica}}]").find("the database has no replica") !=
        std::string::npos);
}

}  // namespace writers
