// Where a replay stops: `--until STEP|TIME`.
#pragma once

#include <string>

#include <tl/expected.hpp>

#include <scenarios/plan.hpp>
#include <scenarios/run.hpp>

namespace chronofault::cli {

/// Sets the stop in `options`. A number is a step; +90s counts from the plan's start; a time of day is the first such
/// instant at or after the start, in the start's zone; a date with a time is that instant, in the same zone unless it
/// names its own. Otherwise the message. A step or an instant may lie after the end of the run, however far.
tl::expected<void, std::string> read_until(const std::string& text, const scenarios::Plan& plan,
                                           scenarios::RunOptions& options);

}  // namespace chronofault::cli
