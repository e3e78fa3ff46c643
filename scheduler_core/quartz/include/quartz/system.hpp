// Quartz as the rest of the program knows it: nodes of one scheduler over one database.
#pragma once

#include <ports/system.hpp>

namespace chronofault::quartz {

/// The one object; register_system(quartz::system()) makes it known.
const System& system();

}  // namespace chronofault::quartz
