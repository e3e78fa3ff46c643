// ZookeeperRegistryCenter: the registry on a Curator client (elasticjob 2.3, 2.4, 6.2), one per process, shared by all
// its jobs, with the cache of each of them.
#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>

#include <coordination/client.hpp>
#include <coordination/curator_cache.hpp>
#include <elastic_job/profile.hpp>
#include <elastic_job/registry.hpp>

namespace chronofault::elastic_job {

/// ZookeeperConfiguration.
struct RegistrySettings {
  RegistrySettings() = default;
  std::string server_lists;
  std::string name_space = "elasticjob";
  Duration base_sleep = Duration::ms(1000);            // baseSleepTimeMilliseconds
  Duration max_sleep = Duration::ms(3000);             // maxSleepTimeMilliseconds
  int max_retries = 3;                                 // maxRetries
  Duration session_timeout = Duration::ms(60'000);     // sessionTimeoutMilliseconds; upstream's 0 is Curator's default
  Duration connection_timeout = Duration::ms(15'000);  // connectionTimeoutMilliseconds; the same
};

class ZookeeperRegistry final : public Registry {
 public:
  ZookeeperRegistry(Ports& ports, RegistrySettings settings, const Profile& profile);
  ~ZookeeperRegistry() override;

  /// Starts the client and waits for the connection, at most maxSleep x maxRetries. Throws RegError: not connected.
  Task<> init();
  /// Closes the caches, pauses 500 ms, closes the session.
  Task<> close();

  /// addCacheData: the cache of `/J`, started. Its listeners may be added afterwards.
  Task<> add_cache(std::string root);
  /// Null: none.
  curator::CuratorCache* cache(const std::string& root) const;
  /// evictCacheData: the cache stops, and reads below the root are direct from now on.
  Task<> evict_cache(std::string root);
  curator::Client& client() noexcept { return client_; }

  Task<bool> exists(std::string path) override;
  Task<Text> get_direct(std::string path) override;
  Task<Text> get(std::string path) override;
  const Text* cached(std::string_view path) const override;
  Task<std::vector<std::string>> children(std::string path) override;
  Task<int> num_children(std::string path) override;
  Task<> persist(std::string path, std::string data) override;
  Task<> update(std::string path, std::string data) override;
  Task<> persist_ephemeral(std::string path, std::string data) override;
  Task<> remove(std::string path) override;
  Task<std::int64_t> registry_time(std::string path) override;
  Task<> multi(std::vector<TxOp> members) override;
  Task<> in_leader(std::string path, std::function<Task<>()> body) override;

 private:
  Task<> persist_or_throw(std::string path, std::string data);
  Task<> persist_ephemeral_or_throw(std::string path, std::string data);
  Task<> lead(std::string path, const std::function<Task<>()>* body);

  RegistrySettings settings_;
  curator::Client client_;
  std::map<std::string, std::unique_ptr<curator::CuratorCache>> caches_;      // by root
  std::unordered_map<std::string_view, const curator::CuratorCache*> roots_;  // the same, to look them up
  std::vector<std::unique_ptr<curator::CuratorCache>> evicted_;               // whose events may still be on their way
};

}  // namespace chronofault::elastic_job
