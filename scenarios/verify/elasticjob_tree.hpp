// The tree as the services see it (JobStorage) and as the storage and the console see it (Registry), played.
#pragma once

#include <elastic_job/storage.hpp>

#include "elasticjob_answers.hpp"

namespace chronofault::verify::elasticjob {

/// Nodes are relative to the job. What is led in a latch is not run: cases call that by itself.
class PlayedStorage final : public JobStorage, Collaborator {
 public:
  explicit PlayedStorage(Log& log) : Collaborator(log) {}

  Task<bool> exists(std::string node) override;
  Task<Text> get(std::string node) override;
  Task<Text> get_direct(std::string node) override;
  Task<std::vector<std::string>> children(std::string node) override;
  Task<> create_if_needed(std::string node) override { return act(call_of("create_if_needed", node)); }
  Task<> remove_if_exists(std::string node) override { return act(call_of("remove_if_exists", node)); }
  Task<> persist(std::string node, std::string data) override { return act(call_of("persist", node, data)); }
  Task<> update(std::string node, std::string data) override { return act(call_of("update", node, data)); }
  Task<> persist_ephemeral(std::string node, std::string data) override {
    return act(call_of("persist_ephemeral", node, data));
  }
  Task<> transaction(TxBuilder build) override;
  Task<> in_leader(std::string latch_node, std::function<Task<>()> body) override;
  Task<std::int64_t> registry_time() override { return answer("zk_time", time_ms); }
  Task<bool> root_exists() override { return answer("root_exists", root_there); }
  Task<Text> root_data() override { return answer("root_data", root_text); }
  Task<> persist_root(std::string data) override { return act("persist_root=" + data); }

  Nodes nodes;
  bool root_there = true;
  Text root_text;
  std::int64_t time_ms = 0;
  std::vector<TxOp> committed;  // members of all transactions
};

/// Paths are whole ones.
class PlayedRegistry final : public Registry, Collaborator {
 public:
  explicit PlayedRegistry(Log& log) : Collaborator(log) {}

  Task<bool> exists(std::string path) override;
  Task<Text> get_direct(std::string path) override;
  Task<Text> get(std::string path) override;
  Task<std::vector<std::string>> children(std::string path) override;
  Task<int> num_children(std::string path) override;
  Task<> persist(std::string path, std::string data) override { return act(call_of("persist", path, data)); }
  Task<> update(std::string path, std::string data) override { return act(call_of("update", path, data)); }
  Task<> persist_ephemeral(std::string path, std::string data) override {
    return act(call_of("persist_ephemeral", path, data));
  }
  Task<> remove(std::string path) override { return act(call_of("remove", path)); }
  Task<std::int64_t> registry_time(std::string path) override { return answer(call_of("zk_time", path), time_ms); }
  Task<> multi(std::vector<TxOp>) override { return commit(&log(), multi_error); }
  Task<> in_leader(std::string path, std::function<Task<>()> body) override;

  Nodes nodes;
  std::int64_t time_ms = 0;
  std::exception_ptr multi_error;  // what the server answers to a multi; null: it is done

 private:
  static Task<> commit(Log* log, std::exception_ptr error);
};

}  // namespace chronofault::verify::elasticjob
