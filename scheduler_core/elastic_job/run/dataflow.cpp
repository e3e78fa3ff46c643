#include <algorithm>

#include <elastic_job/dataflow.hpp>

namespace chronofault::elastic_job {

bool is_streaming(const JobConfiguration& configuration) {
  const auto found = configuration.props.find("streaming.process");
  if (found == configuration.props.end()) return false;
  const auto same = [](char a, char b) { return (a | 0x20) == b; };
  constexpr std::string_view yes = "true";
  return std::equal(found->second.begin(), found->second.end(), yes.begin(), yes.end(), same);
}

// spec: elasticjob 7.6 Dataflow job
Task<> DataflowExecutor::process(const JobConfiguration& configuration, JobFacade& facade, ShardingContext context) {
  const bool streaming = is_streaming(configuration);
  while (true) {
    std::vector<std::string> data = co_await job_.fetch_data(context);
    if (data.empty()) co_return;
    co_await job_.process_data(context, std::move(data));
    if (!streaming) co_return;
    const bool necessary = co_await facade.is_need_sharding();
    if (necessary) co_return;
  }
}

}  // namespace chronofault::elastic_job
