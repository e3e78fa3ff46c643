#include <algorithm>
#include <set>

#include <fmt/format.h>

#include <ports/coordination/errors.hpp>
#include <ports/mutant.hpp>
#include <sim/zookeeper/path.hpp>
#include <sim/zookeeper/preparer.hpp>

namespace chronofault::sim {

using zk::Code;
using zk::CreateMode;
using zk::OpCode;

bool acl_grants(const zk::AclList& acl, int perm) noexcept {
  if (!acl) return true;
  for (const zk::Acl& entry : *acl) {
    if (entry.scheme != "world" || (entry.perms & perm) != 0) return true;
  }
  return false;
}

namespace {

constexpr std::int64_t ttl_max_ms = (std::int64_t{1} << 40) - 1;

bool valid_digest_id(std::string_view id) {
  const std::size_t colon = id.find(':');
  return colon != std::string_view::npos && id.find(':', colon + 1) == std::string_view::npos;
}

bool valid_ip_id(std::string_view id) {
  return !id.empty() && id.find_first_not_of("0123456789abcdefABCDEF.:/") == std::string_view::npos;
}

// Empty or malformed: INVALIDACL. Duplicates are removed.
Code fix_acl(const zk::AclList& given, zk::AclList& fixed) {
  if (!given) {
    fixed.reset();
    return Code::ok;
  }
  if (given->empty()) return Code::invalid_acl;
  fixed.emplace();
  for (const zk::Acl& entry : *given) {
    const bool valid = (entry.scheme == "world" && entry.id == "anyone") ||
                       (entry.scheme == "digest" && valid_digest_id(entry.id)) ||
                       (entry.scheme == "ip" && valid_ip_id(entry.id));
    if (!valid) return Code::invalid_acl;
    if (std::find(fixed->begin(), fixed->end(), entry) == fixed->end()) fixed->push_back(entry);
  }
  if (*fixed == std::vector<zk::Acl>{zk::Acl()}) fixed.reset();
  return Code::ok;
}

bool known_mode(CreateMode mode) { return mode >= CreateMode::persistent && mode <= CreateMode::ttl_sequential; }

bool is_ttl(CreateMode mode) { return mode == CreateMode::ttl || mode == CreateMode::ttl_sequential; }

bool no_parent(std::string_view path) {
  return path.find('/') == std::string_view::npos || path.find('\0') != std::string_view::npos;
}

Code check_version(std::int32_t expected, std::int32_t present) {
  return expected == -1 || expected == present ? Code::ok : Code::bad_version;
}

TxnKind kind_of(OpCode op) {
  if (zk::is_create(op)) return TxnKind::create;
  switch (op) {
    case OpCode::del:
      return TxnKind::del;
    case OpCode::set_data:
      return TxnKind::set_data;
    case OpCode::set_acl:
      return TxnKind::set_acl;
    case OpCode::check:
      return TxnKind::check;
    default:
      return TxnKind::error;
  }
}

void refuse(Txn& txn, Code code) {
  txn.kind = TxnKind::error;
  txn.error = code;
}

Txn stamped(const Preparer::Order& order) {
  Txn txn;
  txn.zxid = order.zxid;
  txn.time_ms = order.time_ms;
  txn.session = order.session;
  return txn;
}

}  // namespace

bool Preparer::look(std::string_view path, Record& into) const {
  if (!records_.empty()) {
    const auto found = records_.find(path == "/" ? std::string_view() : path);
    if (found != records_.end()) {
      into = found->second;
      return into.there;
    }
  }
  const Znode* node = tree_.find(path);
  if (node == nullptr) return false;
  into.there = true;
  into.version = node->version;
  into.aversion = node->aversion;
  into.creates = node->creates;
  into.children = static_cast<std::int64_t>(node->children.size());
  into.owner = node->owner;
  into.acl = node->acl;
  return true;
}

void Preparer::change(std::string_view path, Record record, Zxid zxid, Undo* undo) {
  const std::string_view key = path == "/" ? std::string_view() : path;
  record.zxid = zxid;
  const auto found = records_.find(key);
  if (undo != nullptr) {
    undo->emplace_back(std::string(key), found == records_.end() ? std::optional<Record>() : found->second);
  }
  if (found == records_.end()) {
    records_.emplace(std::string(key), std::move(record));
  } else {
    found->second = std::move(record);
  }
  order_.emplace_back(zxid, std::string(key));
}

void Preparer::applied(Zxid zxid) {
  while (!order_.empty() && order_.front().first <= zxid) {
    const auto found = records_.find(order_.front().second);
    if (found != records_.end() && found->second.zxid <= zxid) records_.erase(found);
    order_.pop_front();
  }
}

Code Preparer::check_session(const Order& order) {
  return order.server == 0 ? Code::ok : sessions_.check(order.session, order.server);
}

Txn Preparer::operation(const zk::Op& op, const Order& order) {
  Txn txn = stamped(order);
  txn.op = op.code;
  if (op.code == OpCode::multi) {
    decide_multi(op, order, txn);
  } else if (const Code code = decide(op, order, false, nullptr, txn); code != Code::ok) {
    refuse(txn, code);
  }
  return txn;
}

void Preparer::decide_multi(const zk::Op& op, const Order& order, Txn& txn) {
  const bool legal = std::all_of(op.members.begin(), op.members.end(), [](const zk::Op& member) {
    return zk::is_create(member.code) || member.code == OpCode::del || member.code == OpCode::set_data ||
           member.code == OpCode::check;
  });
  if (!legal) {
    refuse(txn, Code::marshalling_error);
    return;
  }
  txn.kind = TxnKind::multi;
  Undo undo;
  const std::size_t before = order_.size();
  std::optional<std::size_t> failed;
  for (const zk::Op& member : op.members) {
    Txn& part = txn.members.emplace_back();
    part.op = member.code;
    if (failed) {
      refuse(part, Code::runtime_inconsistency);
    } else if (const Code code = decide(member, order, true, &undo, part); code != Code::ok) {
      refuse(part, code);
      failed = txn.members.size() - 1;
    }
  }
  if (!failed) return;
  for (std::size_t i = 0; i < *failed; ++i) {
    txn.members[i] = Txn();
    txn.members[i].op = op.members[i].code;
    refuse(txn.members[i], Code::ok);
  }
  // As if it had never been looked at.
  for (auto step = undo.rbegin(); step != undo.rend(); ++step) {
    if (step->second) {
      records_[step->first] = std::move(*step->second);
    } else {
      records_.erase(step->first);
    }
  }
  order_.resize(before);
}

Code Preparer::decide(const zk::Op& op, const Order& order, bool in_multi, Undo* undo, Txn& txn) {
  txn.kind = kind_of(op.code);
  if (txn.kind == TxnKind::create) return decide_create(op, order, in_multi, undo, txn);
  if (const Code session = check_session(order); session != Code::ok) return session;
  if (txn.kind == TxnKind::del) return decide_delete(op, order, undo, txn);
  if (!zk::why_invalid(op.path).empty()) return Code::bad_arguments;
  if (txn.kind == TxnKind::set_acl) {
    if (const Code acl = fix_acl(op.acl, txn.acl); acl != Code::ok) return acl;
  }
  Record node;
  if (!look(op.path, node)) return Code::no_node;
  txn.path = op.path;
  switch (txn.kind) {
    case TxnKind::set_data:
      if (!acl_grants(node.acl, zk::Acl::write)) return Code::no_auth;
      if (const Code version = check_version(op.version, node.version); version != Code::ok) return version;
      ++node.version;
      txn.data = op.data;
      break;
    case TxnKind::set_acl:
      if (!acl_grants(node.acl, zk::Acl::admin)) return Code::no_auth;
      if (const Code version = check_version(op.version, node.aversion); version != Code::ok) return version;
      ++node.aversion;
      node.acl = txn.acl;
      break;
    case TxnKind::check:
      if (!acl_grants(node.acl, zk::Acl::read)) return Code::no_auth;
      return check_version(op.version, node.version);
    default:
      return Code::unimplemented;
  }
  change(op.path, std::move(node), order.zxid, undo);
  return Code::ok;
}

Code Preparer::decide_create(const zk::Op& op, const Order& order, bool in_multi, Undo* undo, Txn& txn) {
  txn.mode = op.mode;
  if (!known_mode(op.mode)) {
    if (!in_multi) return Code::bad_arguments;
    txn.mode = CreateMode::persistent;
  }
  const std::int64_t ttl_ms = op.code == OpCode::create_ttl ? op.ttl_ms : -1;
  if (is_ttl(txn.mode)) {
    if (!options_.extended_types) return Code::unimplemented;
    if (ttl_ms < 1 || ttl_ms > ttl_max_ms) return Code::bad_arguments;
  } else if (ttl_ms >= 0) {
    return Code::bad_arguments;
  }
  if (const Code session = check_session(order); session != Code::ok) return session;
  if (no_parent(op.path)) return Code::bad_arguments;
  if (const Code acl = fix_acl(op.acl, txn.acl); acl != Code::ok) return acl;
  Record parent;
  const std::string_view parent_path = parent_of(op.path);
  if (!look(parent_path, parent)) return Code::no_node;
  if (!acl_grants(parent.acl, zk::Acl::create)) return Code::no_auth;
  txn.path = op.path;
  if (zk::is_sequential(txn.mode)) txn.path += fmt::format("{:010d}", parent.creates);
  if (!zk::why_invalid(txn.path).empty()) return Code::bad_arguments;
  Record node;
  if (look(txn.path, node)) return Code::node_exists;
  if (parent.owner != 0) return Code::no_children_for_ephemerals;
  txn.data = op.data;
  txn.ttl_ms = ttl_ms;
  node = Record();
  node.acl = txn.acl;
  if (zk::is_ephemeral(txn.mode)) node.owner = order.session;
  parent.creates = static_cast<std::int32_t>(static_cast<std::uint32_t>(parent.creates) + 1u);
  ++parent.children;
  change(parent_path, std::move(parent), order.zxid, undo);
  change(txn.path, std::move(node), order.zxid, undo);
  return Code::ok;
}

Code Preparer::decide_delete(const zk::Op& op, const Order& order, Undo* undo, Txn& txn) {
  if (no_parent(op.path) || is_special_path(op.path)) return Code::bad_arguments;
  Record parent;
  if (!look(parent_of(op.path), parent)) return Code::no_node;
  if (!acl_grants(parent.acl, zk::Acl::remove)) return Code::no_auth;
  Record node;
  if (!look(op.path, node)) return Code::no_node;
  if (const Code version = check_version(op.version, node.version); version != Code::ok) return version;
  if (node.children > 0) return Code::not_empty;
  txn.path = op.path;
  remove_node(op.path, order.zxid, undo);
  return Code::ok;
}

void Preparer::remove_node(std::string_view path, Zxid zxid, Undo* undo) {
  Record parent;
  const bool there = look(parent_of(path), parent);
  CF_ASSERT(there);
  --parent.children;
  change(parent_of(path), std::move(parent), zxid, undo);
  Record gone;
  gone.there = false;
  change(path, std::move(gone), zxid, undo);
}

Txn Preparer::create_session(std::int64_t timeout_ms, const Order& order) {
  Txn txn = stamped(order);
  txn.kind = TxnKind::create_session;
  txn.timeout_ms = timeout_ms;
  return txn;
}

Txn Preparer::close_session(const Order& order) {
  Txn txn = stamped(order);
  txn.kind = TxnKind::close_session;
  txn.op = OpCode::close_session;
  if (const Znode::Set* own = tree_.ephemerals(order.session)) {
    for (const Znode* node : *own) {
      Record record;
      if (look(*node->path, record) && record.owner == order.session) txn.paths.push_back(*node->path);
    }
  }
  std::set<std::string_view> seen;
  for (const auto& [zxid, path] : order_) {
    Record record;
    if (!look(path, record) || record.owner != order.session) continue;
    if (std::find(txn.paths.begin(), txn.paths.end(), path) == txn.paths.end() && seen.insert(path).second) {
      txn.paths.push_back(path);
    }
  }
  if (MUTANT("ephemeral-survives-expiry", false, !txn.paths.empty())) txn.paths.pop_back();
  for (const std::string& path : txn.paths) remove_node(path, order.zxid, nullptr);
  return txn;
}

Txn Preparer::remove_container(const std::string& path, const Order& order) {
  Txn txn = stamped(order);
  txn.op = OpCode::del;
  Record node;
  if (!look(path, node)) {
    refuse(txn, Code::no_node);
  } else if (node.children > 0) {
    refuse(txn, Code::not_empty);
  } else if (node.owner != 0) {
    refuse(txn, Code::bad_version);
  } else {
    txn.kind = TxnKind::del;
    txn.path = path;
    remove_node(path, order.zxid, nullptr);
  }
  return txn;
}

}  // namespace chronofault::sim
