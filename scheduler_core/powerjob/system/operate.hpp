// The operator's actions as a console makes them: HTTP calls to a server (powerjob 7.5, 7.8.8).
#pragma once

#include <ports/system.hpp>

namespace chronofault::powerjob {

Task<OperatorResult> operate_console(OperatorAction action, const ClusterSpec* cluster, Ports* ports);

}  // namespace chronofault::powerjob
