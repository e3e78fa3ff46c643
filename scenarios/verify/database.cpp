#include "database.hpp"

#include <fmt/format.h>

#include "database_replay.hpp"

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
      const database::Replay::Outcome seen = replay.step(i);
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
    difference.trace = trace_.at("id").is_string() ? trace_.at("id").get<std::string>() : trace_.at("id").dump();
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

}  // namespace

void verify_database(const VectorFile& file, Tally& tally) {
  for (const VectorLine& line : file.lines) {
    try {
      const json trace = json::parse(line.text);
      tally.trace();
      Comparison comparison(file, line.number, trace, tally);
      if (trace.value("optional", 0) != 0) {
        comparison.skip();
        continue;
      }
      // Results hold for every order in which sessions that were set free at once go on.
      if (comparison.run(database::ResumeOrder::first_freed, true)) {
        comparison.run(database::ResumeOrder::last_freed, false);
      }
    } catch (const json::exception& error) {
      throw BadVectors(file.path, line.number, error.what());
    } catch (const database::BadTrace& bad) {
      throw BadVectors(file.path, line.number, bad.text);
    }
  }
}

}  // namespace chronofault::verify
