// The leader's side of each follower's connection, from the first word to the last.
#include <ports/task/race.hpp>
#include <sim/zookeeper/leader.hpp>

namespace chronofault::sim {

Task<> Leader::accept() {
  const std::unique_ptr<Listener> listener = server_.ports().network.listen(server_.options().quorum_port);
  for (;;) {
    std::unique_ptr<Connection> connection = co_await listener->accepted().receive();
    LinkPtr link = std::make_shared<Link>(std::move(connection));
    link->heard = server_.ports().clock.mono();
    link->silence_max = init_limit();
    tasks_.spawn("LearnerHandler-timeout", watch_silence(link, link->silence_max));
    tasks_.spawn("LearnerHandler", handle(std::move(link)));
  }
}

// The socket's read timeout, for as long as it is `limit`. What lies in the socket is read before the timeout counts,
// so this thread looks again after all that is due.
Task<> Leader::watch_silence(LinkPtr link, Duration limit) {
  const LinkPtr own = std::move(link);
  Clock& clock = server_.ports().clock;
  while (!own->gone && own->silence_max == limit) {
    co_await clock.sleep_until(own->heard + limit);
    co_await clock.sleep_for(Duration());
    if (own->silence_max == limit && own->heard + limit <= clock.mono()) drop(own);
  }
}

void Leader::drop(const LinkPtr& given) {
  // NOLINTNEXTLINE(performance-unnecessary-copy-initialization): the caller's may lie in the map
  const LinkPtr link = given;
  if (link->gone) return;
  link->gone = true;
  link->connection->close();
  const auto found = links_.find(link->server);
  if (found != links_.end() && found->second == link) links_.erase(found);
}

Task<> Leader::handle(LinkPtr link) {
  const LinkPtr own = link;
  try {
    co_await converse(std::move(link));
  } catch (const NetworkError&) {
  }
  drop(own);
}

Task<> Leader::converse(LinkPtr given) {
  const LinkPtr link = std::move(given);
  Events& events = server_.ports().events;
  Clock& clock = server_.ports().clock;
  const MonoTime deadline = clock.mono() + init_limit();
  Connection& connection = *link->connection;

  const Connection::Received hello = co_await connection.receive();
  events.begin_unit(hello.record);
  const ZabFollowerInfo* info = hello.body.as<ZabFollowerInfo>();
  CF_ASSERT(info != nullptr);
  link->heard = clock.mono();
  link->server = info->server;
  if (const auto older = links_.find(link->server); older != links_.end()) drop(older->second);
  links_[link->server] = link;
  if (epoch_ == 0) accepted_epochs_[link->server] = info->accepted_epoch;
  changed_.notify_all();
  const std::function<bool()> chosen = [this] { return epoch_ != 0; };
  if (!co_await wait_until(chosen, deadline)) co_return;
  connection.send(body_of(ZabLeaderInfo(epoch_)));

  const Connection::Received promise = co_await connection.receive();
  events.begin_unit(promise.record);
  const ZabAckEpoch* ack = promise.body.as<ZabAckEpoch>();
  CF_ASSERT(ack != nullptr);
  link->heard = clock.mono();
  const ZooKeeperStorage& storage = server_.storage();
  const bool ahead = ack->current_epoch > storage.current_epoch ||
                     (ack->current_epoch == storage.current_epoch && ack->last_logged > storage.last_logged());
  if (ahead && !active_) co_return;  // whoever has more than the leader cannot follow it
  promised_.insert(link->server);
  changed_.notify_all();
  const std::function<bool()> promised = [this] { return promised_.size() >= quorum(); };
  if (!co_await wait_until(promised, deadline)) co_return;
  synchronise(*link, ack->last_logged);
  connection.send(body_of(ZabNewLeader(epoch_)));

  const Connection::Received ready = co_await connection.receive();
  events.begin_unit(ready.record);
  link->heard = clock.mono();
  up_to_date_.insert(link->server);
  changed_.notify_all();
  link->overdue_after_tick = tick_ + server_.options().init_limit_ticks + server_.options().sync_limit_ticks;
  const std::function<bool()> active = [this] { return active_; };
  if (!co_await wait_until(active, deadline)) co_return;
  connection.send(body_of(ZabUpToDate()));
  link->silence_max = sync_limit();
  link->heard = clock.mono();
  tasks_.spawn("LearnerHandler-timeout", watch_silence(link, link->silence_max));
  while (!link->gone) {
    const Connection::Received received = co_await connection.receive();
    if (link->gone || leaving_) co_return;
    events.begin_unit(received.record);
    link->heard = clock.mono();
    link->overdue_after_tick = tick_ + server_.options().sync_limit_ticks;
    take(link, received.body);
  }
}

// zookeeper 8, synchronising a follower: DIFF, TRUNC or SNAP, then the proposals that are under way.
void Leader::synchronise(Link& link, Zxid follower_last) {
  const std::deque<TxnPtr>& log = server_.committed_log();
  const Zxid newest = log.empty() ? server_.committed_before() : log.back()->zxid;
  ZabSynchronise message;
  if (follower_last < server_.committed_before()) {
    std::unique_ptr<DataTree> copy = server_.tree().clone();
    copy->set_last_zxid(newest);  // a new leader's tree is ahead of its log by the start of its epoch
    message.copy = std::move(copy);
    message.keep_until = newest;
  } else {
    message.keep_until = server_.committed_before();
    for (const TxnPtr& txn : log) {
      if (txn->zxid <= follower_last) {
        message.keep_until = txn->zxid;
      } else {
        message.missing.push_back(txn);
      }
    }
  }
  link.acked = newest;
  link.connection->send(body_of(std::move(message)));
  for (const Outstanding& one : outstanding_) link.connection->send(body_of(ZabProposal(one.txn)));
  link.forwarding = true;
}

void Leader::take(const LinkPtr& link, const Body& body) {
  if (const ZabAck* ack = body.as<ZabAck>()) {
    link->acked = std::max(link->acked, ack->zxid);
    acknowledged(link->server, ack->zxid);
  } else if (const ZabPing* ping = body.as<ZabPing>()) {
    for (const auto& [session, timeout_ms] : ping->sessions) sequencer_->touch(session, timeout_ms);
  } else if (const ZabRevalidate* asked = body.as<ZabRevalidate>()) {
    ZabRevalidate answer = *asked;
    answer.valid = sequencer_->revalidate(asked->session, asked->timeout_ms, link->server);
    link->connection->send(body_of(answer));
  } else {
    const ZabRequest* request = body.as<ZabRequest>();
    CF_ASSERT(request != nullptr);
    take_request(*link, *request);
  }
}

void Leader::take_request(Link& link, const ZabRequest& request) {
  if (request.op != nullptr && request.op->code == zk::OpCode::sync) {
    if (outstanding_.empty()) {
      link.connection->send(body_of(ZabSync(request.number)));
    } else {
      pending_syncs_.emplace(outstanding_.back().txn->zxid, std::make_pair(link.server, request.number));
    }
    return;
  }
  ServerRequest order;
  order.kind = request.what;
  order.session = request.session;
  order.number = request.number;
  order.timeout_ms = request.timeout_ms;
  order.op = request.op;
  sequencer_->order(order, link.server);
}

}  // namespace chronofault::sim
