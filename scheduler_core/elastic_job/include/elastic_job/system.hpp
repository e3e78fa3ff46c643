// ElasticJob-Lite as the rest of the program knows it.
#pragma once

#include <ports/system.hpp>

namespace chronofault::elastic_job {

/// The one object; register_system(elastic_job::system()) makes it known.
const System& system();

}  // namespace chronofault::elastic_job
