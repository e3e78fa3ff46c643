// The leader (zookeeper 8): orders writes, proposes them to its followers, commits what a quorum has logged, and steps
// down when it no longer hears from one.
//
// Before it serves: a quorum connects and promises its epoch; each follower is brought to what the leader has; a quorum
// says that it is. Its first zxid is (epoch, 0), and all known sessions get a full new timeout.
// One acknowledgement stands for all proposals before it, and one commit too: links are FIFO.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>

#include <sim/zookeeper/log_writer.hpp>
#include <sim/zookeeper/peer_messages.hpp>
#include <sim/zookeeper/role.hpp>
#include <sim/zookeeper/sequencer.hpp>

namespace chronofault::sim {

class Leader final : public Role {
 public:
  explicit Leader(ZooKeeperServer& server);
  ~Leader() override;
  Task<> run() override;
  bool serving() const noexcept override { return active_ && !leaving_ && !log_.failed(); }
  bool touch(zk::SessionId session, std::int64_t timeout_ms) override { return sequencer_->touch(session, timeout_ms); }
  zk::Code admit_read(zk::SessionId session) override { return sequencer_->check(session, self()); }
  bool one_queue() const noexcept override { return false; }
  bool orders_sync() const noexcept override { return false; }
  void order(const ServerRequest& request) override { sequencer_->order(request, self()); }
  void revalidate(const ClientConnectionPtr& connection) override;
  bool expire(zk::SessionId session) override { return sequencer_->expire(session); }
  void applied(const Txn& txn) override { sequencer_->applied(txn); }

 private:
  // One follower's connection: upstream's LearnerHandler.
  struct Link : Counted {
    explicit Link(std::unique_ptr<Connection> connection) : connection(std::move(connection)) {}
    const std::unique_ptr<Connection> connection;
    std::int32_t server = 0;
    bool forwarding = false;  // gets proposals
    bool gone = false;
    MonoTime heard;
    Duration silence_max;
    std::int64_t overdue_after_tick = 0;
    Zxid acked = 0;
  };
  using LinkPtr = std::shared_ptr<Link>;

  std::int32_t self() const noexcept { return server_.options().id; }
  std::size_t quorum() const noexcept { return server_.options().quorum(); }
  Duration init_limit() const noexcept { return server_.options().tick * server_.options().init_limit_ticks; }
  Duration sync_limit() const noexcept { return server_.options().tick * server_.options().sync_limit_ticks; }
  void leave();
  Task<> accept();
  Task<> handle(LinkPtr link);
  Task<> converse(LinkPtr given);
  Task<> watch_silence(LinkPtr link, Duration limit);
  Task<bool> wait_until(std::function<bool()> holds, MonoTime deadline);
  Task<> ping_followers();
  void drop(const LinkPtr& given);
  void synchronise(Link& link, Zxid follower_last);
  void take(const LinkPtr& link, const Body& body);
  void take_request(Link& link, const ZabRequest& request);

  void activate();
  void propose(TxnPtr txn);
  void acknowledged(std::int32_t server, Zxid zxid);

  ZooKeeperServer& server_;
  LogWriter log_;
  std::unique_ptr<Sequencer> sequencer_;  // from activation on
  std::map<std::int32_t, LinkPtr> links_;
  std::map<std::int32_t, std::int64_t> accepted_epochs_;
  std::set<std::int32_t> promised_;
  std::set<std::int32_t> up_to_date_;
  std::int64_t epoch_ = 0;  // 0: not chosen yet
  bool active_ = false;
  bool leaving_ = false;
  std::int64_t tick_ = 0;
  struct Outstanding {
    TxnPtr txn;
    MonoTime proposed;
  };
  std::deque<Outstanding> outstanding_;
  std::map<std::int32_t, Zxid> acked_;
  std::multimap<Zxid, std::pair<std::int32_t, std::uint64_t>> pending_syncs_;  // after that commit: server, number
  Condition changed_;
  Scope tasks_;
};

}  // namespace chronofault::sim
