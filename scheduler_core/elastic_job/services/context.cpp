#include <elastic_job/errors.hpp>
#include <elastic_job/services.hpp>

namespace chronofault::elastic_job {

const JobInstance& JobContext::own() const {
  if (!known_.instance) throw JavaError("NullPointerException", "no instance of " + job + " in this process");
  return *known_.instance;
}

std::vector<int> ShardingContexts::items() const {
  std::vector<int> items;
  for (const auto& [item, parameter] : item_parameters) items.push_back(item);
  return items;
}

}  // namespace chronofault::elastic_job
