#include <sim/zookeeper/messages.hpp>

namespace chronofault::sim {

namespace {

// Folds words one after another; the order counts.
class Fold {
 public:
  explicit Fold(std::uint64_t start) : value_(start) {}
  Fold& operator()(std::uint64_t word) noexcept {
    value_ = (value_ ^ word) * 0x9e37'79b9'7f4a'7c15u;
    value_ ^= value_ >> 29;
    return *this;
  }
  template <class I>
    requires std::is_integral_v<I> || std::is_enum_v<I>
  Fold& operator()(I word) noexcept {
    return (*this)(static_cast<std::uint64_t>(word));
  }
  Fold& operator()(std::string_view text) noexcept { return (*this)(hash_of(text)); }
  Fold& operator()(const zk::Data& data) noexcept { return data ? (*this)(1u)(std::string_view(*data)) : (*this)(0u); }
  Fold& operator()(const zk::AclList& acl) noexcept {
    if (!acl) return (*this)(0u);
    for (const zk::Acl& entry : *acl) {
      (*this)(entry.perms)(std::string_view(entry.scheme))(std::string_view(entry.id));
    }
    return (*this)(acl->size() + 1);
  }
  std::uint64_t value() const noexcept { return value_; }

 private:
  std::uint64_t value_;
};

void fold_stat(Fold& fold, const zk::Stat& stat) {
  fold(stat.czxid)(stat.mzxid)(stat.pzxid)(stat.ctime_ms)(stat.mtime_ms)(stat.ephemeral_owner)(stat.version)(
      stat.cversion)(stat.aversion)(stat.num_children);
}

void fold_result(Fold& fold, const zk::Result& result) {
  fold(result.op)(result.error)(result.zxid)(std::string_view(result.path))(result.data)(result.acl)(result.count);
  fold_stat(fold, result.stat);
  for (const std::string& name : result.names) fold(std::string_view(name));
  for (const zk::Result& member : result.results) fold_result(fold, member);
}

}  // namespace

const std::vector<MessageKindInfo>& zookeeper_message_kinds() {
  const auto kind = [](std::string_view name, const char* from, const char* to, const char* meaning) {
    MessageKindInfo info;
    info.kind = name;
    info.from = from;
    info.to = to;
    info.meaning = meaning;
    return info;
  };
  static const std::vector<MessageKindInfo> kinds{
      kind(ZkConnect::kind, "client", "zookeeper", "asks for a session, or to go on with one"),
      kind(ZkConnected::kind, "zookeeper", "client", "the session and its timeout; timeout 0: it is over"),
      kind(ZkRequest::kind, "client", "zookeeper", "an operation"),
      kind(ZkReply::kind, "zookeeper", "client", "its result; also the answer to a ping"),
      kind(ZkPing::kind, "client", "zookeeper", "keeps the session alive"),
      kind(ZkSetWatches::kind, "client", "zookeeper", "after a reconnect: the watches that it still wants"),
      kind(ZkEvent::kind, "zookeeper", "client", "a watch fires"),
  };
  return kinds;
}

SessionPassword password_of(zk::SessionId session) noexcept {
  const Fold fold = Fold(0xb3415c00)(session);
  return fold.value() | 1u;
}

std::uint64_t digest_of(const zk::Op& op) noexcept {
  Fold fold(1);
  fold(op.code)(std::string_view(op.path))(op.data)(op.mode)(op.version)(op.ttl_ms)(op.acl)(op.watch)(op.watch_mode)(
      op.watcher_type);
  for (const zk::Op& member : op.members) fold(digest_of(member));
  return fold.value();
}

std::uint64_t digest_of(const Txn& txn) noexcept {
  Fold fold(2);
  fold(txn.kind)(txn.op)(txn.error)(txn.mode)(txn.zxid)(txn.time_ms)(txn.session)(std::string_view(txn.path))(txn.data)(
      txn.acl)(txn.ttl_ms)(txn.timeout_ms)(txn.origin)(txn.request);
  for (const std::string& path : txn.paths) fold(std::string_view(path));
  for (const Txn& member : txn.members) fold(digest_of(member));
  return fold.value();
}

std::uint64_t ZkRequest::hash() const noexcept { return Fold(3)(xid)(digest_of(*op)).value(); }

std::uint64_t ZkReply::hash() const noexcept {
  Fold fold(4);
  fold(xid);
  fold_result(fold, result);
  return fold.value();
}

}  // namespace chronofault::sim
