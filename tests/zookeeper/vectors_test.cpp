// What real servers and real caches answered, against what answers here: every step of every recorded trace.
#include <catch2/catch.hpp>

#include <scenarios/verify/verify.hpp>

namespace {

using namespace chronofault::verify;

Tally replay(const std::string& name) {
  Tally tally;
  checkers().at("zookeeper")(VectorFile::read("tests/vectors/zookeeper/" + name + ".jsonl.gz"), tally);
  for (const Difference& difference : tally.differences()) {
    UNSCOPED_INFO(difference.trace << " step " << difference.step << " " << difference.operation << "\n  recorded "
                                   << difference.expected << "\n  here     " << difference.seen);
  }
  return tally;
}

TEST_CASE("random requests by one to four sessions", "[zookeeper:2][zookeeper:3][zookeeper:5][zookeeper:13]") {
  const Tally tally = replay("random");
  CHECK(tally.traces() == 900);
  CHECK(tally.different() == 0);
}

TEST_CASE("the same on a server that never held anything", "[zookeeper:1][zookeeper:13]") {
  const Tally tally = replay("fresh");
  CHECK(tally.traces() == 40);
  CHECK(tally.different() == 0);
}

TEST_CASE("every watch against every change, reconnects, sessions, names", "[zookeeper:4][zookeeper:6][zookeeper:13]") {
  const Tally tally = replay("scripted");
  CHECK(tally.traces() == 253);
  CHECK(tally.different() == 0);
}

TEST_CASE("containers and TTL nodes", "[zookeeper:1][zookeeper:13]") {
  const Tally tally = replay("container");
  CHECK(tally.traces() == 11);
  CHECK(tally.different() == 0);
}

TEST_CASE("three servers: kills, pauses, quorum loss, moves, expiry", "[zookeeper:8][zookeeper:13]") {
  const Tally tally = replay("ensemble");
  CHECK(tally.traces() == 44);
  CHECK(tally.different() == 0);
}

TEST_CASE("Curator's caches while the connection is cut", "[zookeeper:10][zookeeper:11][zookeeper:13]") {
  const Tally tally = replay("curator");
  CHECK(tally.traces() == 96);
  CHECK(tally.different() == 0);
}

}  // namespace
