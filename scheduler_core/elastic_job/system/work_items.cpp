#include "work_items.hpp"

#include <elastic_job/errors.hpp>

namespace chronofault::elastic_job {

Task<> WorkItems::process(const JobConfiguration&, JobFacade&, ShardingContext context) {
  WorkContext work;
  work.job = context.job;
  work.fire = context.fire;
  work.shard = context.item;
  work.attempt = context.source == ExecutionSource::misfire ? 1 : 0;
  work.params = context.item_parameter.value_or("");
  work.call = [this](std::string verb, std::string argument) { return call(std::move(verb), std::move(argument)); };
  const WorkResult result = co_await work_.run(std::move(work));
  if (!result.ok) throw UserError(result.text);
}

Task<WorkAnswer> WorkItems::call(std::string verb, std::string argument) {
  if (verb == "build") {
    co_await api_.build(std::move(argument));
  } else if (verb == "execute" || verb == "trigger") {
    const WallTime round = co_await api_.execute(std::move(argument));
    co_return WorkAnswer(0, round);
  } else if (verb == "wait_for") {
    co_await api_.wait_for(std::move(argument));
  } else {
    throw UserError("elastic-job has no call '" + verb + "'");
  }
  co_return WorkAnswer();
}

}  // namespace chronofault::elastic_job
