// The bounds are those of P9.1: in a round every item starts before T + 30 s if an enabled instance stays online. A
// time that comes up while the job runs is skipped, and a later run makes up for it (elasticjob 7.7, 7.8).
#include "contract.hpp"

#include "job_book.hpp"
#include "keys.hpp"

namespace chronofault::elastic_job {

// spec: elasticjob 9.5 P9.1
JobContract contract_of(const JobSpec& job) {
  JobContract contract;
  contract.job = job.name;
  contract.schedule = job.schedule;
  if (const auto zone = text(job.native, key_time_zone); zone && !zone->empty()) contract.schedule.zone = *zone;
  contract.start_within.parts = {{"every item of a round starts, elasticjob 9.5 P9.1", Duration::seconds(30)}};
  contract.end_within.parts = {{"the other items of the round start, elasticjob 9.5 P9.1", Duration::seconds(30)},
                               {"allowance: requests", Duration::seconds(5)}};
  contract.misfire_threshold = Duration::ms(1);
  contract.misfire = MisfireRule::once;
  contract.overlap = job.overlap;
  contract.shards = job.shards;
  contract.retries = 0;
  contract.guarantee = chronofault::Guarantee::none;
  return contract;
}

}  // namespace chronofault::elastic_job
