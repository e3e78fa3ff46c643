// Kinds of message that a fault script may name.
#pragma once

#include <vector>

#include <ports/system.hpp>

namespace chronofault::scenarios {

/// The system's own, and those between it and the services that it uses.
std::vector<MessageKindInfo> message_kinds(const SystemInfo& info);

}  // namespace chronofault::scenarios
