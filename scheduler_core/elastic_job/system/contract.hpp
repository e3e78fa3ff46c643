// What the job book holds ElasticJob to (elasticjob 9.5).
#pragma once

#include <ports/system.hpp>

namespace chronofault::elastic_job {

JobContract contract_of(const JobSpec& job);

}  // namespace chronofault::elastic_job
