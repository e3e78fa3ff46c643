// The simulated work of a job: draws duration and result from the job's declaration, takes the machine's cores and
// memory while it runs, and says RunStarted, RunEnded and WorkCalled itself. Nothing of a scheduler can make it lie.
#pragma once

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <ports/work.hpp>
#include <sim/host/process.hpp>

namespace chronofault::sim {

/// What a job's work is, drawn anew for each run.
struct WorkDeclaration {
  WorkDeclaration() = default;
  std::function<Duration(RandomStream&)> takes;
  int milli_cores = 500;
  std::int64_t memory = 0;
  int fails_per_million = 0;
  bool obeys_interrupt = true;
  /// What it does through the client API after its own duration: calls in order.
  struct Call {
    Call() = default;
    std::string verb;
    std::string argument;
    std::function<Duration(RandomStream&)> takes;  // before the call; may be empty
    std::vector<int> items;                        // the shards that call; empty: all
    bool made_by(int shard) const {
      return items.empty() || std::find(items.begin(), items.end(), shard) != items.end();
    }
  };
  std::vector<Call> then;
};

/// The declaration of a job by name; null: a job that nobody declared (an assertion of ours).
using WorkCatalogue = std::function<const WorkDeclaration*(std::string_view job)>;

class WorkPort final : public Work {
 public:
  WorkPort(Trace& trace, Process& process, TaskExecutor& executor, Random& random, const WorkCatalogue& catalogue)
      : trace_(trace), process_(process), executor_(executor), random_(random), catalogue_(catalogue) {}
  Task<WorkResult> run(WorkContext context) override;

 private:
  Task<> be_busy(Duration nominal, int milli_cores, std::int64_t memory, bool obeys_interrupt);
  void say(EventKind kind, const WorkContext& context, const WorkResult& result);
  void say_called(const WorkDeclaration::Call& call, const WorkAnswer& answer);

  Trace& trace_;
  Process& process_;
  TaskExecutor& executor_;
  Random& random_;
  const WorkCatalogue& catalogue_;
};

}  // namespace chronofault::sim
