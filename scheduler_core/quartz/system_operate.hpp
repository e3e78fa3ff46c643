// What an operator does: through a scheduler that is never started, in a process of its own, which only writes to the
// shared tables (quartz 1). Nodes see it at their next acquisition.
#pragma once

#include <ports/system.hpp>

namespace chronofault::quartz {

Task<OperatorResult> operate_tables(OperatorAction action, const ClusterSpec* cluster, Ports* ports);

}  // namespace chronofault::quartz
