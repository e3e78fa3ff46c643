#include <algorithm>

#include <ports/task/race.hpp>
#include <sim/zookeeper/leader.hpp>

namespace chronofault::sim {

Leader::Leader(ZooKeeperServer& server)
    : server_(server),
      log_(server, [this](Zxid last) { acknowledged(self(), last); }),
      tasks_(server.ports().executor) {}

Leader::~Leader() = default;

void Leader::leave() {
  leaving_ = true;
  changed_.notify_all();
}

Task<bool> Leader::wait_until(std::function<bool()> holds, MonoTime deadline) {
  const std::function<bool()> condition = std::move(holds);
  while (!condition() && !leaving_) {
    const auto changed = changed_.wait();
    const auto timeout = server_.ports().clock.sleep_until(deadline);
    const auto first = co_await race(changed, timeout);
    if (first.index() == 1) break;
  }
  co_return condition() && !leaving_;
}

Task<> Leader::run() {
  if (server_.disk_full()) {  // it begins with a snapshot
    server_.ports().host.exit(snapshot_failed);
    co_return;
  }
  accepted_epochs_[self()] = server_.storage().accepted_epoch;
  tasks_.spawn("LearnerCnxAcceptor", accept());
  const MonoTime deadline = server_.ports().clock.mono() + init_limit();
  const std::function<bool()> connected = [this] { return accepted_epochs_.size() >= quorum(); };
  if (!co_await wait_until(connected, deadline)) co_return;
  for (const auto& [server, epoch] : accepted_epochs_) epoch_ = std::max(epoch_, epoch + 1);
  if (server_.disk_full()) co_return;
  server_.storage().accepted_epoch = epoch_;
  promised_.insert(self());
  changed_.notify_all();
  const std::function<bool()> promised = [this] { return promised_.size() >= quorum(); };
  if (!co_await wait_until(promised, deadline)) co_return;
  if (server_.disk_full()) co_return;
  server_.storage().current_epoch = epoch_;
  up_to_date_.insert(self());
  const std::function<bool()> synchronised = [this] { return up_to_date_.size() >= quorum(); };
  if (!co_await wait_until(synchronised, deadline)) co_return;
  activate();
  tasks_.spawn("SyncThread", log_.run());
  tasks_.spawn("QuorumPeer", ping_followers());
  while (!leaving_) co_await changed_.wait();
  log_.finish();
}

void Leader::activate() {
  server_.tree().set_last_zxid(make_zxid(epoch_, 0));
  sequencer_ =
      std::make_unique<Sequencer>(server_, make_zxid(epoch_, 0), [this](TxnPtr txn) { propose(std::move(txn)); });
  sequencer_->start(tasks_);
  active_ = true;
  server_.settled();
  changed_.notify_all();
}

// The main loop: twice a tick looks whether its log can still be written, and pings; counts once a tick who is there.
Task<> Leader::ping_followers() {
  Clock& clock = server_.ports().clock;
  for (bool skip = true;; skip = !skip) {
    co_await clock.sleep_for(server_.options().tick / 2);
    server_.ports().events.begin_unit();
    if (log_.failed()) {
      leave();
      co_return;
    }
    if (!skip) {
      ++tick_;
      std::size_t there = 1;
      for (const auto& [server, link] : links_) there += link->overdue_after_tick >= tick_ ? 1u : 0u;
      if (there < quorum()) {
        leave();
        co_return;
      }
    }
    std::vector<LinkPtr> late;
    for (const auto& [server, link] : links_) {
      const auto unacked = std::find_if(outstanding_.begin(), outstanding_.end(),
                                        [&](const Outstanding& one) { return one.txn->zxid > link->acked; });
      if (unacked != outstanding_.end() && clock.mono() - unacked->proposed > sync_limit()) {
        late.push_back(link);
      } else {
        link->connection->send(body_of(ZabPing()));
      }
    }
    for (const LinkPtr& link : late) drop(link);
  }
}

void Leader::revalidate(const ClientConnectionPtr& connection) {
  server_.revalidated(connection, sequencer_->revalidate(connection->session, connection->timeout_ms, self()));
}

void Leader::propose(TxnPtr txn) {
  outstanding_.push_back(Outstanding{txn, server_.ports().clock.mono()});
  for (const auto& [server, link] : links_) {
    if (link->forwarding) link->connection->send(body_of(ZabProposal(txn)));
  }
  log_.append(std::move(txn));
}

void Leader::acknowledged(std::int32_t server, Zxid zxid) {
  Zxid& acked = acked_[server];
  acked = std::max(acked, zxid);
  if (acked_.size() < quorum()) return;
  std::vector<Zxid> all;
  for (const auto& [id, last] : acked_) all.push_back(last);
  std::sort(all.begin(), all.end(), std::greater<>());
  const Zxid committed = all[quorum() - 1];
  if (outstanding_.empty() || outstanding_.front().txn->zxid > committed) return;
  Zxid last = 0;
  for (const Outstanding& one : outstanding_) {
    if (one.txn->zxid > committed) break;
    last = one.txn->zxid;
  }
  const auto markers_until = pending_syncs_.upper_bound(last);
  for (const auto& [id, link] : links_) {
    if (link->forwarding) link->connection->send(body_of(ZabCommit(last)));
  }
  for (auto sync = pending_syncs_.begin(); sync != markers_until; ++sync) {
    const auto link = links_.find(sync->second.first);
    if (link != links_.end()) link->second->connection->send(body_of(ZabSync(sync->second.second)));
  }
  pending_syncs_.erase(pending_syncs_.begin(), markers_until);
  while (!outstanding_.empty() && outstanding_.front().txn->zxid <= last) {
    const TxnPtr txn = std::move(outstanding_.front().txn);
    outstanding_.pop_front();
    server_.commit(txn);
  }
}

}  // namespace chronofault::sim
