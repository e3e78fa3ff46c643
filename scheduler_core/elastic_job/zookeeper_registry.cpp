#include <coordination/errors.hpp>
#include <coordination/leader_latch.hpp>
#include <elastic_job/errors.hpp>
#include <elastic_job/rules/java_order.hpp>
#include <elastic_job/zookeeper_registry.hpp>

#include "swallowing.hpp"

namespace chronofault::elastic_job {

namespace {

// spec: elasticjob 6.2
curator::Options client_options(const RegistrySettings& settings, const Profile& profile) {
  curator::Options options(settings.server_lists,
                           curator::exponential_backoff(settings.base_sleep, settings.max_retries, settings.max_sleep));
  options.session_timeout = settings.session_timeout;
  options.connection_timeout = settings.connection_timeout;
  options.name_space = settings.name_space;
  options.release = profile.release < Release::v3_0_4 ? curator::Release::v5_1 : curator::Release::v5_4;
  return options;
}

curator::Create create_as(zk::CreateMode mode) {
  curator::Create how;
  how.mode = mode;
  how.parents = curator::Parents::persistent;
  return how;
}

curator::Delete with_children() {
  curator::Delete how;
  how.children = true;
  return how;
}

}  // namespace

ZookeeperRegistry::ZookeeperRegistry(Ports& ports, RegistrySettings settings, const Profile& profile)
    : settings_(std::move(settings)), client_(ports, ports.coordination, client_options(settings_, profile)) {}

ZookeeperRegistry::~ZookeeperRegistry() = default;

Task<> ZookeeperRegistry::init() {
  client_.start();
  const bool connected = co_await client_.wait_connected(settings_.max_sleep * settings_.max_retries);
  if (connected) co_return;
  co_await client_.close();
  throw RegError("KeeperException: OPERATIONTIMEOUT");
}

Task<> ZookeeperRegistry::close() {
  for (const auto& [root, cache] : caches_) co_await cache->close();
  co_await sleep_quietly(&client_.clock(), Duration::ms(500));
  co_await client_.close();
}

// spec: elasticjob 2.4 CuratorCache(J)
Task<> ZookeeperRegistry::add_cache(std::string root) {
  auto cache = std::make_unique<curator::CuratorCache>(client_, root);
  curator::CuratorCache& started = *cache;
  const auto kept = caches_.insert_or_assign(std::move(root), std::move(cache)).first;
  roots_.insert_or_assign(kept->first, &started);
  std::exception_ptr error;
  try {
    co_await started.start();
  } catch (...) {
    error = std::current_exception();
  }
  co_await swallow_here(error);
}

curator::CuratorCache* ZookeeperRegistry::cache(const std::string& root) const {
  const auto found = caches_.find(root);
  return found == caches_.end() ? nullptr : found->second.get();
}

Task<> ZookeeperRegistry::evict_cache(std::string root) {
  const auto found = caches_.find(root);
  if (found == caches_.end()) co_return;
  evicted_.push_back(std::move(found->second));
  roots_.erase(found->first);
  caches_.erase(found);
  curator::CuratorCache& evicted = *evicted_.back();
  co_await evicted.close();
}

// spec: elasticjob 2.3 exists
Task<bool> ZookeeperRegistry::exists(std::string path) {
  std::exception_ptr error;
  try {
    const std::optional<zk::Stat> stat = co_await client_.exists(std::move(path), nullptr);
    co_return stat.has_value();
  } catch (...) {
    error = std::current_exception();
  }
  co_await swallow_here(error);
  co_return false;
}

// spec: elasticjob 2.3 getDirect
Task<Text> ZookeeperRegistry::get_direct(std::string path) {
  std::exception_ptr error;
  try {
    zk::Handle::Node node = co_await client_.get_data(std::move(path), nullptr);
    if (!node.data) throw JavaError("NullPointerException", "a node without data");
    co_return Text(std::move(*node.data));
  } catch (...) {
    error = std::current_exception();
  }
  co_await swallow_here(error);
  co_return Text();
}

// spec: elasticjob 2.3 get
Task<Text> ZookeeperRegistry::get(std::string path) {
  const Text* const stored = cached(path);
  if (stored != nullptr) co_return *stored;
  co_return co_await get_direct(std::move(path));
}

const Text* ZookeeperRegistry::cached(std::string_view path) const {
  // A job's name has no slash, so the root of its cache ends at the second one of the path.
  const std::size_t end = path.find('/', 1);
  const auto found = end == std::string_view::npos ? roots_.end() : roots_.find(path.substr(0, end));
  if (found == roots_.end()) return nullptr;
  const curator::ChildData* const stored = found->second->get(path);
  return stored == nullptr ? nullptr : &stored->data;
}

// spec: elasticjob 2.3 children
Task<std::vector<std::string>> ZookeeperRegistry::children(std::string path) {
  std::exception_ptr error;
  try {
    std::vector<std::string> names = co_await client_.get_children(std::move(path), nullptr);
    sort_descending(names);
    co_return names;
  } catch (...) {
    error = std::current_exception();
  }
  co_await swallow_here(error);
  co_return std::vector<std::string>();
}

Task<int> ZookeeperRegistry::num_children(std::string path) {
  std::exception_ptr error;
  try {
    const std::optional<zk::Stat> stat = co_await client_.exists(std::move(path), nullptr);
    co_return stat ? stat->num_children : 0;
  } catch (...) {
    error = std::current_exception();
  }
  co_await swallow_here(error);
  co_return 0;
}

// spec: elasticjob 2.3 persist
Task<> ZookeeperRegistry::persist(std::string path, std::string data) {
  std::exception_ptr error;
  try {
    co_await persist_or_throw(std::move(path), std::move(data));
  } catch (...) {
    error = std::current_exception();
  }
  co_await swallow_here(error);
}

Task<> ZookeeperRegistry::persist_or_throw(std::string path, std::string data) {
  const bool there = co_await exists(path);
  if (there) {
    co_await update(std::move(path), std::move(data));
    co_return;
  }
  co_await client_.create(std::move(path), std::move(data), create_as(zk::CreateMode::persistent));
}

// spec: elasticjob 2.3 update
Task<> ZookeeperRegistry::update(std::string path, std::string data) {
  std::exception_ptr error;
  try {
    std::vector<zk::Op> members;
    members.push_back(zk::Op::check(path, -1));
    members.push_back(zk::Op::set_data(std::move(path), std::move(data)));
    co_await client_.transaction(std::move(members));
  } catch (...) {
    error = std::current_exception();
  }
  co_await swallow_here(error);
}

// spec: elasticjob 2.3 persistEphemeral
Task<> ZookeeperRegistry::persist_ephemeral(std::string path, std::string data) {
  std::exception_ptr error;
  try {
    co_await persist_ephemeral_or_throw(std::move(path), std::move(data));
  } catch (...) {
    error = std::current_exception();
  }
  co_await swallow_here(error);
}

Task<> ZookeeperRegistry::persist_ephemeral_or_throw(std::string path, std::string data) {
  const bool there = co_await exists(path);
  if (there) co_await client_.remove(path, with_children());
  co_await client_.create(std::move(path), std::move(data), create_as(zk::CreateMode::ephemeral));
}

// spec: elasticjob 2.3 remove
Task<> ZookeeperRegistry::remove(std::string path) {
  std::exception_ptr error;
  try {
    co_await client_.remove(std::move(path), with_children());
  } catch (...) {
    error = std::current_exception();
  }
  co_await swallow_here(error);
}

// spec: elasticjob 2.3 zkTime
Task<std::int64_t> ZookeeperRegistry::registry_time(std::string path) {
  co_await persist(path, "");
  std::exception_ptr error;
  std::int64_t time = 0;
  try {
    const std::optional<zk::Stat> stat = co_await client_.exists(std::move(path), nullptr);
    if (!stat) throw JavaError("NullPointerException", "no node for the time");
    time = stat->mtime_ms;
  } catch (...) {
    error = std::current_exception();
  }
  co_await swallow_here(error);
  if (time == 0) throw IllegalStateError("Cannot get registry center time.");
  co_return time;
}

// spec: elasticjob 2.3 tx
Task<> ZookeeperRegistry::multi(std::vector<TxOp> members) {
  std::vector<zk::Op> ops;
  ops.push_back(zk::Op::check("/", -1));
  for (TxOp& member : members) {
    if (member.kind == TxOp::Kind::create) {
      ops.push_back(zk::Op::create(std::move(member.path), std::move(member.data), zk::CreateMode::persistent));
    } else {
      ops.push_back(zk::Op::del(std::move(member.path)));
    }
  }
  co_await client_.transaction(std::move(ops));
}

// spec: elasticjob 2.3 inLeader
Task<> ZookeeperRegistry::in_leader(std::string path, std::function<Task<>()> body) {
  std::exception_ptr error;
  bool interrupted = false;
  try {
    co_await lead(std::move(path), &body);
  } catch (const Interrupted&) {
    interrupted = true;
  } catch (...) {
    error = std::current_exception();
  }
  if (error) throw JobSystemError(describe(error));
  if (interrupted) co_await curator::keep_interrupt();
}

Task<> ZookeeperRegistry::lead(std::string path, const std::function<Task<>()>* body) {
  curator::LeaderLatch latch(client_, std::move(path));
  std::exception_ptr error;
  try {
    latch.start();
    co_await latch.await();
    co_await (*body)();
  } catch (...) {
    error = std::current_exception();
  }
  // try-with-resources: what close() throws beside another error is suppressed.
  try {
    co_await latch.close();
  } catch (...) {
    if (!error) error = std::current_exception();
  }
  if (error) std::rethrow_exception(error);
}

}  // namespace chronofault::elastic_job
