// What PowerJob promises of a job or a workflow, as bounds made of its own constants (powerjob 9.1 P1).
#pragma once

#include <ports/system.hpp>
#include <powerjob/profile.hpp>

namespace chronofault::powerjob {

JobContract contract_of(const JobSpec& job, const ClusterSpec& cluster, const Profile& profile);
JobContract contract_of(const WorkflowSpec& workflow, const ClusterSpec& cluster, const Profile& profile);

}  // namespace chronofault::powerjob
