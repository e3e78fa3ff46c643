#include <algorithm>

#include <ports/coordination/errors.hpp>
#include <sim/zookeeper/client_core.hpp>

namespace chronofault::sim {

using zk::Code;
using zk::HandleState;
using zk::KeeperState;
using zk::OpCode;

ClientCore::ClientCore(ZooKeeperClient& client, const zk::Options& options, zk::WatcherPtr default_watcher)
    : client_(client),
      requested_(options.session_timeout),
      jute_max_buffer_(options.jute_max_buffer),
      servers_(options.connect_string, client.random.stream("zookeeper-client")),
      default_watcher_(std::move(default_watcher)),
      draws_(client.random.stream("zookeeper-client")),
      connect_timeout_(Duration::ms(requested_.count_ms() / servers_.size())),
      read_timeout_(Duration::ms(requested_.count_ms() * 2 / 3)),
      tasks_(client.executor) {
  tasks_.spawn("SendThread", send_thread());
  tasks_.spawn("SendThread-timers", keep_alive());
  tasks_.spawn("EventThread", event_thread());
}

ClientCore::~ClientCore() = default;

std::string ClientCore::with_chroot(const std::string& path) const {
  if (servers_.chroot().empty()) return path;
  return path == "/" ? servers_.chroot() : servers_.chroot() + path;
}

std::string ClientCore::without_chroot(const std::string& path) const {
  const std::string& chroot = servers_.chroot();
  if (chroot.empty() || !path.starts_with(chroot)) return path;
  return path.size() == chroot.size() ? "/" : path.substr(chroot.size());
}

namespace {

void validate(const zk::Op& op) {
  const bool has_path = op.code != OpCode::multi && op.code != OpCode::multi_read &&
                        op.code != OpCode::get_ephemerals && op.code != OpCode::close_session;
  if (has_path) {
    const bool numbered = zk::is_create(op.code) && zk::is_sequential(op.mode);
    const std::string why = zk::why_invalid(numbered ? op.path + "1" : op.path);
    if (!why.empty()) throw zk::IllegalArgument("Invalid path string \"" + op.path + "\": " + why);
  }
  for (const zk::Op& member : op.members) validate(member);
}

}  // namespace

PacketPtr ClientCore::submit(zk::Request request, zk::Callback callback) {
  validate(request.op);
  PacketPtr packet = std::make_shared<Packet>(std::move(request));
  packet->callback = std::move(callback);
  zk::Op wire = packet->request.op;
  if (!servers_.chroot().empty()) {
    if (wire.code != OpCode::close_session) wire.path = with_chroot(wire.path);
    for (zk::Op& member : wire.members) member.path = with_chroot(member.path);
  }
  wire.watch = packet->request.watcher != nullptr;
  packet->result.op = wire.code;
  if (wire.code == OpCode::remove_watches && wire.watch) {
    wire.watch = false;
    wire.code = OpCode::check_watches;  // the server keeps its entry: other watchers of this client may need it
    if (!watches_.contains(packet->request.op.path, wire.watcher_type, packet->request.watcher)) {
      packet->result.error = Code::no_watcher;
      finish(packet);
      return packet;
    }
  }
  packet->wire = std::make_shared<const zk::Op>(std::move(wire));
  if (state_ == HandleState::closed || closing_ || client_.executor.dying()) {
    packet->result.error = state_ == HandleState::closed ? Code::session_expired : Code::connection_loss;
    finish(packet);
  } else if (state_ == HandleState::connected) {
    send_packet(packet);
  } else {
    queued_.push_back(packet);
  }
  return packet;
}

PacketPtr ClientCore::close() {
  if (state_ == HandleState::closed || closing_) return nullptr;
  PacketPtr packet = submit(zk::Request(zk::Op(OpCode::close_session)), nullptr);
  closing_ = true;
  return packet;
}

// Somebody waits at the latch, or the callback goes through the event thread.
void ClientCore::finish(const PacketPtr& packet) {
  if (packet->request.op.code == OpCode::close_session) state_ = HandleState::closed;
  if (packet->callback) {
    Delivery delivery;
    delivery.answered = packet;
    delivery.record = packet->record;
    deliveries_.push(std::move(delivery));
  } else {
    packet->done.count_down();
  }
}

void ClientCore::fail_all(Code code) {
  std::deque<PacketPtr> failed = std::exchange(pending_, {});
  for (PacketPtr& packet : queued_) failed.push_back(std::move(packet));
  queued_.clear();
  for (const PacketPtr& packet : failed) {
    packet->result.error = code;
    finish(packet);
  }
}

// The session is over, or is taken to be.
void ClientCore::die(Code code) {
  state_ = HandleState::closed;
  if (link_ != nullptr) link_->close();
  fail_all(code);
  keeper_.notify_all();
}

void ClientCore::inject_session_expiration() {
  if (state_ == HandleState::closed) return;
  tell_state(KeeperState::expired);
  die(Code::session_expired);
}

void ClientCore::abandon() {
  default_watcher_ = nullptr;
  die(Code::session_expired);
}

void ClientCore::tell_state(KeeperState state) {
  if (state == told_) return;
  told_ = state;
  Delivery delivery;
  delivery.event = zk::WatchedEvent(zk::EventType::none, state, "");
  if (default_watcher_ != nullptr) delivery.watchers.push_back(default_watcher_);
  for (zk::WatcherPtr& watcher : watches_.all()) {
    if (watcher != default_watcher_) delivery.watchers.push_back(std::move(watcher));
  }
  delivery.record = client_.events.tracing() ? client_.events.wrote(zk::name_of(state), "") : 0;
  deliveries_.push(std::move(delivery));
}

void ClientCore::tell(zk::EventType type, std::string path, ClientWatches::Watchers watchers, RecordId record) {
  Delivery delivery;
  delivery.event = zk::WatchedEvent(type, told_, std::move(path));
  delivery.watchers = std::move(watchers);
  delivery.record = record;
  deliveries_.push(std::move(delivery));
}

Task<> ClientCore::event_thread() {
  for (;;) {
    Delivery delivery = co_await deliveries_.receive();
    client_.events.begin_unit(delivery.record);
    if (delivery.answered != nullptr) {
      try {
        zk::Result result = std::move(delivery.answered->result);
        Task<> told = delivery.answered->callback(std::move(result));
        co_await std::move(told);
      } catch (...) {
        // Logged upstream; the thread goes on.
      }
    }
    for (const zk::WatcherPtr& watcher : delivery.watchers) {
      try {
        co_await watcher->process(delivery.event);
      } catch (...) {
      }
    }
  }
}

void ClientCore::remove_watches(const Packet& packet) {
  auto removed = watches_.remove(packet.request.op.path, packet.request.op.watcher_type, packet.request.watcher);
  for (auto& [type, watchers] : removed) tell(type, packet.request.op.path, std::move(watchers), packet.record);
}

}  // namespace chronofault::sim
