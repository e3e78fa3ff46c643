// A transaction: what became of one write request when it was ordered. It is decided whole before it is logged, so that
// every replica that applies it does the same; a refused request is an error transaction and takes a zxid too
// (zookeeper 2).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ports/coordination/types.hpp>
#include <ports/task/fiber.hpp>

namespace chronofault::sim {

using zk::Zxid;

constexpr Zxid make_zxid(std::int64_t epoch, std::int64_t counter) { return (epoch << 32) | counter; }
constexpr std::int64_t epoch_of(Zxid zxid) { return zxid >> 32; }
constexpr std::int64_t counter_of(Zxid zxid) { return zxid & 0xffff'ffff; }

/// Part of the digest: numbers are never reused.
enum class TxnKind : std::uint8_t {
  error = 0,
  create = 1,
  del = 2,
  set_data = 3,
  set_acl = 4,
  check = 5,
  multi = 6,
  create_session = 7,
  close_session = 8,
};

struct Txn {
  Txn() = default;
  TxnKind kind = TxnKind::error;
  zk::OpCode op = zk::OpCode::exists;  // what was asked: decides what the answer carries
  zk::Code error = zk::Code::ok;       // error: OK for the members of a failed multi before the one that failed
  zk::CreateMode mode = zk::CreateMode::persistent;
  Zxid zxid = 0;
  std::int64_t time_ms = 0;  // wall clock of the server that ordered it
  zk::SessionId session = 0;
  std::string path;
  zk::Data data;
  zk::AclList acl;
  std::int64_t ttl_ms = -1;
  std::int64_t timeout_ms = 0;     // create_session
  std::vector<std::string> paths;  // close_session: its ephemerals, in order of their deletion
  std::vector<Txn> members;        // multi
  // Who waits for it: the server that got the request and its number there; 0: nobody.
  std::int32_t origin = 0;
  std::uint64_t request = 0;
  RecordId record = 0;  // of its ordering
};
using TxnPtr = std::shared_ptr<const Txn>;

/// The error that the request's sender gets in the header, or, for a failed multi, of the member that failed.
zk::Code error_of(const Txn& txn) noexcept;

}  // namespace chronofault::sim
