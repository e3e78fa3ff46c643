#include <utility>

#include <ports/task/race.hpp>
#include <sim/zookeeper/sequencer.hpp>
#include <sim/zookeeper/server.hpp>

namespace chronofault::sim {

namespace {

/// "create /a"; of a multi what its members change: "multi: create /a, delete /b".
std::string described(const Txn& txn) {
  std::string text(zk::name_of(txn.op));
  if (txn.members.empty()) return text.append(" ").append(txn.path);
  const char* before = ": ";
  for (const Txn& member : txn.members) {
    if (member.kind == TxnKind::check) continue;
    text.append(std::exchange(before, ", ")).append(zk::name_of(member.op)).append(" ").append(member.path);
  }
  return text;
}

}  // namespace

Sequencer::Sequencer(ZooKeeperServer& server, Zxid last, Propose propose)
    : server_(server),
      propose_(std::move(propose)),
      sessions_(server.options().tick),
      preparer_(server.tree(), sessions_, server.options()),
      last_(last) {
  for (const auto& [session, timeout_ms] : server.tree().sessions()) {
    sessions_.track(session, timeout_ms, server.ports().clock.mono());
  }
}

void Sequencer::start(Scope& scope) {
  scope.spawn("SessionTracker", expire_sessions());
  scope.spawn("ContainerManagerTask", reap());
}

void Sequencer::order(const ServerRequest& request, std::int32_t via) {
  Preparer::Order order;
  order.zxid = ++last_;
  order.time_ms = server_.ports().clock.wall().ms();
  order.session = request.session;
  order.server = via;
  Txn txn;
  if (request.kind == RequestKind::create_session) {
    txn = preparer_.create_session(request.timeout_ms, order);
    sessions_.track(request.session, request.timeout_ms, server_.ports().clock.mono());
    sessions_.set_owner(request.session, via);
    wake_if_earlier();
  } else if (request.kind == RequestKind::remove_container) {
    txn = preparer_.remove_container(request.op->path, order);
  } else if (request.op->code == zk::OpCode::close_session) {
    txn = preparer_.close_session(order);
    sessions_.set_closing(request.session);
  } else {
    txn = preparer_.operation(*request.op, order);
  }
  txn.origin = via;
  txn.request = request.number;
  Events& events = server_.ports().events;
  if (events.tracing()) {
    txn.record = events.wrote(described(txn), "");
    if (request.kind == RequestKind::create_session) renewed_[request.session] = met_[request.session] = txn.record;
  }
  propose_(std::make_shared<const Txn>(std::move(txn)));
}

bool Sequencer::touch(zk::SessionId session, std::int64_t timeout_ms) {
  if (!sessions_.touch(session, timeout_ms, server_.ports().clock.mono())) return false;
  Events& events = server_.ports().events;
  if (events.tracing()) renewed_[session] = events.wrote("session touched", "");
  wake_if_earlier();
  return true;
}

bool Sequencer::revalidate(zk::SessionId session, std::int64_t timeout_ms, std::int32_t via) {
  if (!touch(session, timeout_ms)) return false;
  sessions_.set_owner(session, via);
  if (const auto touched = renewed_.find(session); touched != renewed_.end()) met_[session] = touched->second;
  return true;
}

void Sequencer::applied(const Txn& txn) {
  if (txn.kind == TxnKind::close_session) {
    sessions_.remove(txn.session);
    renewed_.erase(txn.session);
    met_.erase(txn.session);
  }
  preparer_.applied(txn.zxid);
}

void Sequencer::wake_if_earlier() {
  const std::optional<MonoTime> next = sessions_.next_expiry();
  if (next && (!sleeping_until_ || *next < *sleeping_until_)) {
    sleeping_until_ = next;
    earlier_.notify_one();
  }
}

bool Sequencer::expire(zk::SessionId session) {
  if (!sessions_.known(session)) return false;
  sessions_.set_closing(session);
  order_expiry(session);
  return true;
}

void Sequencer::order_expiry(zk::SessionId session) {
  ServerRequest expiry;
  expiry.session = session;
  expiry.op = std::make_shared<const zk::Op>(zk::OpCode::close_session);
  server_.order_own(std::move(expiry));
}

// An expiry rests on what did not come: no heartbeat since the last touch.
void Sequencer::cite_silence(zk::SessionId session) {
  const auto last = renewed_.find(session);
  if (last == renewed_.end()) return;
  Absence absence;
  absence.message_kind = ZkPing::kind;
  absence.hello_kind = ZkConnect::kind;
  const auto met = met_.find(session);
  absence.subjects.emplace_back("", last->second).met = met == met_.end() ? 0 : met->second;
  server_.ports().events.absent(absence);
}

Task<> Sequencer::expire_sessions() {
  for (;;) {
    sleeping_until_ = sessions_.next_expiry();
    if (!sleeping_until_) {
      co_await earlier_.wait();
      continue;
    }
    if (*sleeping_until_ > server_.ports().clock.mono()) {
      const auto earlier = earlier_.wait();
      const auto boundary = server_.ports().clock.sleep_until(*sleeping_until_);
      co_await race(earlier, boundary);
      continue;
    }
    server_.ports().events.begin_unit();
    for (const zk::SessionId session : sessions_.poll(server_.ports().clock.mono())) {
      cite_silence(session);
      order_expiry(session);
    }
  }
}

std::vector<std::string> Sequencer::reapable() const {
  const DataTree& tree = server_.tree();
  const std::int64_t wall_ms = server_.ports().clock.wall().ms();
  const std::int64_t never_used_ms = server_.options().container_never_used.count_ms();
  std::vector<std::string> paths;
  for (const Znode* node : tree.containers()) {
    if (!node->children.empty()) continue;
    const bool unused = never_used_ms != 0 && wall_ms - node->mtime_ms > never_used_ms;
    if (node->creates > 0 || unused) paths.push_back(*node->path);
  }
  for (const Znode* node : tree.ttls()) {
    if (node->children.empty() && wall_ms - node->mtime_ms > node->ttl_ms) paths.push_back(*node->path);
  }
  return paths;
}

Task<> Sequencer::reap() {
  Clock& clock = server_.ports().clock;
  const Duration interval = server_.options().container_check;
  const Duration spacing = Duration::minutes(1) / server_.options().container_per_minute_max;
  for (MonoTime next = clock.mono() + interval;; next += interval) {  // at a fixed rate
    co_await clock.sleep_until(next);
    server_.ports().events.begin_unit();
    const std::vector<std::string> paths = reapable();
    for (const std::string& path : paths) {
      ServerRequest removal;
      removal.kind = RequestKind::remove_container;
      removal.op = std::make_shared<const zk::Op>(zk::OpCode::del, path);
      server_.order_own(std::move(removal));
      co_await clock.sleep_for(spacing);
    }
  }
}

}  // namespace chronofault::sim
