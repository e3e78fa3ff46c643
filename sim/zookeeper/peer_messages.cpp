#include <sim/zookeeper/peer_messages.hpp>

namespace chronofault::sim {

std::uint64_t ZabSynchronise::hash() const noexcept {
  std::uint64_t h = static_cast<std::uint64_t>(keep_until) * 0x9e37'79b9'7f4a'7c15u;
  if (copy) h ^= static_cast<std::uint64_t>(copy->last_zxid()) * 31u + copy->size();
  for (const TxnPtr& txn : missing) h = (h ^ digest_of(*txn)) * 0x9e37'79b9'7f4a'7c15u;
  return h;
}

std::uint64_t ZabRequest::hash() const noexcept {
  std::uint64_t h = op ? digest_of(*op) : 0;
  for (const std::uint64_t word : {static_cast<std::uint64_t>(what), static_cast<std::uint64_t>(session), number,
                                   static_cast<std::uint64_t>(timeout_ms)}) {
    h = (h ^ word) * 0x9e37'79b9'7f4a'7c15u;
  }
  return h;
}

}  // namespace chronofault::sim
