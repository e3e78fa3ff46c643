// What a small world lacks. A program that asks for it there is a mistake of whoever wrote that world.
#pragma once

#include <ports/assert.hpp>
#include <ports/coordination.hpp>
#include <ports/database.hpp>

namespace chronofault::sim {

class NoDatabase final : public Database {
 public:
  void configure(db::PoolOptions) override { CF_ASSERT(false && "this world has no database"); }
  Task<db::PooledConnection> acquire() override {
    CF_ASSERT(false && "this world has no database");
    co_return db::PooledConnection();
  }
};

class NoCoordination final : public Coordination {
 public:
  std::shared_ptr<zk::Handle> open(zk::Options, zk::WatcherPtr) override {
    CF_ASSERT(false && "this world has no ZooKeeper");
    return nullptr;
  }
};

}  // namespace chronofault::sim
