#include "database.hpp"

#include <fmt/format.h>

#include "database_format.hpp"
#include "database_replay.hpp"
#include "trace_json.hpp"

namespace chronofault::verify {
namespace {

using database::json;

class Comparison {
 public:
  Comparison(const VectorFile& file, int line, const json& trace, Tally& tally)
      : file_(file), line_(line), trace_(trace), tally_(tally) {}

  /// Every step and what is left at the end. `counts`: false: only differences are told.
  bool run(database::ResumeOrder order, bool counts) {
    database::Replay replay(trace_, order);
    const json& steps = trace_.at("steps");
    for (std::size_t i = 0; i < steps.size(); ++i) {
      database::Replay::Outcome seen;
      in_step(i + 1, [&] { seen = replay.step(i); });
      json of_step = {{"res", seen.result}};
      if (!seen.woke.empty()) of_step["woke"] = seen.woke;
      json expected = {{"res", steps.at(i).at("res")}};
      if (steps.at(i).contains("woke")) expected["woke"] = steps.at(i).at("woke");
      compare(fmt::format("{}", i + 1), steps.at(i).at("op").get<std::string>(), expected, of_step, counts);
    }
    compare("final", "final", trace_.at("final"), replay.final(), counts);
    return replay.raced();
  }

  void skip() {
    for (const json& step : trace_.at("steps")) tally_.skipped(step.at("op").get_ref<const std::string&>());
    tally_.skipped("final");
  }

 private:
  void compare(std::string step, std::string operation, const json& expected, const json& seen, bool counts) {
    if (expected == seen) {
      if (counts) tally_.reproduced(operation);
      return;
    }
    Difference difference;
    difference.file = file_.path;
    difference.line = line_;
    difference.trace = trace_id(trace_);
    difference.step = std::move(step);
    difference.operation = std::move(operation);
    difference.expected = expected.dump();
    difference.seen = seen.dump();
    tally_.differs(std::move(difference));
  }

  const VectorFile& file_;
  int line_;
  const json& trace_;
  Tally& tally_;
};

void check_schedule(const VectorFile& file, const VectorLine& line, Tally& tally) {
  const json trace = parse_trace(line.text);
  database::check_format(trace);
  tally.trace();
  Comparison comparison(file, line.number, trace, tally);
  if (trace.value("optional", 0) != 0) {
    comparison.skip();
    return;
  }
  // Results hold for every order in which sessions that were set free at once go on.
  if (comparison.run(database::ResumeOrder::first_freed, true)) {
    comparison.run(database::ResumeOrder::last_freed, false);
  }
}

}  // namespace

void verify_database(const VectorFile& file, Tally& tally) {
  for (const VectorLine& line : file.lines) {
    check_line(file, line.number, [&] { check_schedule(file, line, tally); });
  }
}

}  // namespace chronofault::verify
