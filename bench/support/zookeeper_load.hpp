// Clients that ask an ensemble of three servers without end, over sessions, connections and the simulated network.
#pragma once

#include <ports/time.hpp>

namespace bench {

/// Requests per CPU second of all clients together, over this much virtual time.
double zookeeper_operations(bool writes, chronofault::Duration busy);

}  // namespace bench
