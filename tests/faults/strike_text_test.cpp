// What trace and timeline say of a fault: whom it struck, if its own words leave that open, and its end, if it has one.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "sensors.hpp"

namespace chronofault {
namespace {

using Lines = std::vector<std::string>;
using sim::RecordKind;

TEST_CASE("a fault says whom it struck") {
  sensors::Run run(
      "[{at: +10s, pause: {database: primary}, for: 1s}, {at: +20s, pause: a, for: 1s},"
      " {at: +30s, partition: {between: [a, b]}, for: 1s}]",
      {});
  const Lines texts{"pause: {database: primary} -> database", "pause: a", "partition: {between: [a, b]}"};
  CHECK(run.told(RecordKind::fault_on) == texts);
  CHECK(run.told(RecordKind::fault_off) == texts);
  // The plan says the rest itself.
  CHECK(run.run().strikes().size() == 3);
  CHECK(run.run().resolved() == Lines{"2024-03-01T09:00:10+00:00 pause: {database: primary} -> database"});
}

TEST_CASE("what is not taken back has no end") {
  sensors::Run run(
      "[{at: +10s, clock_step: {target: b, by: 5s}}, {at: +15s, reset: {between: [a, b]}},"
      " {at: +20s, crash: {target: b, stays_down: true}},"
      " {at: +30s, clock_offset: {target: a, to: 5s}}]",
      {});
  CHECK(run.told(RecordKind::fault_on).size() == 4);
  CHECK(run.told(RecordKind::fault_off).empty());
}

}  // namespace
}  // namespace chronofault
