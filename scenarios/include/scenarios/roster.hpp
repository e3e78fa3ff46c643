// Who plays: what the scenario declares, each job and workflow with the contract that its system is held to, and the
// processes with their roles. Made once per run, before the first step; the book and all properties read it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ports/system.hpp>

namespace chronofault::scenarios {

using JobIndex = std::uint32_t;
inline constexpr std::uint32_t none = 0xffff'ffff;  // no such job, run or fire

struct DeclaredJob {
  DeclaredJob() = default;
  std::string name;
  bool workflow = false;
  bool enabled = true;
  JobContract contract;
  std::string scope;                                       // of ownership; empty: nobody owns it
  std::vector<std::string> nodes;                          // workflow: names of jobs
  std::vector<std::pair<std::string, std::string>> edges;  // workflow: (before, after)
};

struct CastMember {
  CastMember() = default;
  CastMember(std::string name, std::string role, std::vector<std::string> scopes = {})
      : name(std::move(name)), role(std::move(role)), scopes(std::move(scopes)) {}
  std::string name;
  std::string role;
  std::vector<std::string> scopes;  // those that it serves (its own keys, such as `app`); empty: every one
};

class Roster {
 public:
  Roster() = default;
  /// Asks the system for the contract and the scope of everything that the cluster declares.
  Roster(const System& system, const ClusterSpec& cluster);

  JobIndex add(DeclaredJob job);
  void add(CastMember member) { cast_.push_back(std::move(member)); }

  JobIndex find(std::string_view name) const;  // `none`: nobody declared it
  const DeclaredJob& job(JobIndex index) const { return jobs_[index]; }
  DeclaredJob& job(JobIndex index) { return jobs_[index]; }
  const std::vector<DeclaredJob>& jobs() const noexcept { return jobs_; }
  const std::vector<CastMember>& cast() const noexcept { return cast_; }
  /// Empty: not of the cast (the database, the operator).
  std::string_view role_of(std::string_view process) const;

  /// The largest start_within + end_within of all contracts.
  Duration longest_bound() const;

 private:
  std::vector<DeclaredJob> jobs_;
  std::map<std::string, JobIndex, std::less<>> index_;
  std::vector<CastMember> cast_;
};

/// "45s = 15s schedule pass period, powerjob 3.1.1 + 30s look-ahead, powerjob 3.1.1".
std::string to_string(const Bound& bound);

}  // namespace chronofault::scenarios
