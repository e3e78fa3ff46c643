// What Curator itself throws. Failures of operations are the port's (ports/coordination/errors.hpp).
#pragma once

#include <string>

namespace chronofault::curator {

/// IllegalStateException: the client was not started, or is closed; a recipe was started twice.
struct IllegalState {
  explicit IllegalState(std::string what) : what(std::move(what)) {}
  std::string what;
};

/// IllegalMonitorStateException: release of a lock that is not held.
struct IllegalMonitorState {
  explicit IllegalMonitorState(std::string path) : path(std::move(path)) {}
  std::string path;
};

/// EOFException: the latch was closed while it was awaited.
struct LatchClosed {};

/// IOException of acquire(): the client was closed while the lock was waited for.
struct LockLost {
  explicit LockLost(std::string path) : path(std::move(path)) {}
  std::string path;
};

/// CancelLeadershipException: thrown by a selector's listener to have the leader interrupted.
struct CancelLeadership {};

}  // namespace chronofault::curator
