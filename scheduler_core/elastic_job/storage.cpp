#include <elastic_job/errors.hpp>
#include <elastic_job/storage.hpp>

#include "swallowing.hpp"

namespace chronofault::elastic_job {

Task<bool> JobNodeStorage::exists(std::string node) { return registry_.exists(paths_.full(node)); }
Task<Text> JobNodeStorage::get(std::string node) { return registry_.get(paths_.full(node)); }
Task<Text> JobNodeStorage::get_direct(std::string node) { return registry_.get_direct(paths_.full(node)); }
Task<std::vector<std::string>> JobNodeStorage::children(std::string node) {
  return registry_.children(paths_.full(node));
}

// spec: elasticjob 2.3 createIfNeeded
Task<> JobNodeStorage::create_if_needed(std::string node) {
  const bool root = co_await registry_.exists(paths_.root());
  if (!root) co_return;
  std::string path = paths_.full(node);
  const bool there = co_await registry_.exists(path);
  if (!there) co_await registry_.persist(std::move(path), "");
}

// spec: elasticjob 2.3 removeIfExists
Task<> JobNodeStorage::remove_if_exists(std::string node) {
  std::string path = paths_.full(node);
  const bool there = co_await registry_.exists(path);
  if (there) co_await registry_.remove(std::move(path));
}

Task<> JobNodeStorage::persist(std::string node, std::string data) {
  return registry_.persist(paths_.full(node), std::move(data));
}
Task<> JobNodeStorage::update(std::string node, std::string data) {
  return registry_.update(paths_.full(node), std::move(data));
}
Task<> JobNodeStorage::persist_ephemeral(std::string node, std::string data) {
  return registry_.persist_ephemeral(paths_.full(node), std::move(data));
}

// spec: elasticjob 2.3 tx
Task<> JobNodeStorage::transaction(TxBuilder build) {
  std::exception_ptr error;
  try {
    std::vector<TxOp> members = build();
    co_await registry_.multi(std::move(members));
  } catch (...) {
    error = std::current_exception();
  }
  co_await swallow_here(error);
}

Task<> JobNodeStorage::in_leader(std::string latch_node, std::function<Task<>()> body) {
  return registry_.in_leader(paths_.full(latch_node), std::move(body));
}

Task<std::int64_t> JobNodeStorage::registry_time() { return registry_.registry_time(paths_.full(system_time)); }

Task<bool> JobNodeStorage::root_exists() { return registry_.exists(paths_.root()); }
Task<Text> JobNodeStorage::root_data() { return registry_.get(paths_.root()); }
Task<> JobNodeStorage::persist_root(std::string data) { return registry_.persist(paths_.root(), std::move(data)); }

}  // namespace chronofault::elastic_job
