// What the callback of a background operation is told.
#pragma once

#include <functional>

#include <ports/coordination/types.hpp>
#include <ports/task/task.hpp>

namespace chronofault::curator {

struct BackgroundAnswer : zk::Result {
  BackgroundAnswer() = default;
  explicit BackgroundAnswer(zk::Result result) : zk::Result(std::move(result)) {}
  /// The client stayed disconnected until the retry policy gave up: nothing was sent last. Upstream hands out an event
  /// of type WATCHED then.
  bool unsent = false;
};

/// Runs on the handle's event thread or, where `unsent`, on the Framework thread; kept until the task that it made has
/// ended. What it throws is dropped.
using BackgroundCallback = std::function<Task<>(BackgroundAnswer answer)>;

}  // namespace chronofault::curator
