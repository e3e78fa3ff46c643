// ElectionListenerManager: L1, L2.
#include <elastic_job/listeners.hpp>
#include <elastic_job/services/server_service.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 4.2 L1
Task<> LeaderElectionListener::data_changed(DataChanged event) {
  if (context_.is_shutdown()) co_return;
  // One round trip for every event of the job.
  const bool has_leader = co_await leader_.has_leader();
  const JobInstance* const own = context_.registry.instance(context_.job);
  if (own == nullptr) co_return;
  bool elects = !has_leader && context_.paths.is_server_of(event.path, own->ip) && event.data != server_disabled;
  if (!elects && context_.paths.is_leader_instance(event.path) && event.type == DataChanged::Type::deleted) {
    std::string ip = own->ip;
    elects = co_await servers_.is_available_server(std::move(ip));
  }
  if (elects) co_await leader_.elect();
}

// spec: elasticjob 4.2 L2
// spec: elasticjob 7.11
Task<> LeaderAbdicationListener::data_changed(DataChanged event) {
  const bool leader = co_await leader_.is_leader();
  const JobInstance* const own = context_.registry.instance(context_.job);
  if (!leader || own == nullptr) co_return;
  const bool disabled = context_.paths.is_server_of(event.path, own->ip) && event.data == server_disabled;
  if (disabled) co_await leader_.remove_leader();
}

}  // namespace chronofault::elastic_job
