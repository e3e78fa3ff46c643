// PowerJob as the rest of the program knows it.
#pragma once

#include <ports/system.hpp>

namespace chronofault::powerjob {

/// The one object; register_system(powerjob::system()) makes it known.
const System& system();

}  // namespace chronofault::powerjob
