// ThreadUtils.checkInterrupted: code that swallows an interrupt puts the flag up again for its callers. Called after
// the catch block, since no block that catches may await.
#pragma once

#include <ports/task/task.hpp>

namespace chronofault::curator {

inline Task<> keep_interrupt() {
  Fiber& self = co_await this_fiber;
  self.interrupt();
}

}  // namespace chronofault::curator
