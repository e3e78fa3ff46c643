#include <algorithm>

#include <sim/zookeeper/election.hpp>
#include <sim/zookeeper/follower.hpp>
#include <sim/zookeeper/leader.hpp>
#include <sim/zookeeper/server.hpp>
#include <sim/zookeeper/standalone.hpp>

namespace chronofault::sim {

ZooKeeperServer::ZooKeeperServer(Ports& ports, ZooKeeperStorage& storage, const ZooKeeperConditions& conditions,
                                 SessionHomes& homes, ZooKeeperOptions options)
    : ports_(ports),
      storage_(storage),
      conditions_(conditions),
      homes_(homes),
      options_(std::move(options)),
      watches_(*this),
      last_request_(++storage.boots << 40),
      tasks_(ports.executor) {
  reload();
}

ZooKeeperServer::~ZooKeeperServer() = default;

void ZooKeeperServer::reload() {
  tree_ = storage_.recover(options_.order_seed);
  committed_log_.clear();
  const std::deque<TxnPtr>& log = storage_.log();
  const std::size_t kept = std::min(log.size(), options_.committed_log_max);
  committed_log_.assign(log.end() - static_cast<std::ptrdiff_t>(kept), log.end());
  committed_before_ = kept == log.size() ? storage_.checkpoint_zxid() : log[log.size() - kept - 1]->zxid;
}

bool ZooKeeperServer::disk_full() const {
  const HostMetrics host = ports_.host.metrics();
  return host.disk_used >= host.disk_total;
}

Task<> ZooKeeperServer::main() {
  tasks_.spawn("NIOServerCxnFactory.AcceptThread", accept());
  tasks_.spawn("ConnectionExpirer", close_idle());
  if (options_.standalone()) {
    std::unique_ptr<Role> role = std::make_unique<Standalone>(*this);
    co_await play(std::move(role), ServerState::standalone);
    co_return;
  }
  election_ = std::make_unique<Election>(ports_, options_);
  tasks_.spawn("WorkerReceiver", election_->receive_votes());
  for (;;) {
    const Vote mine(options_.id, storage_.last_logged(), storage_.current_epoch);
    Vote elected = co_await election_->look(mine);
    std::unique_ptr<Role> role;
    ServerState state = ServerState::following;
    if (elected.leader == options_.id) {
      role = std::make_unique<Leader>(*this);
      state = ServerState::leading;
    } else {
      role = std::make_unique<Follower>(*this, elected.leader);
    }
    co_await play(std::move(role), state);
  }
}

void ZooKeeperServer::settled() {
  CF_ASSERT(election_ != nullptr);
  election_->settled(storage_.current_epoch);
}

Task<> ZooKeeperServer::play(std::unique_ptr<Role> role, ServerState state) {
  role_ = std::move(role);
  state_ = state;
  co_await role_->run();
  leave_role();
}

void ZooKeeperServer::leave_role() {
  while (!connections_.empty()) {
    const ClientConnectionPtr connection = connections_.begin()->second;
    close(connection);
  }
  waiting_.clear();
  role_.reset();  // writes what its log had queued
  state_ = ServerState::looking;
  fast_forward();
}

void ZooKeeperServer::fast_forward() {
  tree_->set_last_zxid(committed_log_.empty() ? committed_before_ : committed_log_.back()->zxid);
  const std::deque<TxnPtr>& log = storage_.log();
  auto next = log.end();
  while (next != log.begin() && (*std::prev(next))->zxid > tree_->last_zxid()) --next;
  for (; next != log.end(); ++next) {
    tree_->apply(**next, nullptr, nullptr);
    remember(*next);
  }
}

void ZooKeeperServer::remember(const TxnPtr& txn) {
  committed_log_.push_back(txn);
  if (committed_log_.size() <= options_.committed_log_max) return;
  committed_before_ = committed_log_.front()->zxid;
  committed_log_.pop_front();
}

}  // namespace chronofault::sim
