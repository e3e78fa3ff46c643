// A server without an ensemble: all requests of all connections go through one queue, prepare, log, apply.
#pragma once

#include <deque>

#include <sim/zookeeper/log_writer.hpp>
#include <sim/zookeeper/role.hpp>
#include <sim/zookeeper/sequencer.hpp>
#include <sim/zookeeper/server.hpp>

namespace chronofault::sim {

class Standalone final : public Role {
 public:
  explicit Standalone(ZooKeeperServer& server);
  ~Standalone() override;
  Task<> run() override;
  bool serving() const noexcept override { return !log_.failed(); }
  bool touch(zk::SessionId session, std::int64_t timeout_ms) override { return sequencer_.touch(session, timeout_ms); }
  zk::Code admit_read(zk::SessionId session) override { return sequencer_.check(session, server_.options().id); }
  bool one_queue() const noexcept override { return true; }
  bool orders_sync() const noexcept override { return false; }
  void order(const ServerRequest& request) override { sequencer_.order(request, server_.options().id); }
  void revalidate(const ClientConnectionPtr& connection) override;
  bool expire(zk::SessionId session) override { return sequencer_.expire(session); }
  void applied(const Txn& txn) override { sequencer_.applied(txn); }

 private:
  Task<> write_log();
  void flushed(Zxid last);

  ZooKeeperServer& server_;
  std::deque<TxnPtr> unflushed_;
  LogWriter log_;
  Sequencer sequencer_;
  Latch never_{1};
  Scope tasks_;
};

}  // namespace chronofault::sim
