#include "elasticjob_check.hpp"

#include "elasticjob_configuration.hpp"

namespace chronofault::verify::elasticjob {

Check::Check(Case& c)
    : c(c),
      log(stage.clock()),
      configuration(job_default, 3),
      context(job_default, c.profile(), registry, stage.clock()),
      controller(log),
      storage(log),
      configurations(log, configuration) {
  const Facts& given = c.given();
  const json* const count = given.find_any({"count", "total"});
  configuration.sharding_total_count = Facts::value_of(count, configuration.sharding_total_count);
  registry.set_total_count(job_default, Facts::value_of(count, 0));
  configuration.monitor_execution = given.get("monitorExecution", configuration.monitor_execution);
  configuration.failover = given.get("failover", configuration.failover);
  configuration.misfire = given.get("misfire", configuration.misfire);

  registry.add_instance(job_default, JobInstance(given.get<std::string>("own", own_id_default)));
  if (!given.get("shutdown", false)) registry.register_job(job_default, controller);
  registry.set_running(job_default, given.get("running", false));
}

void Check::play() {
  const std::exception_ptr error = stage.play(call());
  if (error) {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception&) {
      throw;  // nothing of the system's: a case that is not as its check reads it
    } catch (...) {
      outcome.error = error_name(error);
    }
  }
  outcome.log = &log;
  outcome.values["running_after"] = registry.is_running(job_default);
  look_back();
  c.compare(outcome);
}

Items items_of(const json& list) { return list.is_null() ? Items() : list.get<Items>(); }

bool static_and_sharded(const Facts& given) {
  const json* const items = given.find("sharding_children");
  return given.get("static_sharding", false) && (items == nullptr || !items->empty());
}

Task<ShardingContexts> PlayedExecutionContexts::sharding_contexts(Items items) {
  ShardingContexts contexts;
  contexts.job = job_default;
  for (const int item : items) contexts.item_parameters.emplace_back(item, std::nullopt);
  return answer(call_of("context", joined(items)), std::move(contexts));
}

}  // namespace chronofault::verify::elasticjob
