// Sequences of operations that Quartz 2.3.2's own job stores carried out (quartz 12), through the checker that users
// have: memory, a database alone, a database shared by a cluster.
#include <catch2/catch.hpp>

#include <scenarios/verify/verify.hpp>

#include "../../scenarios/verify/quartz.hpp"

using namespace chronofault;

TEST_CASE("recorded sequences of job stores",
          "[quartz:5.1][quartz:5.2][quartz:5.3][quartz:7.9][quartz:7.10][quartz:7.11][quartz:7.12][quartz:7.13]"
          "[quartz:7.14][quartz:7.14b][quartz:7.15][quartz:7.16][quartz:7.17][quartz:12]") {
  verify::Tally tally;
  verify::verify_quartz(verify::VectorFile::read("tests/vectors/quartz/jobstore_traces.jsonl.gz"), tally);
  CHECK(tally.traces() == 55);
  for (const verify::Difference& d : tally.differences()) {
    UNSCOPED_INFO(d.trace << " " << d.step << " " << d.operation << ": expected " << d.expected << ", got " << d.seen);
  }
  CHECK(tally.different() == 0);
  std::uint64_t steps = 0;
  for (const auto& [operation, share] : tally.shares()) steps += share.reproduced;
  CHECK(steps == 2'160);
}

namespace {

verify::VectorFile recording(std::string text) {
  verify::VectorFile f;
  f.path = "jobstore_traces.jsonl";
  f.name = "jobstore_traces";
  f.lines_are_cases = true;
  f.lines.push_back({1, std::move(text)});
  return f;
}

/// One check-in of node A, with these answers.
std::string check_in(const std::string& result, const std::string& row) {
  return R"({"i":"x","store":"jdbc-clustered","misfireThreshold":60000,"maxMisfires":20,"checkinInterval":7500,"steps":)"
         R"([{"now":1500000000000,"node":"A","op":"checkin","res":)" +
         result + R"(,"d":{"S|A":")" + row + R"("}}]})";
}

}  // namespace

TEST_CASE("a step that differs is told, a damaged sequence is refused", "[quartz:12]") {
  verify::Tally right;
  verify::verify_quartz(recording(check_in("false", "1500000000000,7500")), right);
  CHECK(right.different() == 0);
  for (const std::string& wrong : {check_in("true", "1500000000000,7500"), check_in("false", "1500000000001,7500")}) {
    verify::Tally tally;
    verify::verify_quartz(recording(wrong), tally);
    REQUIRE(tally.different() == 1);
    CHECK(tally.differences().front().step == "1");
    CHECK(tally.differences().front().operation == "jdbc-clustered checkin");
  }
  for (
      const char* damaged :
      {R"({"i":"x","store":"jdbc","misfireThreshold":1,"maxMisfires":1,"checkinInterval":1,"steps":[{"now":1,"node":"A"}]})",
       R"({"i":"x","store":"ram","misfireThreshold":1,"steps":[]})",
       R"({"i":"x","store":"ram","misfireThreshold":1,"steps":[{"now":1,"node":"A","op":"dance","d":{}}]})",
       R"({"i":"x","store":"ram","misfireThreshold":1,"steps":[{"now":1,"node":"A","op":"release","t":"a.b","f":"F1","d":{}}]})"}) {
    INFO(damaged);
    verify::Tally tally;
    CHECK_THROWS_AS(verify::verify_quartz(recording(damaged), tally), verify::BadVectors);
  }
}
