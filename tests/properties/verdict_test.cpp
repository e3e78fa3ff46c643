#include <catch2/catch.hpp>

#include <scenarios/property_names.hpp>
#include <scenarios/verdict.hpp>

#include "court.hpp"

using namespace court;
using namespace chronofault::literals;

namespace {

Verdict of(Court& c) {
  Verdict verdict;
  verdict.scenario = "court";
  verdict.variant = "plain";
  verdict.seed = 7;
  verdict.start = start;
  verdict.until = after(1_h);
  verdict.end = after(1_h);
  verdict.utc_offset = 8_h;
  verdict.settle = 90_s;
  verdict.properties = c.watch->finish(after(1_h));
  verdict.metrics = {{"messages", 3}};
  return verdict;
}

}  // namespace

TEST_CASE("every property that a scenario may name exists, and the other way round") {
  std::vector<std::string> names;
  for (const PropertyInfo& info : all_properties()) {
    names.emplace_back(info.name);
    CHECK_FALSE(info.says.empty());
    CHECK_FALSE(info.premise.empty());
    CHECK(find_property(info.name) == &info);
  }
  CHECK(names == property_names());
  CHECK(find_property("no-such-property") == nullptr);
}

TEST_CASE("a verdict as JSON and as text") {
  Court c;
  c.roster.add(job("a", once_at(10_s)));
  c.open().to(1_min);
  const Verdict verdict = of(c);
  CHECK(verdict.violated("no-lost-run"));
  CHECK_FALSE(verdict.violated("owner-acts"));
  CHECK_FALSE(verdict.violated("no-such-property"));
  const std::string json = to_json(verdict);
  CHECK(json == to_json(verdict));
  CHECK(json.find("\"start\": \"2022-02-24T11:00:00.000+08:00\"") != std::string::npos);
  CHECK(json.find("\"name\": \"no-lost-run\",\n      \"state\": \"violated\"") != std::string::npos);
  CHECK(json.find("\"at\": \"2022-02-24T11:00:40.000001+08:00\"") != std::string::npos);
  CHECK(json.find("\"total\": \"30s\"") != std::string::npos);
  CHECK(to_text(verdict).find("violated  no-lost-run") == 0);
}

TEST_CASE("only the properties that were asked for are watched; settles brings those that it rests on") {
  Court c;
  c.options.properties = {"owner-acts"};
  c.open();
  CHECK(c.watch->finish(after(1_h)).size() == 1);
  Court d;
  d.options.properties = {"settles"};
  d.open();
  CHECK(d.watch->finish(after(1_h)).size() == 3);
}

TEST_CASE("the first violation of a property is told once") {
  Court c;
  c.roster.add(job("a", each(1_min)));
  c.open();
  std::vector<std::string> told;
  c.watch->on_violation([&told](const Property& property) { told.push_back(property.name()); });
  c.to(5_min);
  CHECK(told == std::vector<std::string>{"no-lost-run"});
}
