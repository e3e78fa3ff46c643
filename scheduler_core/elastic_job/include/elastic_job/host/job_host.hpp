// What the jobs of one process share (elasticjob 1.1, 2.2): the registry centre with its client, whose two threads run
// every job's listeners; the job registry; the Quartz schedulers by name.
//
// Upstream's listeners lie in hash maps keyed by identity, so that they run in an arbitrary order that lasts as long as
// the process. Here that order is drawn: one permutation per job of its data listeners, one rank per job for its
// connection listener.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <elastic_job/connection_listener.hpp>
#include <elastic_job/job_registry.hpp>
#include <elastic_job/round_book.hpp>
#include <elastic_job/tracing.hpp>
#include <elastic_job/zookeeper_registry.hpp>
#include <ports/system.hpp>

namespace chronofault::elastic_job {

class QuartzSchedulers;

struct HostSettings {
  HostSettings() = default;
  RegistrySettings registry;
  /// Local time that one event costs the thread that runs its listeners: drawn from zero to this. Upstream parses the
  /// whole configuration for each event, in a process that has hardly begun (elasticjob 8.8).
  Duration listener_lag_max = Duration::ms(5);
};

class JobHost {
 public:
  /// `tracing` may be null. `rounds` outlives the process.
  JobHost(Ports& ports, const Profile& profile, HostSettings settings, RoundBook& rounds, Tracing* tracing);
  JobHost(const JobHost&) = delete;
  JobHost& operator=(const JobHost&) = delete;
  ~JobHost();

  /// Connects. Throws RegError.
  Task<> init();

  /// Told of every later change of the connection, in the order of ranks. Until remove_connection_listener().
  void add_connection_listener(const std::string& job, ConnectionListener& listener);
  void remove_connection_listener(const std::string& job);

  Ports& ports;
  const Profile profile;
  const HostSettings settings;
  const JobInstance own;
  RoundBook& rounds;
  Tracing* const tracing;
  JobRegistry jobs;
  ZookeeperRegistry registry;
  QuartzSchedulers& schedulers() noexcept { return *schedulers_; }

 private:
  Task<> state_changed(curator::ConnectionState state);

  struct Ranked {
    std::uint64_t rank = 0;
    std::string job;
    friend auto operator<=>(const Ranked&, const Ranked&) = default;
  };
  std::map<Ranked, ConnectionListener*> connection_listeners_;
  std::unique_ptr<QuartzSchedulers> schedulers_;
};

}  // namespace chronofault::elastic_job
