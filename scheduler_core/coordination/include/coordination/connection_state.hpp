// What Curator makes of a handle's connection events (zookeeper 10, connection state).
#pragma once

#include <functional>
#include <string_view>

#include <ports/task/task.hpp>

namespace chronofault::curator {

enum class ConnectionState {
  connected,    // the first success ever
  suspended,    // the connection is lost, the session may live on
  reconnected,  // after suspended or lost
  lost,         // the session is over, or has to be taken as over
  read_only,    // never reported: read-only mode of the servers is not modelled
};
/// "SUSPENDED": upstream's name.
std::string_view name_of(ConnectionState state) noexcept;
/// connected, reconnected, read_only.
bool is_connected(ConnectionState state) noexcept;

/// Which states count as errors for recipes: standard: suspended and lost; session: lost alone.
enum class ErrorPolicy { standard, session };
bool is_error(ErrorPolicy policy, ConnectionState state) noexcept;

/// Runs on the ConnectionStateManager thread, one at a time: a listener that blocks holds up all later states, and the
/// end of a suspended session with them. What it throws is dropped.
using StateListener = std::function<Task<>(ConnectionState state)>;

}  // namespace chronofault::curator
