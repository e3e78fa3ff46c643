#include <elastic_job/services/leader_service.hpp>

#include "../swallowing.hpp"

namespace chronofault::elastic_job {

// spec: elasticjob 7.2 electLeader
Task<> LeaderService::elect() {
  std::function<Task<>()> body = [this] { return become_leader_if_none(); };
  co_await storage_.in_leader(node::leader_latch, std::move(body));
}

Task<> LeaderService::become_leader_if_none() {
  const bool taken = co_await has_leader();
  if (taken) co_return;
  std::string own = context_.own().id;
  co_await storage_.persist_ephemeral(node::leader_instance, std::move(own));
}

Task<bool> LeaderService::has_leader() { return storage_.exists(node::leader_instance); }

// spec: elasticjob 7.2 isLeader: cached, and by id alone.
Task<bool> LeaderService::is_leader() {
  if (context_.is_shutdown()) co_return false;
  const std::string own = context_.own().id;
  const Text* const cached = storage_.cached(node::leader_instance);
  if (cached != nullptr) co_return *cached == own;
  const Text leader = co_await storage_.get(node::leader_instance);
  co_return leader == own;
}

bool LeaderService::is_cached() const {
  return context_.is_shutdown() || storage_.cached(node::leader_instance) != nullptr;
}

// spec: elasticjob 7.2 isLeaderUntilBlock
Task<bool> LeaderService::is_leader_until_block() {
  while (true) {
    const bool known = co_await has_leader();
    if (known) break;
    const bool anyone = co_await servers_.has_available_servers();
    if (!anyone) break;
    co_await sleep_quietly(&context_.clock, short_wait);
    if (context_.is_shutdown()) continue;
    std::string own = context_.own().ip;
    const bool eligible = co_await servers_.is_available_server(std::move(own));
    if (eligible) co_await elect();
  }
  co_return co_await is_leader();
}

Task<> LeaderService::remove_leader() { return storage_.remove_if_exists(node::leader_instance); }

}  // namespace chronofault::elastic_job
