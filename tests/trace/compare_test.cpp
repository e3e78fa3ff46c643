// Naming the first differing record.
#include <sstream>

#include <catch2/catch.hpp>

#include <sim/trace/compare.hpp>
#include <support/property.hpp>

namespace {

using namespace chronofault;
using namespace chronofault::sim;

PlainRecord record(RecordId id, std::string process, std::string label, std::vector<RecordId> causes) {
  PlainRecord made;
  made.id = id;
  made.step = id * 10;
  made.at = TrueTime::from_us(static_cast<std::int64_t>(id) * 1'000);
  made.process = std::move(process);
  made.kind = "send";
  made.label = std::move(label);
  made.detail = "7";
  made.causes = std::move(causes);
  return made;
}

TEST_CASE("the first differing record is shown in both versions with its causes", "[design:4]") {
  const std::vector<PlainRecord> a{record(1, "one", "start", {}), record(2, "one", "Ping", {1}),
                                   record(3, "two", "Pong", {1, 2})};
  std::vector<PlainRecord> b = a;
  CHECK(explain_difference(a, b).empty());
  b[2].process = "three";
  CHECK(first_difference(a, b) == 2);
  CHECK(explain_difference(a, b) ==
        "the runs part at record 3\n"
        "one run:\n"
        "  3 step 30 at 3000us two send Pong: 7\n"
        "    1 step 10 at 1000us one send start: 7\n"
        "    2 step 20 at 2000us one send Ping: 7\n"
        "      1 (above)\n"
        "the other run:\n"
        "  3 step 30 at 3000us three send Pong: 7\n"
        "    1 step 10 at 1000us one send start: 7\n"
        "    2 step 20 at 2000us one send Ping: 7\n"
        "      1 (above)\n");
  b = a;
  b.pop_back();
  CHECK(explain_difference(a, b).find("none: the run ended before it") != std::string::npos);
  b = a;
  b[1].causes.clear();
  CHECK(first_difference(a, b) == 1);
}

TEST_CASE("records go through a pipe unchanged", "[design:4]") {
  support::check_property("round trip", [](const std::string& text, const std::vector<RecordId>& causes) {
    PlainRecord odd = record(5, text, text + "\t\n\\", causes);
    odd.detail = "\\n" + text;
    const std::vector<PlainRecord> all{record(4, "", "", {}), odd};
    std::stringstream pipe;
    write_records(pipe, all);
    RC_ASSERT(read_records(pipe) == all);
  });
  std::istringstream junk("1\t2\n");
  CHECK_THROWS_AS(read_records(junk), std::runtime_error);
}

TEST_CASE("checkpoints are bisected to the first that differs", "[design:4]") {
  support::check_property("bisection", [](std::uint8_t length_a, std::uint8_t length_b, std::uint8_t parted) {
    const auto run = [&](std::size_t length, std::uint64_t after) {
      std::vector<Checkpoint> points;
      for (std::size_t i = 0; i < length; ++i) {
        points.push_back(Checkpoint{i * 64, TrueTime(), Hash128{i < parted ? 0 : after, i}});
      }
      return points;
    };
    const auto a = run(length_a, 1);
    const auto b = run(length_b, 2);
    const std::size_t common = std::min(a.size(), b.size());
    const auto found = first_difference(a, b);
    if (parted < common) {
      RC_ASSERT(found == std::size_t{parted});
    } else if (a.size() == b.size()) {
      RC_ASSERT(!found);
    } else {
      RC_ASSERT(found == common);
    }
  });
}

}  // namespace
