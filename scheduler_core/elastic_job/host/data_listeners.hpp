// The data listeners of one job on its cache: who runs them, and in which order (elasticjob 1.1 T-SN, 2.4).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <coordination/curator_cache.hpp>
#include <elastic_job/journal.hpp>
#include <elastic_job/listeners.hpp>
#include <ports/random.hpp>
#include <ports/task/pool.hpp>

namespace chronofault::elastic_job {

class DataListeners {
 public:
  struct Settings {
    Settings(Executor& executor, RandomStream& draws, Duration lag_max)
        : executor(executor), draws(draws), lag_max(lag_max) {}
    Executor& executor;
    RandomStream& draws;
    Duration lag_max;                // local time that an event costs, drawn from zero to this
    bool thread_of_its_own = false;  // ListenerNotify-J; else they run on the client's listener thread
  };

  /// Draws the permutation.
  DataListeners(const JobContext& context, Settings settings, Journal& journal,
                std::vector<std::unique_ptr<DataListener>> listeners);

  /// Told of every event of the cache from now on.
  void listen_to(curator::CuratorCache& cache);
  /// From 3.0.4 on: told of nothing more.
  void remove();
  /// The thread of its own, if there is one, takes no more events and ends with those that it has.
  void end_thread();

 private:
  /// `event` outlives the task.
  Task<> event(const curator::CuratorCacheEvent* event);
  Task<> tell(DataChanged event);
  void record(const DataChanged& event);

  const JobContext& context_;
  Settings settings_;
  Journal& journal_;
  std::vector<std::unique_ptr<DataListener>> listeners_;
  bool removed_ = false;
  std::unique_ptr<ThreadPool> thread_;  // last: its job uses all of the above
};

}  // namespace chronofault::elastic_job
