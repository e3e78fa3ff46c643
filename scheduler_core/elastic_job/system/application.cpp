#include "application.hpp"

#include <elastic_job/errors.hpp>

namespace chronofault::elastic_job {

/// A job of this process, from the moment at which its building began.
struct Application::Hosted {
  std::unique_ptr<Job> job;
  std::exception_ptr failed;
  Latch built{1};
};

Application::Application(Ports& ports, ApplicationConfig config)
    : ports_(ports), config_(std::move(config)), items_(ports.work, *this), threads_(ports.executor) {}

Application::~Application() = default;

Task<> Application::main() {
  co_await connect();
  endpoint_ = ports_.network.listen(config_.port);
  threads_.spawn("endpoint", serve());
  co_await start_jobs();
}

/// An application that cannot connect ends; the service manager starts it again.
Task<> Application::connect() {
  while (true) {
    host_ = std::make_unique<JobHost>(ports_, config_.definitions->profile, config_.host, *config_.rounds, nullptr);
    try {
      co_await host_->init();
      co_return;
    } catch (const RegError&) {
    }
    co_await ports_.clock.sleep_for(config_.restart_wait);
  }
}

// spec: elasticjob 7.1
Task<> Application::start_jobs() {
  for (const std::string& name : config_.jobs) {
    Job* const job = co_await hosted(name);
    std::exception_ptr failed;
    try {
      // What failed ends the thread that starts the jobs: the others are not built.
      if (job == nullptr) co_return;
      if (job->accepted().is_cron()) co_await job->schedule();
    } catch (...) {
      failed = std::current_exception();
    }
    if (!failed) continue;
    Event alarm(EventKind::AlarmRaised);
    alarm.job = name;
    alarm.detail = describe(failed);
    ports_.events.emit(alarm);
    co_return;
  }
}

Task<Job*> Application::hosted(std::string name) {
  auto [at, fresh] = hosted_.try_emplace(name, nullptr);
  if (fresh) at->second = std::make_unique<Hosted>();
  Hosted* const entry = at->second.get();
  if (fresh) {
    co_await build_now(std::move(name), entry);
  } else {
    co_await entry->built.wait();
  }
  if (entry->failed) co_return nullptr;
  co_return entry->job.get();
}

Task<> Application::build_now(std::string name, Hosted* hosted) {
  try {
    const JobDefinition* const definition = config_.definitions->find(name);
    if (definition == nullptr) throw IllegalArgumentError("no job " + name);
    hosted->job = std::make_unique<Job>(*host_, *definition, items_);
    co_await hosted->job->build();
  } catch (...) {
    hosted->failed = std::current_exception();
  }
  hosted->built.count_down();
  if (!hosted->failed) co_return;
  Event alarm(EventKind::AlarmRaised);
  alarm.job = name;
  alarm.detail = describe(hosted->failed);
  ports_.events.emit(alarm);
}

Task<> Application::serve() {
  while (true) {
    Delivery request = co_await endpoint_->inbox().receive();
    threads_.spawn("request", answer(std::move(request)));
  }
}

Task<> Application::answer(Delivery request) {
  const Delivery mine = std::move(request);
  ports_.events.begin_unit(mine.record);
  const ExecuteRequest* const asked = mine.body.as<ExecuteRequest>();
  ExecuteReply reply;
  if (asked == nullptr) {
    reply.refused = "no such request";
  } else {
    reply = co_await start_round(asked->job);
  }
  mine.reply(body_of(std::move(reply)));
}

Task<ExecuteReply> Application::start_round(std::string name) {
  ExecuteReply reply;
  const auto found = hosted_.find(name);
  if (found == hosted_.end() || found->second->job == nullptr || found->second->built.count() > 0) {
    reply.refused = "no job " + name + " in this process";
    co_return reply;
  }
  try {
    reply.round = co_await found->second->job->trigger_all();
  } catch (...) {
    reply.refused = describe(std::current_exception());
  }
  co_return reply;
}

Task<> Application::build(std::string job) {
  std::string name = job;
  Job* const built = co_await hosted(std::move(name));
  if (built == nullptr) throw UserError("the job " + job + " could not be built");
}

Task<WallTime> Application::execute(std::string job) {
  std::string name = job;
  Job* const built = co_await hosted(std::move(name));
  if (built == nullptr) throw UserError("the job " + job + " could not be built");
  co_return co_await built->execute();
}

Task<> Application::wait_for(std::string job) {
  while (!config_.rounds->newest_is_complete(job)) co_await ports_.clock.sleep_for(short_wait);
}

}  // namespace chronofault::elastic_job
