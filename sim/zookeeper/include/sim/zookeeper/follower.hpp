// A follower (zookeeper 8): one connection to the leader, over which it is brought up to date, gets proposals and
// commits, and sends its clients' writes. It serves reads from its own tree and knows nothing of expiry until it
// applies it. When the leader is silent for syncLimit ticks, or the connection ends, the role is left.
#pragma once

#include <deque>
#include <map>

#include <sim/zookeeper/log_writer.hpp>
#include <sim/zookeeper/peer_messages.hpp>
#include <sim/zookeeper/role.hpp>

namespace chronofault::sim {

class Follower final : public Role {
 public:
  Follower(ZooKeeperServer& server, std::int32_t leader);
  ~Follower() override;
  Task<> run() override;
  bool serving() const noexcept override { return serving_ && !log_.failed(); }
  bool touch(zk::SessionId session, std::int64_t timeout_ms) override {
    touched_[session] = timeout_ms;
    return true;
  }
  zk::Code admit_read(zk::SessionId) override { return zk::Code::ok; }
  bool one_queue() const noexcept override { return false; }
  bool orders_sync() const noexcept override { return true; }
  void order(const ServerRequest& request) override;
  void revalidate(const ClientConnectionPtr& connection) override;
  bool expire(zk::SessionId) override { return false; }
  void applied(const Txn&) override {}

 private:
  Task<> connect();
  Task<> follow();
  Task<> watch_silence(Duration limit);
  void synchronise(const ZabSynchronise& message);
  void take(const Body& body);
  void commit_until(Zxid zxid);

  ZooKeeperServer& server_;
  std::int32_t leader_;
  std::unique_ptr<Connection> link_;
  LogWriter log_;
  std::deque<TxnPtr> proposed_;
  std::map<zk::SessionId, std::int64_t> touched_;  // since the leader's last ping, with timeouts in ms
  bool serving_ = false;
  bool given_up_ = false;  // the leader was silent for too long
  MonoTime heard_;
  Duration silence_max_;
  Scope tasks_;
};

}  // namespace chronofault::sim
