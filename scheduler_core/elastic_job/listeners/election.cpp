// ElectionListenerManager: L1, L2.
#include <elastic_job/listeners.hpp>
#include <elastic_job/services/server_service.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 4.2 L1
// One round trip for every event of the job.
bool LeaderElectionListener::concerns(const DataChanged&) const { return !context_.is_shutdown(); }

Task<> LeaderElectionListener::data_changed(DataChanged event) {
  if (!concerns(event)) co_return;
  const bool has_leader = co_await leader_.has_leader();
  const JobInstance* const own = context_.instance();
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
// The test for leadership comes first, and asks where the leader is not in the cache.
bool LeaderAbdicationListener::concerns(const DataChanged& event) const {
  return !leader_.is_cached() || is_disabled(event);
}

bool LeaderAbdicationListener::is_disabled(const DataChanged& event) const {
  const JobInstance* const own = context_.instance();
  return own != nullptr && context_.paths.is_server_of(event.path, own->ip) && event.data == server_disabled;
}

Task<> LeaderAbdicationListener::data_changed(DataChanged event) {
  if (!concerns(event)) co_return;
  const bool leader = co_await leader_.is_leader();
  if (leader && is_disabled(event)) co_await leader_.remove_leader();
}

}  // namespace chronofault::elastic_job
