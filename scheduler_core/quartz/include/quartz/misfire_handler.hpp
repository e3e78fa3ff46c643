// JobStoreSupport.MisfireHandler (quartz 3.2): re-times triggers that have missed their time by the threshold.
#pragma once

#include <quartz/database_store_thread.hpp>

namespace chronofault::quartz {

class MisfireHandler final : public DatabaseStoreThread {
 public:
  explicit MisfireHandler(DatabaseStore& store);

 private:
  Task<> run() override;
};

}  // namespace chronofault::quartz
