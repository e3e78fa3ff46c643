// Recordings of real servers, replayed by the very engine that running systems use (database 8).
#include <filesystem>

#include <catch2/catch.hpp>

#include <scenarios/verify/verify.hpp>

using namespace chronofault::verify;

TEST_CASE("every recorded schedule comes out as on the real server", "[database:8]") {
  const std::string name =
      GENERATE(as<std::string>(), "mariadb-hermitage", "mariadb-directed", "mariadb-shapes", "mariadb-shapes-settled",
               "mariadb-random", "mariadb-random-settled", "postgresql-hermitage", "postgresql-directed",
               "postgresql-timing", "postgresql-shapes", "postgresql-random");
  Tally tally;
  checkers().at("database")(VectorFile::read("tests/vectors/database/" + name + ".jsonl.gz"), tally);
  CAPTURE(name);
  CHECK(tally.traces() > 0);
  for (const Difference& d : tally.differences()) {
    FAIL_CHECK(d.trace << " step " << d.step << " " << d.operation << "\n  expected " << d.expected << "\n  seen     "
                       << d.seen);
  }
  std::uint64_t skipped = 0;
  for (const auto& [operation, share] : tally.shares()) skipped += share.skipped;
  CHECK((skipped == 0 || name == "postgresql-hermitage" || name == "postgresql-directed"));
}

TEST_CASE("a recording that is damaged names its line", "[database:8]") {
  VectorFile file;
  file.path = "broken.jsonl";
  file.lines_are_cases = true;
  Tally tally;
  const auto trace = [](const std::string& table, const std::string& step) {
    return R"({"id":1,"server":"mariadb","family":"x","final":{},"tables":[{"name":"t",)" + table + R"(}],"steps":[)" +
           step + "]}";
  };
  const auto rows = [&](const std::string& all) {
    return trace(R"("cols":[["k","int"],["v","str"]],"pk":["k"],"idx":[],"rows":[)" + all + "]", "");
  };
  const auto step = [&](const std::string& one) {
    return trace(R"("cols":[["k","int"]],"pk":["k"],"idx":[],"rows":[])", R"({"s":1,"t":"t","res":{},)" + one + "}");
  };
  for (const std::string& text :
       {std::string("{"), std::string(R"({"id":1,"server":"oracle","family":"x","tables":[],"steps":[]})"),
        trace(R"("cols":[["k","int"]],"pk":["z"],"idx":[],"rows":[])", ""),
        trace(R"("cols":[["k","int"]],"pk":[],"idx":[],"rows":[])", ""),
        trace(R"("cols":[["k","float"]],"pk":["k"],"idx":[],"rows":[])", ""),
        trace(R"("cols":[["k","int"]],"pk":["k"],"idx":[["i",["z"],true]],"rows":[])", ""), rows("[1]"),
        rows(R"(["a","b"])"), rows(R"([1,"a"],[1,"b"])"), step(R"("op":"bogus")"), step(R"("op":"begin")"),
        step(R"("op":"begin","level":"XX")"), step(R"("op":"select","lock":"some")"),
        step(R"("op":"select","wait":"long")")}) {
    CAPTURE(text);
    file.lines = {{7, text}};
    CHECK_THROWS_WITH(checkers().at("database")(file, tally), Catch::Contains("broken.jsonl:7: "));
  }
}
