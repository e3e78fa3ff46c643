// A process of an application that embeds ElasticJob (elasticjob 1): it connects, builds its jobs one after another and
// schedules those with a cron expression. Its jobs' work may build further one-off jobs, start rounds of them, and wait
// for a round's end.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <elastic_job/host/job.hpp>
#include <ports/system.hpp>

#include "job_book.hpp"
#include "messages.hpp"
#include "work_items.hpp"

namespace chronofault::elastic_job {

struct ApplicationConfig {
  ApplicationConfig() = default;
  std::shared_ptr<const JobDefinitions> definitions;
  std::shared_ptr<RoundBook> rounds;
  HostSettings host;
  std::vector<std::string> jobs;  // built at the start, in this order
  int port = 0;                   // of the operators' endpoint
  Duration restart_wait;          // of the service manager, after a start that failed
};

class Application final : public Program, private WorkApi {
 public:
  Application(Ports& ports, ApplicationConfig config);
  ~Application() override;
  Task<> main() override;

 private:
  struct Hosted;

  Task<> connect();
  Task<> start_jobs();
  Task<> serve();
  Task<> answer(Delivery request);
  Task<ExecuteReply> start_round(std::string name);
  /// The job, built if it has not been; null: there is no such job, or its building failed.
  Task<Job*> hosted(std::string name);
  Task<> build_now(std::string name, Hosted* hosted);

  // WorkApi.
  Task<> build(std::string job) override;
  Task<WallTime> execute(std::string job) override;
  Task<> wait_for(std::string job) override;

  Ports& ports_;
  ApplicationConfig config_;
  WorkItems items_;
  std::unique_ptr<JobHost> host_;
  std::map<std::string, std::unique_ptr<Hosted>> hosted_;
  std::unique_ptr<Listener> endpoint_;
  Scope threads_;  // last: its tasks use all of the above
};

}  // namespace chronofault::elastic_job
