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
  CHECK(tallied.with_any * 5 >= tallied.cases);
  CHECK(tallied.with_expiry * 20 >= tallied.cases);
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
  CHECK(guarantees::run_case(0, faults, tallied) == "");
}
