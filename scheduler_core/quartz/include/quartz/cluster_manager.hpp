// JobStoreSupport.ClusterManager (quartz 3.3): checks in, and recovers nodes whose check-ins have stopped.
#pragma once

#include <quartz/database_store_thread.hpp>

namespace chronofault::quartz {

class ClusterManager final : public DatabaseStoreThread {
 public:
  explicit ClusterManager(DatabaseStore& store);
  /// On the thread that starts the scheduler. Its failure is swallowed, its recovery not signalled.
  Task<> first_pass();

 private:
  Task<> run() override;
  Task<bool> pass();
};

}  // namespace chronofault::quartz
