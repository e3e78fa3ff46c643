#include <elastic_job/host/job_host.hpp>
#include <elastic_job/host/quartz_job.hpp>
#include <elastic_job/rules/task_context.hpp>

#include "../swallowing.hpp"

namespace chronofault::elastic_job {

JobHost::JobHost(Ports& ports, const Profile& profile, HostSettings settings, RoundBook& rounds, Tracing* tracing)
    : ports(ports),
      profile(profile),
      settings(std::move(settings)),
      own(instance_id(ports.host.ip(), ports.host.pid()), ports.host.ip()),
      rounds(rounds),
      tracing(tracing),
      registry(ports, this->settings.registry, this->profile),
      schedulers_(std::make_unique<QuartzSchedulers>()) {}

JobHost::~JobHost() = default;

Task<> JobHost::init() {
  registry.client().add_state_listener([this](curator::ConnectionState state) { return state_changed(state); });
  co_await registry.init();
}

void JobHost::add_connection_listener(const std::string& job, ConnectionListener& listener) {
  Ranked ranked;
  ranked.rank = ports.random.stream("connection listeners").next();
  ranked.job = job;
  connection_listeners_.emplace(std::move(ranked), &listener);
}

void JobHost::remove_connection_listener(const std::string& job) {
  std::erase_if(connection_listeners_, [&job](const auto& each) { return each.first.job == job; });
}

// spec: elasticjob 1.1 T-CS
// spec: elasticjob 8
Task<> JobHost::state_changed(curator::ConnectionState state) {
  const std::map<Ranked, ConnectionListener*> listeners = connection_listeners_;
  for (const auto& [rank, listener] : listeners) {
    bool interrupted = false;
    try {
      co_await listener->state_changed(state);
    } catch (const Interrupted&) {
      interrupted = true;
    } catch (...) {
      // Logged upstream.
    }
    if (interrupted) co_await curator::keep_interrupt();
  }
}

}  // namespace chronofault::elastic_job
