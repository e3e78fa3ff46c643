#include "zookeeper_runner.hpp"

namespace chronofault::verify {

using nlohmann::json;
using sim::Zxid;

ZooKeeperRunner::ZooKeeperRunner(const json& trace, ZooKeeperWorld& world, std::vector<json>* answers)
    : trace_(trace), world_(world), answers_(answers), ensemble_(trace.at("kind") == "ensemble") {
  notation_.zxid = [this](Zxid zxid) { return zxid_text(zxid); };
  notation_.session = [this](zk::SessionId id) { return json(names_[id]); };
}

// In the first epoch of an ensemble, and on one server, counters are offsets from the start.
json ZooKeeperRunner::zxid_text(Zxid zxid) const {
  if (!ensemble_) return zxid > 0 ? zxid - base_ : zxid;
  const std::int64_t first = sim::epoch_of(base_);
  const std::int64_t counter = sim::epoch_of(zxid) == first ? zxid - base_ : sim::counter_of(zxid);
  return json::array({sim::epoch_of(zxid) - first, counter});
}

Address ZooKeeperRunner::server_of(const json& step) const { return world_.address(step.value("to", 1)); }

Task<> ZooKeeperRunner::play(Ports* ports) {
  ports_ = ports;
  if (ensemble_) co_await prepare();
  if (trace_.at("kind") != "fresh") {
    const std::int32_t server = ensemble_ ? world_.ensemble().leader() : 1;
    HandSession probe("probe");
    co_await probe.open(&ports_->network, world_.address(server), 60'000);
    const std::int32_t xid = probe.submit(zk::Op(zk::OpCode::close_session));
    const zk::Result closed = co_await probe.reply(xid);
    base_ = top_ = closed.zxid;
    if (ensemble_) co_await settle(true);
    leader_known_ = true;
  }
  try {
    for (const json& step : trace_.at("steps")) {
      json answered = co_await run(&step);
      answers_->push_back(std::move(answered));
    }
  } catch (const Closed&) {  // a server ended a connection that the recording kept: the rest has no answer
  }
}

void ZooKeeperRunner::collect(HandSession& session) {
  std::vector<HandSession::Event> events = session.take_events();
  std::vector<HandSession::Event>& seen = seen_[session.name];
  seen.insert(seen.end(), events.begin(), events.end());
}

Task<json> ZooKeeperRunner::run(const json* step) {
  seen_.clear();
  json answered = co_await answer(step);
  co_await barrier();
  for (const auto& [name, events] : seen_) {
    if (!events.empty()) answered["events"][name] = events;
  }
  if (time_differs_) answered["time"] = "is not a function of the zxid";
  co_return answered;
}

Task<json> ZooKeeperRunner::answer(const json* step) {
  const std::string op = step->at("op").get<std::string>();
  const auto found = sessions_.find(step->at("s").get<std::string>());
  HandSession* session = found == sessions_.end() ? nullptr : found->second.get();
  if (op == "connect") co_return co_await connect(step);
  if (op == "kill" || op == "start" || op == "pause" || op == "resume" || op == "settle")
    co_return co_await fault(step);
  if (op == "sleep") {
    co_await ports_->clock.sleep_for(Duration::ms(step->at("ms").get<std::int64_t>()));
    co_return json{{"err", "OK"}};
  }
  if (session == nullptr) throw std::out_of_range("no session for " + op);
  if (op == "drop") {
    session->cut();
    co_return json{{"err", "OK"}};
  }
  if (op == "reconnect") co_return co_await reconnect(session, step);
  if (op == "close") co_return co_await close(session);
  if (op == "expire") co_return co_await expire(session, step);
  if (op == "batch") co_return co_await batch(session, step);
  if (op == "wait_reaped") co_return co_await wait_reaped(session, step);
  if (op == "send") co_return co_await send_only(session, step);
  co_return co_await plain(session, step);
}

void ZooKeeperRunner::check_times(const zk::Result& result) {
  const auto agree = [this](Zxid zxid, std::int64_t ms) {
    if (times_.emplace(zxid, ms).first->second != ms) time_differs_ = true;
  };
  if (result.stat.czxid != 0) {
    agree(result.stat.czxid, result.stat.ctime_ms);
    agree(result.stat.mzxid, result.stat.mtime_ms);
  }
  for (const zk::Result& member : result.results) check_times(member);
}

json ZooKeeperRunner::described(const zk::Result& result) {
  check_times(result);
  json out = json_of(result, notation_);
  out["zxid"] = zxid_text(result.zxid);
  return out;
}

Task<json> ZooKeeperRunner::plain(HandSession* session, const json* step) {
  const bool via_old = step->value("via", std::string()) == "old";
  if (via_old) std::swap(session->connection, old_[session->name]);
  json out;
  zk::Op op = op_of(*step);
  try {
    const std::int32_t xid = session->submit(op);
    const zk::Result result = co_await session->result(xid, op);
    out = described(result);
    collect(*session);
  } catch (const Closed&) {
    session->cut();
    out = json{{"err", "CONNECTIONLOSS"}};
  }
  if (via_old) std::swap(session->connection, old_[session->name]);
  co_return out;
}

Task<json> ZooKeeperRunner::connect(const json* step) {
  const std::string name = step->at("s").get<std::string>();
  order_.push_back(name);
  sessions_[name] = std::make_unique<HandSession>(name);
  HandSession* session = sessions_[name].get();
  at_[name] = step->value("to", 1);
  const Address server = server_of(*step);
  const std::int64_t granted =
      co_await session->open(&ports_->network, server, step->at("timeout").get<std::int64_t>());
  names_[session->id] = name;
  const Zxid zxid = co_await session->ping();
  co_return json{{"err", "OK"}, {"timeout", granted}, {"zxid", zxid_text(zxid)}};
}

Task<json> ZooKeeperRunner::reconnect(HandSession* session, const json* step) {
  at_[session->name] = step->value("to", 1);
  json out;
  out["lastZxid"] = zxid_text(session->last_zxid);
  json& watches = out["setWatches"] = json::object();
  static constexpr std::array names{"data", "exist", "child", "persistent", "persistent_recursive"};
  for (std::size_t list = 0; list < names.size(); ++list) {
    if (!session->lists[list].empty()) watches[names[list]] = session->lists[list];
  }
  if (step->value("keep_old", false)) old_[session->name] = std::move(session->connection);
  std::unique_ptr<Connection> open_one;
  if (step->value("while_open", false)) open_one = std::move(session->connection);
  const sim::SessionPassword password = session->password;
  const Zxid last_zxid = session->last_zxid;
  if (step->value("passwd", std::string()) == "wrong") session->password = 0;
  if (step->contains("zxid_ahead")) session->last_zxid = top_ + step->at("zxid_ahead").get<std::int64_t>();
  std::int64_t granted = -1;  // refused
  const Address server = server_of(*step);
  try {
    granted = co_await session->open(&ports_->network, server, step->at("timeout").get<std::int64_t>());
  } catch (const Closed&) {
  }
  if (open_one != nullptr) {
    co_await ports_->clock.sleep_for(Duration::ms(50));
    out["old_connection_closed"] = !open_one->open();
  }
  if (granted <= 0) {
    session->password = password;
    session->last_zxid = last_zxid;
    if (open_one != nullptr && open_one->open()) session->connection = std::move(open_one);
    out["err"] = granted < 0 ? "REFUSED" : "SESSIONEXPIRED";
    co_return out;
  }
  out["err"] = "OK";
  out["timeout"] = granted;
  if (!out["setWatches"].empty()) {
    const zk::Result result = co_await session->set_watches();
    session->last_zxid = std::max(result.zxid, session->last_zxid);
    out["zxid"] = zxid_text(result.zxid);
    out["setWatchesErr"] = zk::name_of(result.error);
  }
  collect(*session);
  co_return out;
}

Task<json> ZooKeeperRunner::close(HandSession* session) {
  const std::int32_t xid = session->submit(zk::Op(zk::OpCode::close_session));
  const zk::Result result = co_await session->reply(xid);
  collect(*session);
  session->cut();
  json out = described(result);
  co_return out;
}

// No heartbeat of the session until the server has expired it; the others stay alive.
Task<json> ZooKeeperRunner::expire(HandSession* session, const json* step) {
  std::unique_ptr<Connection> silent;
  if (step->at("how") == "silent") silent = std::move(session->connection);
  session->cut();
  const Zxid before = top_;
  while (top_ == before) {
    co_await ports_->clock.sleep_for(Duration::ms(20));
    co_await barrier();
  }
  co_await barrier();
  co_return json{{"err", "OK"}, {"zxid", zxid_text(top_)}};
}

// All requests are written before the first reply is read.
Task<json> ZooKeeperRunner::batch(HandSession* session, const json* step) {
  const zk::Op whole = [step] {
    zk::Op op(zk::OpCode::multi);
    for (const json& one : step->at("ops")) op.members.push_back(op_of(one));
    return op;
  }();
  std::vector<std::int32_t> xids;
  for (const zk::Op& op : whole.members) xids.push_back(session->submit(op));
  json replies = json::array();
  for (std::size_t i = 0; i < xids.size(); ++i) {
    zk::Op op = whole.members[i];
    const zk::Result result = co_await session->result(xids[i], std::move(op));
    json one = described(result);
    std::vector<HandSession::Event> events = session->take_events();
    if (!events.empty()) one["events_before"] = events;
    replies.push_back(std::move(one));
  }
  json out{{"err", "OK"}};
  out["replies"] = std::move(replies);
  co_return out;
}

Task<json> ZooKeeperRunner::wait_reaped(HandSession* session, const json* step) {
  const zk::Op probe = zk::Op::exists(step->at("path").get<std::string>());
  for (;;) {
    const std::int32_t xid = session->submit(probe);
    const zk::Result result = co_await session->result(xid, probe);
    if (result.error != zk::Code::ok) break;
    co_await ports_->clock.sleep_for(Duration::ms(20));
  }
  collect(*session);
  co_return json{{"err", "OK"}, {"zxid", zxid_text(session->last_zxid)}};
}

// Brings every connected session up to date. One server: a heartbeat each. Three: syncs until all have seen the newest
// zxid, in two passes.
Task<> ZooKeeperRunner::barrier() {
  if (ensemble_ && !leader_known_) co_return;
  for (int pass = 0; pass < (ensemble_ ? 2 : 1); ++pass) {
    for (const std::string& name : order_) {
      HandSession* session = sessions_[name].get();
      if (session->connection == nullptr || (ensemble_ && !reachable(*session))) continue;
      if (!ensemble_) {
        const Zxid zxid = co_await session->ping();
        top_ = std::max(top_, zxid);
      } else {
        Zxid zxid = -1;
        while (zxid < top_) {
          const std::int32_t xid = session->submit(zk::Op::sync("/"));
          const zk::Result result = co_await session->reply(xid);
          zxid = result.zxid;
        }
        if (sim::counter_of(zxid) != 0) top_ = zxid;
      }
      collect(*session);
    }
  }
}

}  // namespace chronofault::verify
