#include <algorithm>

#include <sim/zookeeper/follower.hpp>

namespace chronofault::sim {

Follower::Follower(ZooKeeperServer& server, std::int32_t leader)
    : server_(server),
      leader_(leader),
      log_(server, [this](Zxid last) { link_->send(body_of(ZabAck(last))); }),
      tasks_(server.ports().executor) {}

Follower::~Follower() = default;

Task<> Follower::run() {
  co_await connect();
  if (link_ == nullptr) co_return;
  try {
    co_await follow();
  } catch (const NetworkError&) {
  }
  serving_ = false;
  log_.finish();
  link_->close();
}

// Five tries, 100 ms apart, within initLimit ticks.
Task<> Follower::connect() {
  Ports& ports = server_.ports();
  const ZooKeeperOptions& options = server_.options();
  const auto peer = std::find_if(options.ensemble.begin(), options.ensemble.end(),
                                 [this](const ZooKeeperPeer& one) { return one.id == leader_; });
  CF_ASSERT(peer != options.ensemble.end());
  const Address address(peer->ip, options.quorum_port);
  const MonoTime deadline = ports.clock.mono() + options.tick * options.init_limit_ticks;
  for (int tries = 0; tries < 5; ++tries) {
    const Duration left = deadline - ports.clock.mono();
    if (left <= Duration()) break;
    try {
      link_ = co_await ports.network.connect(address, left);
    } catch (const NetworkError&) {
    }
    if (link_ != nullptr) break;
    co_await ports.clock.sleep_for(Duration::ms(100));
  }
}

// The socket's read timeout, for as long as it is `limit`.
Task<> Follower::watch_silence(Duration limit) {
  Clock& clock = server_.ports().clock;
  while (silence_max_ == limit) {
    co_await clock.sleep_until(heard_ + limit);
    co_await clock.sleep_for(Duration());  // what lies in the socket is read before the timeout counts
    if (silence_max_ != limit || heard_ + limit > clock.mono()) continue;
    serving_ = false;
    given_up_ = true;
    link_->close();
    co_return;
  }
}

Task<> Follower::follow() {
  Ports& ports = server_.ports();
  const ZooKeeperOptions& options = server_.options();
  ZooKeeperStorage& storage = server_.storage();
  heard_ = ports.clock.mono();
  silence_max_ = options.tick * options.init_limit_ticks;
  tasks_.spawn("QuorumPeer-timeout", watch_silence(silence_max_));
  link_->send(body_of(ZabFollowerInfo(options.id, storage.accepted_epoch)));
  for (;;) {
    const Connection::Received received = co_await link_->receive();
    if (given_up_) co_return;
    heard_ = ports.clock.mono();
    ports.events.begin_unit(received.record);
    if (const ZabLeaderInfo* info = received.body.as<ZabLeaderInfo>()) {
      if (info->epoch < storage.accepted_epoch) co_return;
      if (info->epoch > storage.accepted_epoch && server_.disk_full()) co_return;
      storage.accepted_epoch = info->epoch;
      link_->send(body_of(ZabAckEpoch(storage.current_epoch, storage.last_logged())));
    } else if (const ZabSynchronise* message = received.body.as<ZabSynchronise>()) {
      if (server_.disk_full()) {
        if (message->copy != nullptr) ports.host.exit(snapshot_failed);
        co_return;
      }
      synchronise(*message);
    } else if (const ZabNewLeader* promise = received.body.as<ZabNewLeader>()) {
      const std::int64_t epoch = promise->epoch;
      co_await ports.clock.sleep_for(options.log_flush + server_.conditions().log_flush_extra);
      if (server_.disk_full()) co_return;
      storage.current_epoch = epoch;
      link_->send(body_of(ZabAck(make_zxid(epoch, 0))));
      tasks_.spawn("SyncThread", log_.run());
    } else if (received.body.as<ZabUpToDate>() != nullptr) {
      silence_max_ = options.tick * options.sync_limit_ticks;
      tasks_.spawn("QuorumPeer-timeout", watch_silence(silence_max_));
      serving_ = true;
      server_.settled();
    } else {
      take(received.body);
    }
    if (log_.failed()) co_return;
  }
}

void Follower::synchronise(const ZabSynchronise& message) {
  ZooKeeperStorage& storage = server_.storage();
  if (message.copy != nullptr) {
    storage.install(*message.copy);
    server_.reload();
  } else if (message.keep_until < storage.last_logged()) {
    storage.truncate(message.keep_until);
    server_.reload();
  }
  for (const TxnPtr& txn : message.missing) {
    storage.append(txn, server_.options().snapshot_every, server_.options().order_seed);
    server_.commit(txn);
  }
}

void Follower::take(const Body& body) {
  if (const ZabProposal* proposal = body.as<ZabProposal>()) {
    proposed_.push_back(proposal->txn);
    log_.append(proposal->txn);
  } else if (const ZabCommit* commit = body.as<ZabCommit>()) {
    commit_until(commit->zxid);
  } else if (body.as<ZabPing>() != nullptr) {
    ZabPing answer;
    answer.sessions.assign(touched_.begin(), touched_.end());
    touched_.clear();
    link_->send(body_of(std::move(answer)));
  } else if (const ZabSync* sync = body.as<ZabSync>()) {
    server_.synced(sync->number);
  } else {
    const ZabRevalidate* answer = body.as<ZabRevalidate>();
    CF_ASSERT(answer != nullptr);
    if (const ClientConnectionPtr connection = server_.connection(answer->connection)) {
      server_.revalidated(connection, answer->valid);
    }
  }
}

void Follower::commit_until(Zxid zxid) {
  while (!proposed_.empty() && proposed_.front()->zxid <= zxid) {
    const TxnPtr txn = std::move(proposed_.front());
    proposed_.pop_front();
    server_.commit(txn);
  }
}

void Follower::order(const ServerRequest& request) {
  ZabRequest forwarded;
  forwarded.what = request.kind;
  forwarded.session = request.session;
  forwarded.number = request.number;
  forwarded.timeout_ms = request.timeout_ms;
  forwarded.op = request.op;
  link_->send(body_of(std::move(forwarded)));
}

void Follower::revalidate(const ClientConnectionPtr& connection) {
  ZabRevalidate question;
  question.session = connection->session;
  question.timeout_ms = connection->timeout_ms;
  question.connection = connection->id;
  link_->send(body_of(question));
}

}  // namespace chronofault::sim
