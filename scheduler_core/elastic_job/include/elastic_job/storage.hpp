// JobNodeStorage: the same primitives on the nodes of one job, and what upstream adds to them (elasticjob 2.3).
#pragma once

#include <elastic_job/registry.hpp>
#include <elastic_job/rules/job_paths.hpp>

namespace chronofault::elastic_job {

/// Makes the members of a transaction; paths are whole ones. What it throws becomes a RegError, and nothing is sent.
using TxBuilder = std::function<std::vector<TxOp>()>;

/// Nodes are relative to the job.
class JobStorage {
 public:
  virtual ~JobStorage() = default;

  virtual Task<bool> exists(std::string node) = 0;
  /// From the process's cache, which may be older than the node.
  virtual Task<Text> get(std::string node) = 0;
  /// The same at once, until the next step. Null: get() would ask.
  virtual const Text* cached(std::string_view) const { return nullptr; }
  virtual Task<Text> get_direct(std::string node) = 0;
  virtual Task<std::vector<std::string>> children(std::string node) = 0;
  /// exists(root), exists(node); if the root is there and the node is not: persist(node, "").
  virtual Task<> create_if_needed(std::string node) = 0;
  /// exists; if there: remove.
  virtual Task<> remove_if_exists(std::string node) = 0;
  virtual Task<> persist(std::string node, std::string data) = 0;
  virtual Task<> update(std::string node, std::string data) = 0;
  virtual Task<> persist_ephemeral(std::string node, std::string data) = 0;
  virtual Task<> transaction(TxBuilder build) = 0;
  virtual Task<> in_leader(std::string latch_node, std::function<Task<>()> body) = 0;
  /// Of the registry centre's clock, in ms.
  virtual Task<std::int64_t> registry_time() = 0;

  virtual Task<bool> root_exists() = 0;
  /// Never cached.
  virtual Task<Text> root_data() = 0;
  virtual Task<> persist_root(std::string data) = 0;
};

class JobNodeStorage final : public JobStorage {
 public:
  JobNodeStorage(Registry& registry, std::string job) : registry_(registry), paths_(std::move(job)) {}

  Task<bool> exists(std::string node) override;
  Task<Text> get(std::string node) override;
  const Text* cached(std::string_view node) const override { return registry_.cached(paths_.full(node)); }
  Task<Text> get_direct(std::string node) override;
  Task<std::vector<std::string>> children(std::string node) override;
  Task<> create_if_needed(std::string node) override;
  Task<> remove_if_exists(std::string node) override;
  Task<> persist(std::string node, std::string data) override;
  Task<> update(std::string node, std::string data) override;
  Task<> persist_ephemeral(std::string node, std::string data) override;
  Task<> transaction(TxBuilder build) override;
  Task<> in_leader(std::string latch_node, std::function<Task<>()> body) override;
  Task<std::int64_t> registry_time() override;
  Task<bool> root_exists() override;
  Task<Text> root_data() override;
  Task<> persist_root(std::string data) override;

 private:
  Registry& registry_;
  JobPaths paths_;
};

}  // namespace chronofault::elastic_job
