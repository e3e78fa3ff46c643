#include <sim/zookeeper/txn.hpp>

namespace chronofault::sim {

zk::Code error_of(const Txn& txn) noexcept {
  if (txn.kind == TxnKind::error) return txn.error;
  for (const Txn& member : txn.members) {
    if (member.kind == TxnKind::error && member.error != zk::Code::ok) return member.error;
  }
  return zk::Code::ok;
}

}  // namespace chronofault::sim
