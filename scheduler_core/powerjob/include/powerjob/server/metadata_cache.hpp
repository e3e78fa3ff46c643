// instance id -> the job row with which the instance was dispatched (powerjob 2.2): status handling goes by it, so that
// later edits do not touch a dispatched instance. Soft references are not modelled: memory never gets that short.
#pragma once

#include <deque>
#include <map>

#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class MetadataCache {
 public:
  explicit MetadataCache(ServerContext& server) : server_(server) {}
  void put(std::int64_t instance_id, const JobInfo& job);
  void drop(std::int64_t instance_id) { jobs_.erase(instance_id); }
  /// From the cache, else from the rows as they are now. Throws Failure when a row is gone.
  Task<JobInfo> load(std::int64_t instance_id);

 private:
  ServerContext& server_;
  std::map<std::int64_t, JobInfo> jobs_;
  std::deque<std::int64_t> by_age_;
};

}  // namespace chronofault::powerjob
