// Distributions, time zones, nearest names, includes.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>
#include <unistd.h>

#include <scenarios/distribution.hpp>
#include <scenarios/plan.hpp>
#include <scenarios/scenario.hpp>
#include <scenarios/time_zones.hpp>
#include <sim/kernel/random.hpp>

#include "fake_system.hpp"

using namespace chronofault;
using namespace chronofault::scenarios;

namespace {

class Fixed final : public RandomStream {
 public:
  explicit Fixed(std::uint64_t bits) : bits_(bits) {}
  std::uint64_t next() noexcept override { return bits_; }

 private:
  std::uint64_t bits_;
};

/// A folder of its own that goes with the test.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("chronofault-scenarios-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
    return (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

}  // namespace

TEST_CASE("an exponential draw is -ln(u) times the mean") {
  const Duration mean = Duration::seconds(1'000);
  for (const std::uint64_t bits :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1} << 32, (std::uint64_t{1} << 63) - 1,
        std::uint64_t{0xdead'beef'0123'4567}, UINT64_MAX - 1, UINT64_MAX}) {
    Fixed stream(bits);
    const double u = (static_cast<double>(bits) + 1) / 18446744073709551616.0;
    const double expected = -std::log(u) * 1e9;
    CHECK(std::abs(static_cast<double>(draw_exponential(stream, mean).count_us()) - expected) < 3);
  }
  Fixed half((std::uint64_t{1} << 63) - 1);
  CHECK(draw_exponential(half, mean).count_us() == 693'147'180);  // ln 2, rounded down
}

TEST_CASE("distributions stay within their bounds") {
  sim::Streams streams(11, nullptr);
  RandomStream& stream = streams.stream("d");
  const Distribution uniform = Distribution::uniform(Duration::us(5), Duration::us(9));
  const Distribution chosen{Distribution::Kind::choose, {Duration::seconds(3), Duration::seconds(1)}, {}};
  const Distribution weighted{Distribution::Kind::weighted, {Duration::seconds(3), Duration::seconds(1)}, {1, 0}};
  const Distribution capped{Distribution::Kind::exponential, {Duration::seconds(3), Duration::seconds(4)}, {}};
  const Distribution open{Distribution::Kind::exponential, {Duration::seconds(3)}, {}};
  std::int64_t sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    for (const Distribution* d : {&uniform, &chosen, &weighted, &capped}) {
      const Duration value = d->draw(stream);
      CHECK((value >= d->lowest() && value <= d->highest()));
    }
    sum += open.draw(stream).count_us();
  }
  CHECK(weighted.draw(stream) == Duration::seconds(3));
  CHECK(std::abs(sum / 10'000 - 3'000'000) < 100'000);
  Fixed lowest(0);
  CHECK(open.draw(lowest) <= open.highest());
  CHECK(open.highest() - open.draw(lowest) < Duration::ms(1));
}

TEST_CASE("zones are tables of the tz database") {
  TimeZones zones;
  const TimeZone* const shanghai = zones.find("Asia/Shanghai");
  REQUIRE(shanghai != nullptr);
  CHECK(shanghai->offset_at(WallTime::from_ms(1'645'671'540'000)) == Duration::hours(8));
  const TimeZone* const berlin = zones.find("Europe/Berlin");
  REQUIRE(berlin != nullptr);
  const WallTime jump = WallTime::from_ms(1'679'792'400'000);  // 2023-03-26T01:00:00Z
  CHECK(berlin->offset_at(jump - Duration::us(1)) == Duration::hours(1));
  CHECK(berlin->offset_at(jump) == Duration::hours(2));
  CHECK(zones.find("Europe/Berlin") == berlin);
  CHECK(zones.find("Europe/Berlim") == nullptr);
  CHECK(zones.find("") == nullptr);
  CHECK(zones.find("../../etc/passwd") == nullptr);
  REQUIRE(zones.find("-03:30") != nullptr);
  CHECK(zones.find("-03:30")->offset_at(jump) == -Duration::minutes(210));
  CHECK(tzdata_version().size() == 5);
}

TEST_CASE("the nearest name is near") {
  const std::vector<std::string> names = {"latency", "between", "owner", "Ping"};
  CHECK(nearest_name("latencyy", names) == "latency");
  CHECK(nearest_name("latnecy", names) == "latency");
  CHECK(nearest_name("ping", names) == "Ping");
  CHECK(nearest_name("x", names).empty());
  CHECK(nearest_name("quite other", names).empty());
}

TEST_CASE("include merges files relative to the file, and finds circles") {
  const Folder folder;
  folder.write(
      "base.yaml",
      "system: toy\nstart: 2022-02-24T10:59:00Z\nuntil: +1h\ncluster: {servers: [{name: s}]}\njobs: [{name: a}]\n");
  const std::string path = folder.write("own.yaml",
                                        "include: base.yaml\nscenario: own\nuntil: +2h\ncluster: {servers: [{name: "
                                        "t}]}\njobs: [{name: b}]\nexpect: [{property: settles, seeds: none}]\n");
  const auto scenario = read_scenario(path, "", support::fake_world());
  if (!scenario) FAIL(scenario.error().text());
  const auto plan = make_plan(*scenario, "plain", 1, support::fake_world());
  REQUIRE(plan);
  CHECK(plan->until - plan->start == Duration::hours(2));
  CHECK(plan->cluster.jobs.size() == 2);
  CHECK(plan->cluster.processes.at(0).name == "s");
  CHECK(plan->cluster.processes.at(1).name == "t");

  folder.write("x.yaml", "include: y.yaml\n");
  const std::string circle = folder.write("y.yaml", "scenario: y\ninclude: [x.yaml]\n");
  const auto bad = read_scenario(circle, "", support::fake_world());
  REQUIRE_FALSE(bad);
  CHECK(bad.error().text().ends_with("x.yaml:1:10: 'y.yaml' includes itself, directly or through others\n"));

  const auto missing = read_scenario(folder.write("z.yaml", "include: none.yaml\n"), "", support::fake_world());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().text().ends_with("z.yaml:1:10: include of 'none.yaml': no such file\n"));
  const auto nothing = read_scenario("no/such/file.yaml", "", support::fake_world());
  REQUIRE_FALSE(nothing);
  CHECK(nothing.error().text() == "no/such/file.yaml: no such file\n");
}

TEST_CASE("a script is told from a scenario") {
  const Folder folder;
  CHECK(is_chaos_script(folder.write("c.yaml", "faults: []\n")));
  CHECK_FALSE(is_chaos_script(folder.write("s.yaml", "system: toy\nfaults: []\n")));
  CHECK_FALSE(is_chaos_script("no/such/file.yaml"));
}
