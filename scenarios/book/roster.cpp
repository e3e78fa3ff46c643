#include <algorithm>

#include <ports/assert.hpp>
#include <scenarios/roster.hpp>

namespace chronofault::scenarios {

namespace {

// The scopes that a process serves: the values of its role's own keys (`app: monkey`), as far as some job has such a
// scope. A process that names none of them serves everybody.
std::vector<std::string> scopes_of(const ProcessEntry& entry, const std::vector<DeclaredJob>& jobs) {
  std::vector<std::string> scopes;
  for (const auto& [key, value] : entry.keys) {
    const std::string text = to_string(value);
    const bool known = std::any_of(jobs.begin(), jobs.end(), [&](const DeclaredJob& j) { return j.scope == text; });
    if (known) scopes.push_back(text);
  }
  return scopes;
}

}  // namespace

Roster::Roster(const System& system, const ClusterSpec& cluster) {
  for (const JobSpec& spec : cluster.jobs) {
    DeclaredJob job;
    job.name = spec.name;
    job.enabled = spec.enabled;
    job.contract = system.contract(spec, cluster);
    job.scope = system.scope_of(spec.name, cluster);
    add(std::move(job));
  }
  for (const WorkflowSpec& spec : cluster.workflows) {
    DeclaredJob job;
    job.name = spec.name;
    job.workflow = true;
    job.contract = system.contract(spec, cluster);
    job.scope = system.scope_of(spec.name, cluster);
    job.nodes = spec.nodes;
    job.edges = spec.edges;
    add(std::move(job));
  }
  for (const ProcessEntry& entry : cluster.processes) {
    add(CastMember(entry.name, entry.role, scopes_of(entry, jobs_)));
  }
}

JobIndex Roster::add(DeclaredJob job) {
  const auto index = static_cast<JobIndex>(jobs_.size());
  job.contract.job = job.name;
  job.contract.workflow = job.workflow;
  const bool fresh = index_.emplace(job.name, index).second;
  CF_ASSERT(fresh);  // the reader refuses two of one name
  jobs_.push_back(std::move(job));
  return index;
}

JobIndex Roster::find(std::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? none : found->second;
}

std::string_view Roster::role_of(std::string_view process) const {
  for (const CastMember& member : cast_) {
    if (member.name == process) return member.role;
  }
  return {};
}

Duration Roster::longest_bound() const {
  Duration longest;
  for (const DeclaredJob& job : jobs_) {
    longest = std::max(longest, job.contract.start_within.total() + job.contract.end_within.total());
  }
  return longest;
}

std::string to_string(const Bound& bound) {
  std::string text = to_string(bound.total());
  const char* sign = " = ";
  for (const Bound::Part& part : bound.parts) {
    text += sign + to_string(part.length) + " " + part.what;
    sign = " + ";
  }
  return text;
}

}  // namespace chronofault::scenarios
