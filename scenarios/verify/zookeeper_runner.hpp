// Plays the steps of one trace against simulated servers and writes the answers as the recorders did.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "zookeeper_json.hpp"
#include "zookeeper_session.hpp"
#include "zookeeper_world.hpp"

namespace chronofault::verify {

class ZooKeeperRunner {
 public:
  /// `trace` outlives the runner; `answers` gets one entry per step that was answered.
  ZooKeeperRunner(const nlohmann::json& trace, ZooKeeperWorld& world, std::vector<nlohmann::json>* answers);
  ZooKeeperRunner(const ZooKeeperRunner&) = delete;
  ZooKeeperRunner& operator=(const ZooKeeperRunner&) = delete;

  /// The recorder's program.
  Task<> play(Ports* ports);

 private:
  using json = nlohmann::json;
  using SessionEvents = std::map<std::string, std::vector<HandSession::Event>>;

  // Steps of all kinds: zookeeper_runner.cpp
  Task<json> run(const json* step);
  Task<json> answer(const json* step);
  Task<json> plain(HandSession* session, const json* step);
  Task<json> connect(const json* step);
  Task<json> reconnect(HandSession* session, const json* step);
  Task<json> close(HandSession* session);
  Task<json> expire(HandSession* session, const json* step);
  Task<json> batch(HandSession* session, const json* step);
  Task<json> wait_reaped(HandSession* session, const json* step);
  Task<> barrier();
  json zxid_text(zk::Zxid zxid) const;
  json described(const zk::Result& result);
  void collect(HandSession& session);
  void check_times(const zk::Result& result);
  Address server_of(const json& step) const;

  // Faults, and what only three servers have: zookeeper_faults.cpp
  Task<> prepare();
  Task<> lead(std::int32_t wanted);
  Task<> settle(bool catch_up);
  Task<json> fault(const json* step);
  Task<json> send_only(HandSession* session, const json* step);
  Task<bool> closed_by_server(HandSession* session);
  bool settled() const;
  bool up(std::int32_t server) const;
  bool reachable(const HandSession& session) const;

  const json& trace_;
  ZooKeeperWorld& world_;
  std::vector<json>* answers_;
  bool ensemble_;
  Ports* ports_ = nullptr;
  std::map<std::string, std::unique_ptr<HandSession>> sessions_;
  std::vector<std::string> order_;  // of creation
  std::map<std::string, std::unique_ptr<Connection>> old_;
  std::map<std::string, std::int32_t> at_;  // server of each session
  std::map<zk::SessionId, std::string> names_;
  std::map<zk::Zxid, std::int64_t> times_;
  bool time_differs_ = false;
  bool leader_known_ = false;  // no barrier between a fault and the step that waits for the servers to settle
  Notation notation_;
  SessionEvents seen_;  // by the running step
  zk::Zxid base_ = 0;
  zk::Zxid top_ = 0;
};

}  // namespace chronofault::verify
