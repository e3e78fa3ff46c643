// Configurations of jobs as cases write them: upstream's keys as JSON, and the short words of events.
#pragma once

#include <elastic_job/job_configuration.hpp>

#include "elasticjob_case.hpp"

namespace chronofault::verify::elasticjob {

/// Sets what is given of the configuration's keys; marks them all as read.
void set_keys(const Facts& given, JobConfiguration& configuration);
/// False: it is no key of a configuration.
bool set_key(std::string_view key, const json& value, JobConfiguration& configuration);
/// All keys.
json keys_of(const JobConfiguration& configuration);

/// Data of the node `config` in an event: "yaml3" (3 items), "cron" and "nocron", "failover=false"; other text is
/// itself.
std::string config_data(const std::string& text, const Profile& profile);

}  // namespace chronofault::verify::elasticjob
