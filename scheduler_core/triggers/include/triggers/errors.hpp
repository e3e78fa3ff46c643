// What the trigger engine throws. They are upstream's exceptions and travel as those do: out of the cron expression,
// through a calendar and a trigger, to whoever asked for the next fire time (a scheduler thread, a job store, an API
// caller).
#pragma once

#include <stdexcept>

namespace chronofault::triggers {

/// java.lang.IllegalArgumentException.
struct IllegalArgument : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

/// java.util.NoSuchElementException: a cron field that holds no value was asked for its smallest one (quartz 7.3).
struct NoSuchElement : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The real search goes on for ever, or for hours (quartz 7.3 "Livelock"). Upstream the calling thread spins, with
/// whatever lock it holds; here the search is bounded and says so.
struct SearchDoesNotEnd : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace chronofault::triggers
