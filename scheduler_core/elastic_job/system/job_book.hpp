// Jobs as an application declares them: a scenario's job made into what a bootstrap takes.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <elastic_job/host/job.hpp>
#include <ports/system.hpp>

namespace chronofault::elastic_job {

class JobDefinitions {
 public:
  /// Never fails: what is wrong is in `problems`.
  explicit JobDefinitions(const ClusterSpec& cluster);

  /// Null: none of that name.
  const JobDefinition* find(const std::string& job) const;
  /// In the order of the scenario.
  const std::vector<std::string>& names() const noexcept { return names_; }

  Profile profile;
  std::vector<Objection> problems;

 private:
  void add(const JobSpec& spec);
  std::map<std::string, JobDefinition> definitions_;
  std::vector<std::string> names_;
};

/// The values of a scenario's map; others than of the kind asked for count as absent.
std::optional<std::int64_t> whole(const std::map<std::string, Value>& values, const char* key);
std::optional<bool> yes(const std::map<std::string, Value>& values, const char* key);
std::optional<std::string> text(const std::map<std::string, Value>& values, const char* key);
/// "a,b": without blanks and empty parts.
std::vector<std::string> listed(const std::string& text);

}  // namespace chronofault::elastic_job
