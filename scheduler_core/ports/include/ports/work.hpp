// What a worker runs: the user's job. In the simulation its duration, result and load come from the job's declaration.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <ports/task/task.hpp>
#include <ports/time.hpp>

namespace chronofault {

/// What a call of the client API began: nothing (built, waited), or a run of the job that it named.
struct WorkAnswer {
  WorkAnswer() = default;
  WorkAnswer(std::int64_t run, std::optional<WallTime> fire) : run(run), fire(fire) {}
  std::int64_t run = 0;          // upstream's instance id, or 0
  std::optional<WallTime> fire;  // nominal fire time as the system attributes it
  bool began() const noexcept { return run != 0 || fire.has_value(); }
};

/// What the scheduler knows when it starts user code, and the client API that user code may call.
struct WorkContext {
  WorkContext() = default;
  std::string job;               // by the name under which the scenario declares it
  std::int64_t run = 0;          // upstream's instance id
  std::int64_t parent_run = 0;   // workflow instance, or 0
  std::optional<WallTime> fire;  // nominal fire time as the system attributes it
  int shard = -1;
  int attempt = -1;
  std::string params;
  /// Starts other work from inside this one (map, one-off execute, child trigger, build a job, wait for a round):
  /// verb and argument are the system's; empty where the system offers none.
  std::function<Task<WorkAnswer>(std::string verb, std::string argument)> call;
};

struct WorkResult {
  WorkResult() = default;
  WorkResult(bool ok, std::string text) : ok(ok), text(std::move(text)) {}
  bool ok = false;
  std::string text;
};

class Work {
 public:
  /// Runs the user code of `context.job` to its end. RunStarted, RunEnded and WorkCalled are emitted by the work
  /// itself. Interrupting the calling fiber is up to the job's declaration: obeyed (throws Interrupted) or ignored. A
  /// crash of the process ends it without RunEnded. Load and memory of the host are taken while it runs.
  virtual Task<WorkResult> run(WorkContext context) = 0;

 protected:
  ~Work() = default;
};

}  // namespace chronofault
