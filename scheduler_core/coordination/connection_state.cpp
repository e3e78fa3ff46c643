#include <coordination/connection_state.hpp>

namespace chronofault::curator {

std::string_view name_of(ConnectionState state) noexcept {
  switch (state) {
    case ConnectionState::connected:
      return "CONNECTED";
    case ConnectionState::suspended:
      return "SUSPENDED";
    case ConnectionState::reconnected:
      return "RECONNECTED";
    case ConnectionState::lost:
      return "LOST";
    case ConnectionState::read_only:
      return "READ_ONLY";
  }
  return "?";
}

bool is_connected(ConnectionState state) noexcept {
  return state == ConnectionState::connected || state == ConnectionState::reconnected ||
         state == ConnectionState::read_only;
}

bool is_error(ErrorPolicy policy, ConnectionState state) noexcept {
  return state == ConnectionState::lost || (policy == ErrorPolicy::standard && state == ConnectionState::suspended);
}

}  // namespace chronofault::curator
