#include <elastic_job/errors.hpp>
#include <elastic_job/rules/job_instance.hpp>
#include <elastic_job/rules/task_context.hpp>

#include "../yaml.hpp"

namespace chronofault::elastic_job {

JobInstance::JobInstance(std::string id) : id(std::move(id)), ip(ip_of(this->id)) {}

// spec: elasticjob 11
std::string instance_yaml(const JobInstance& instance) {
  YamlWriter yaml;
  yaml.text("jobInstanceId", std::string_view(instance.id));
  yaml.text("serverIp", std::string_view(instance.ip));
  return yaml.take();
}

std::optional<JobInstance> instance_from_yaml(const std::string& text) {
  const auto document = parse_yaml(text);
  if (!document) throw JavaError("YAMLException", document.error());
  if (document->empty()) return std::nullopt;
  JobInstance instance;
  for (const YamlEntry& entry : *document) {
    if (entry.key == "jobInstanceId") {
      instance.id = entry.scalar.value_or("");
    } else if (entry.key == "serverIp") {
      instance.ip = entry.scalar.value_or("");
    } else if (entry.key != "labels") {
      throw JavaError("YAMLException", "Unable to find property '" + entry.key + "'");
    }
  }
  return instance;
}

}  // namespace chronofault::elastic_job
