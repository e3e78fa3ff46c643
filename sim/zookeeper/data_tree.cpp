#include <algorithm>

#include <ports/value.hpp>
#include <sim/zookeeper/data_tree.hpp>
#include <sim/zookeeper/path.hpp>
#include <sim/zookeeper/watch_manager.hpp>

namespace chronofault::sim {

using zk::CreateMode;
using zk::EventType;

zk::Stat Znode::stat() const noexcept {
  zk::Stat stat;
  stat.czxid = czxid;
  stat.mzxid = mzxid;
  stat.pzxid = pzxid;
  stat.ctime_ms = ctime_ms;
  stat.mtime_ms = mtime_ms;
  stat.ephemeral_owner = owner;
  stat.version = version;
  stat.aversion = aversion;
  stat.data_length = data ? static_cast<std::int32_t>(data->size()) : 0;
  stat.num_children = static_cast<std::int32_t>(children.size());
  // Each child that is still there counts once, each deleted one twice; the counters wrap silently.
  stat.cversion =
      static_cast<std::int32_t>(static_cast<std::uint32_t>(creates) * 2u - static_cast<std::uint32_t>(children.size()));
  return stat;
}

namespace {
void increment(std::int32_t& counter) noexcept {
  counter = static_cast<std::int32_t>(static_cast<std::uint32_t>(counter) + 1u);
}
}  // namespace

DataTree::DataTree(std::uint64_t order_seed) : order_seed_(order_seed) {
  const auto [root, made] = nodes_.try_emplace("");
  root->second.path = &root->first;
  root_ = &root->second;  // NOLINT(cppcoreguidelines-prefer-member-initializer): needs the path first
  // The built-in nodes were not counted as creates (zookeeper 1).
  Znode& zookeeper = insert("/zookeeper", *root_);
  Znode& quota = insert("/zookeeper/quota", zookeeper);
  Znode& config = insert("/zookeeper/config", zookeeper);
  for (Znode* node : {root_, &zookeeper, &quota, &config}) node->data.emplace();
}

const Znode* DataTree::find(std::string_view path) const noexcept {
  if (path == "/") return root_;
  const auto found = nodes_.find(path);
  return found == nodes_.end() ? nullptr : &found->second;
}

Znode* DataTree::get(std::string_view path) noexcept {
  if (path == "/") return root_;
  const auto found = nodes_.find(path);
  return found == nodes_.end() ? nullptr : &found->second;
}

Znode& DataTree::insert(std::string path, Znode& parent) {
  const auto [entry, made] = nodes_.try_emplace(std::move(path));
  CF_ASSERT(made);
  Znode& node = entry->second;
  node.path = &entry->first;
  node.order = hash_of(node.name()) ^ order_seed_;
  node.order *= 0x9e37'79b9'7f4a'7c15u;
  node.parent = &parent;
  parent.children.insert(&node);
  return node;
}

void DataTree::enlist(Znode& node) {
  if (node.ephemeral()) ephemerals_[node.owner].insert(&node);
  if (node.container) containers_.insert(&node);
  if (node.ttl()) ttls_.insert(&node);
}

const Znode::Set* DataTree::ephemerals(zk::SessionId session) const noexcept {
  const auto found = ephemerals_.find(session);
  return found == ephemerals_.end() ? nullptr : &found->second;
}

std::int64_t DataTree::descendants(const Znode& node) const noexcept {
  std::int64_t count = 0;
  for (const Znode* child : node.children) count += 1 + descendants(*child);
  return count;
}

void DataTree::apply(const Txn& txn, WatchManager* watches, Applied* applied) {
  if (txn.kind == TxnKind::multi) {
    if (error_of(txn) == zk::Code::ok) {
      for (const Txn& member : txn.members) {
        zk::Stat* stat = applied != nullptr ? &applied->members.emplace_back() : nullptr;
        apply_one(member, txn, watches, stat);
      }
    }
  } else {
    apply_one(txn, txn, watches, applied != nullptr ? &applied->stat : nullptr);
  }
  CF_ASSERT(txn.zxid > last_zxid_);
  last_zxid_ = txn.zxid;
}

void DataTree::apply_one(const Txn& txn, const Txn& whole, WatchManager* watches, zk::Stat* stat) {
  switch (txn.kind) {
    case TxnKind::error:
    case TxnKind::check:
      return;
    case TxnKind::create:
      create(txn, whole, watches, stat);
      return;
    case TxnKind::del:
      remove(txn.path, whole, watches);
      return;
    case TxnKind::set_data: {
      Znode* node = get(txn.path);
      CF_ASSERT(node != nullptr);
      node->data = txn.data;
      increment(node->version);
      node->mzxid = whole.zxid;
      node->mtime_ms = whole.time_ms;
      node->writer = whole.record;
      if (stat != nullptr) *stat = node->stat();
      if (watches != nullptr) watches->data_changed(txn.path);
      return;
    }
    case TxnKind::set_acl: {
      Znode* node = get(txn.path);
      CF_ASSERT(node != nullptr);
      node->acl = txn.acl;
      increment(node->aversion);
      node->writer = whole.record;
      if (stat != nullptr) *stat = node->stat();
      return;
    }
    case TxnKind::create_session:
      sessions_[txn.session] = txn.timeout_ms;
      return;
    case TxnKind::close_session:
      close_session(txn, watches);
      return;
    case TxnKind::multi:
      break;
  }
  CF_ASSERT(false);
}

void DataTree::create(const Txn& txn, const Txn& whole, WatchManager* watches, zk::Stat* stat) {
  Znode* parent = get(parent_of(txn.path));
  CF_ASSERT(parent != nullptr);
  Znode& node = insert(txn.path, *parent);
  node.data = txn.data;
  node.acl = txn.acl;
  node.czxid = node.mzxid = node.pzxid = whole.zxid;
  node.ctime_ms = node.mtime_ms = whole.time_ms;
  if (zk::is_ephemeral(txn.mode)) node.owner = whole.session;
  node.container = txn.mode == CreateMode::container;
  if (txn.mode == CreateMode::ttl || txn.mode == CreateMode::ttl_sequential) node.ttl_ms = txn.ttl_ms;
  node.writer = whole.record;
  enlist(node);
  increment(parent->creates);
  parent->pzxid = std::max(parent->pzxid, whole.zxid);
  parent->writer = whole.record;
  if (stat != nullptr) *stat = node.stat();
  if (watches != nullptr) watches->created(txn.path);
}

void DataTree::remove(std::string_view path, const Txn& whole, WatchManager* watches) {
  const auto found = nodes_.find(path);
  CF_ASSERT(found != nodes_.end());
  Znode& node = found->second;
  CF_ASSERT(node.children.empty());
  Znode& parent = *node.parent;
  parent.children.erase(&node);
  parent.pzxid = std::max(parent.pzxid, whole.zxid);
  parent.writer = whole.record;
  if (node.ephemeral()) {
    const auto own = ephemerals_.find(node.owner);
    own->second.erase(&node);
    if (own->second.empty()) ephemerals_.erase(own);
  }
  if (node.container) containers_.erase(&node);
  if (node.ttl()) ttls_.erase(&node);
  const auto entry = nodes_.extract(found);  // lives on while its watchers are told
  if (watches != nullptr) watches->deleted(entry.key());
}

void DataTree::close_session(const Txn& txn, WatchManager* watches) {
  sessions_.erase(txn.session);
  for (const std::string& path : txn.paths) remove(path, txn, watches);
}

std::unique_ptr<DataTree> DataTree::clone() const {
  auto copy = std::make_unique<DataTree>(order_seed_);
  copy->copy_below(*root_, *copy->root_);
  copy->sessions_ = sessions_;
  copy->last_zxid_ = last_zxid_;
  return copy;
}

void DataTree::copy_below(const Znode& from, Znode& to) {
  to.data = from.data;
  to.acl = from.acl;
  to.czxid = from.czxid;
  to.mzxid = from.mzxid;
  to.pzxid = from.pzxid;
  to.ctime_ms = from.ctime_ms;
  to.mtime_ms = from.mtime_ms;
  to.owner = from.owner;
  to.ttl_ms = from.ttl_ms;
  to.version = from.version;
  to.aversion = from.aversion;
  to.creates = from.creates;
  to.container = from.container;
  to.writer = from.writer;
  enlist(to);
  for (const Znode* child : from.children) {
    Znode* own = get(*child->path);
    copy_below(*child, own != nullptr ? *own : insert(*child->path, to));
  }
}

}  // namespace chronofault::sim
