// One znode with the fields that the servers keep of it (zookeeper 1).
#pragma once

#include <set>
#include <string>

#include <sim/zookeeper/txn.hpp>

namespace chronofault::sim {

struct Znode {
  Znode() = default;
  Znode(const Znode&) = delete;
  Znode& operator=(const Znode&) = delete;

  /// Hash order, as upstream's sets have it: by a seeded hash of the name, so that nobody can rely on it.
  struct HashOrder {
    bool operator()(const Znode* a, const Znode* b) const noexcept {
      return a->order != b->order ? a->order < b->order : *a->path < *b->path;
    }
  };
  using Set = std::set<Znode*, HashOrder>;

  std::string_view name() const noexcept { return std::string_view(*path).substr(path->rfind('/') + 1); }
  zk::Stat stat() const noexcept;
  bool ephemeral() const noexcept { return owner != 0; }
  bool ttl() const noexcept { return ttl_ms >= 0; }

  const std::string* path = nullptr;  // the key of its entry; "" for the root
  std::uint64_t order = 0;
  Znode* parent = nullptr;
  Set children;
  zk::Data data;
  zk::AclList acl;
  Zxid czxid = 0;
  Zxid mzxid = 0;
  Zxid pzxid = 0;
  std::int64_t ctime_ms = 0;
  std::int64_t mtime_ms = 0;
  zk::SessionId owner = 0;
  std::int64_t ttl_ms = -1;
  std::int32_t version = 0;
  std::int32_t aversion = 0;
  std::int32_t creates = 0;  // children ever created; the next sequential suffix
  bool container = false;
  RecordId writer = 0;  // the record of the last transaction that changed it
};

}  // namespace chronofault::sim
