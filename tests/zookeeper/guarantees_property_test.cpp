#include <iostream>

#include <catch2/catch.hpp>

#include <support/property.hpp>

#include "guarantees.hpp"

TEST_CASE("what clients see is what the guarantees allow", "[zookeeper:9][zookeeper:8][zookeeper:7]") {
  guarantees::Tallied tallied;
  support::check_property("guarantees", [&tallied] { guarantees::check_case(tallied); });
  std::cout << "guarantees: " << tallied.cases << " cases, " << tallied.with_expiry << " with an expiry, "
            << tallied.with_leader_change << " with a leader change, " << tallied.with_reconnect
            << " with a reconnect with watches; " << tallied.operations << " operations, " << tallied.watches
            << " watches, " << tallied.watches_told << " told\n";
  // A fifth of the cases each. Fewer cases than these say nothing of shares.
  if (tallied.cases < 50) return;
  CHECK(tallied.with_expiry * 5 >= tallied.cases);
  CHECK(tallied.with_leader_change * 5 >= tallied.cases);
  CHECK(tallied.with_reconnect * 5 >= tallied.cases);
}

// A follower that stayed had voted before its leader had an epoch, the leader that looked again after: their votes for
// the same leader differed, and the third server never saw a quorum.
TEST_CASE("a server joins a leader for which others voted at other times", "[zookeeper:8]") {
  using guarantees::Fault;
  using guarantees::Kind;
  guarantees::Tallied tallied;
  const std::vector<Fault> faults{{Kind::cut_client, 1, 2000, 100},
                                  {Kind::pause_leader, 1, 7093, 292},
                                  {Kind::pause_leader, 1, 4643, 2498},
                                  {Kind::reset_server, 2, 7606, 100},
                                  {Kind::reset_server, 1, 5966, 100}};
  CHECK(guarantees::run_case(3, 0, faults, tallied) == "");
}

// Its messages were counted from one again after the first ones: whoever had heard those took no later one, and of five
// servers one that had been cut off never learned who leads.
TEST_CASE("a server that was cut off learns who leads, of five too", "[zookeeper:8]") {
  using guarantees::Fault;
  using guarantees::Kind;
  guarantees::Tallied tallied;
  const std::vector<Fault> faults{{Kind::pause_server, 1, 2000, 100}, {Kind::cut_server, 4, 2000, 8673}};
  CHECK(guarantees::run_case(5, 2, faults, tallied) == "");
}
