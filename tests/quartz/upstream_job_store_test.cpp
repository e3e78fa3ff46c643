// Facts of upstream's tests of job stores and schedulers, through the checker that users have (quartz 12).
#include <catch2/catch.hpp>

#include <scenarios/verify/verify.hpp>

#include "../../scenarios/verify/quartz.hpp"

using namespace chronofault;

TEST_CASE("facts of upstream's tests of job stores", "[quartz:5.3][quartz:7.11][quartz:12]") {
  verify::Tally tally;
  verify::verify_quartz(verify::VectorFile::read("tests/vectors/quartz/upstream_job_store.json.gz"), tally);
  CHECK(tally.traces() == 8);
  for (const verify::Difference& d : tally.differences()) {
    UNSCOPED_INFO(d.trace << " " << d.step << " " << d.operation << ": expected " << d.expected << ", got " << d.seen);
  }
  CHECK(tally.different() == 0);
  CHECK(tally.shares().find("story")->second.reproduced == 5);
  CHECK(tally.shares().find("words") == tally.shares().end());
}

TEST_CASE("a fact that does not hold is told, one in unknown words is left out", "[quartz:12]") {
  const auto file = [](std::string cases) {
    verify::VectorFile f;
    f.path = "upstream_job_store.json";
    f.name = "upstream_job_store";
    f.lines.push_back({1, R"({"cases":[)" + std::move(cases) + "]}"});
    return f;
  };
  verify::Tally tally;
  verify::verify_quartz(file(R"x({"name":"x","steps":[["store","t (in 5 s)"],["state","t","PAUSED"]]})x"), tally);
  CHECK(tally.different() == 2);
  CHECK(tally.differences().at(0).seen == R"("NORMAL")");
  verify::verify_quartz(file(R"({"name":"y","setup":"some words","expect":"more"})"), tally);
  CHECK(tally.shares().find("words")->second.skipped == 1);
  verify::verify_quartz(file(R"({"name":"z","steps":[["dance"]]})"), tally);
  CHECK(tally.shares().find("words")->second.skipped == 3);  // on each store
  CHECK_THROWS_AS(verify::verify_quartz(file(R"({"name":"z","steps":[["release","t"]]})"), tally), verify::BadVectors);
}
