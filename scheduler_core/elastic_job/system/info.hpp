// What a scenario may say about ElasticJob, as data.
#pragma once

#include <ports/system.hpp>

namespace chronofault::elastic_job {

const SystemInfo& system_info();

}  // namespace chronofault::elastic_job
