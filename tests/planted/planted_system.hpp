// A system whose one node tells the members of a group once a second, in an order that a policy spoils: by address, by
// the hash of addresses, or by memory that nobody wrote. Without a policy its runs are the same everywhere.
#pragma once

#include <ports/system.hpp>

namespace planted {

const chronofault::System& system();

}  // namespace planted
