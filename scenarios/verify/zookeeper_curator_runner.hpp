// Plays the steps of one curator trace and writes the answers as the recorder did: after each step it waits until
// nothing has been told for a while.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <coordination/curator_cache.hpp>
#include <coordination/path_children_cache.hpp>
#include <coordination/tree_cache.hpp>
#include <sim/zookeeper/client.hpp>

#include "zookeeper_link.hpp"
#include "zookeeper_session.hpp"

namespace chronofault::verify {

class CuratorRunner {
 public:
  /// All of it outlives the runner; `answers` gets one entry per step.
  CuratorRunner(const nlohmann::json& trace, Address server, std::vector<nlohmann::json>* answers);
  CuratorRunner(const CuratorRunner&) = delete;
  CuratorRunner& operator=(const CuratorRunner&) = delete;
  ~CuratorRunner();

  /// The recorder's program.
  Task<> play(Ports* ports);

 private:
  using json = nlohmann::json;

  Task<> connect();
  Task<> run(const json* step);
  Task<> write(const json* ops);
  Task<> start_cache(std::string kind);
  Task<> quiet(Duration silence);
  Task<> until_state(std::string state, Duration at_most);
  void note(std::string_view type, const std::optional<curator::ChildData>& data);

  const json& trace_;
  Address server_;
  std::vector<json>* answers_;
  Ports* ports_ = nullptr;
  HandSession writer_{"writer"};
  std::unique_ptr<ZooKeeperLink> link_;
  std::unique_ptr<sim::ZooKeeperClient> library_;
  std::unique_ptr<curator::Client> client_;
  std::unique_ptr<curator::TreeCache> tree_cache_;
  std::unique_ptr<curator::CuratorCache> curator_cache_;
  std::unique_ptr<curator::PathChildrenCache> children_cache_;
  json states_ = json::array();
  json events_ = json::array();
  MonoTime last_;
};

}  // namespace chronofault::verify
