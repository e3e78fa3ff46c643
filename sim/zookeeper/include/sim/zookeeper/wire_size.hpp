// How long a message is on upstream's wire: what jute.maxbuffer is held against. The four bytes that announce the
// length are not part of it. Only clients' connections have a limit here (docs/fidelity.md).
#pragma once

#include <cstdint>

#include <ports/message.hpp>

namespace chronofault::sim {

/// Of a request, a reply, an event or watches that are set again; 0: another message, which is never long.
std::int64_t wire_size(const Body& body);

}  // namespace chronofault::sim
