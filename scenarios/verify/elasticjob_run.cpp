#include <elastic_job/dataflow.hpp>
#include <elastic_job/errors.hpp>
#include <elastic_job/job_executor.hpp>

#include "elasticjob_check.hpp"
#include "elasticjob_groups.hpp"

namespace chronofault::verify::elasticjob {

namespace {

class PlayedFacade final : public JobFacade, Collaborator {
 public:
  PlayedFacade(Log& log, const JobConfiguration& configuration) : Collaborator(log), configuration_(configuration) {}
  Task<JobConfiguration> load_configuration(bool) override { return answer("load", configuration_); }
  Task<> check_environment() override {
    return act_or_throw("check_time", clock_is_bad ? std::make_exception_ptr(JobExecutionEnvironmentError("clock"))
                                                   : std::exception_ptr());
  }
  Task<> failover_if_necessary() override { return act("failover_if_necessary"); }
  Task<> register_begin(ShardingContexts) override { return act("register_begin"); }
  Task<> register_completed(ShardingContexts, Items) override { return act("register_completed"); }
  Task<ShardingContexts> sharding_contexts() override { return answer("context", contexts); }
  Task<bool> misfire_if_running(Items) override { return answer("misfire_if_running", still_running); }
  Task<> clear_misfire(Items) override { return act("clear_misfire"); }
  Task<bool> is_execute_misfired(Items) override { return answer("is_execute_misfired", misfired.take()); }
  Task<bool> is_need_sharding() override { return answer("is_need_sharding", necessary.take()); }
  Task<> before_job_executed(ShardingContexts) override { return act_or_throw("before", before_error); }
  Task<> after_job_executed(ShardingContexts) override { return act_or_throw("after", after_error); }
  void post(const ExecutionEvent&) override { log().say("post_event"); }
  void post(const StatusTrace& status) override {
    log().say("post_trace");
    trace.push_back(std::string(name_of(status.state)));
  }

  bool clock_is_bad = false;
  ShardingContexts contexts;
  bool still_running = false;
  Answers<bool> misfired = false;
  Answers<bool> necessary = false;
  std::exception_ptr before_error;
  std::exception_ptr after_error;
  json trace = json::array();

 private:
  Task<> act_or_throw(std::string call, std::exception_ptr error) {
    log().say(std::move(call));
    if (error) std::rethrow_exception(error);
    co_return;
  }
  const JobConfiguration& configuration_;
};

/// "exception": what user code throws; null, absent, "ok": nothing.
std::exception_ptr user_error(const Case& c, const json* word) {
  if (word == nullptr || word->is_null() || *word == "ok") return nullptr;
  if (*word != "exception" && *word != "error") c.bad("unknown outcome of user code: " + word->dump());
  return std::make_exception_ptr(UserError("as the case says"));
}

class PlayedItems final : public ItemExecutor {
 public:
  Task<> process(const JobConfiguration&, JobFacade&, ShardingContext context) override {
    ++runs;
    const auto error = errors.find(context.item);
    if (error != errors.end() && error->second) std::rethrow_exception(error->second);
    co_return;
  }
  int runs = 0;
  std::map<int, std::exception_ptr> errors;  // by item
};

class JobRunCheck final : public Check {
 public:
  explicit JobRunCheck(Case& of) : Check(of), facade_(log, configuration) {
    outcome.named_calls_only = true;
    configuration.job_error_handler_type = given().get<std::string>("handler", "THROW");
    configuration.job_executor_service_handler_type = given().get<std::string>("executor", "CPU");
    const json* const environment = given().find("check_environment");
    facade_.clock_is_bad = environment != nullptr && (*environment == "error" || *environment == "exception");
    facade_.still_running = given().get("misfire_if_running", false);
    facade_.misfired = Answers<bool>::of(given().find("execute_misfired"), false);
    facade_.necessary = Answers<bool>::of(given().find("necessary"), false);
    facade_.before_error = user_error(c, given().find("before"));
    facade_.after_error = user_error(c, given().find("after"));
    facade_.contexts.job = job_default;
    facade_.contexts.task_id = "task";
    facade_.contexts.total = configuration.sharding_total_count;
    const json* const results = given().find_any({"item_result", "item_results"});
    for (const int item : given().get("items", Items())) {
      facade_.contexts.item_parameters.emplace_back(item, std::nullopt);
      items_.errors.emplace(item, user_error(c, result_of(results, item)));
    }
  }

 private:
  /// One for all items, or an object by item.
  static const json* result_of(const json* results, int item) {
    if (results == nullptr || !results->is_object()) return results;
    const auto found = results->find(std::to_string(item));
    return found == results->end() ? nullptr : &*found;
  }

  Task<> call() override {
    JobExecutor executor(configuration, c.profile(), facade_, items_,
                         JobExecutor::Settings(stage.executor(), stage.clock(), stage.draws(), 2), nullptr);
    co_await executor.execute(std::nullopt);
  }
  void look_back() override {
    outcome.values["trace"] = facade_.trace;
    outcome.values["item_runs"] = items_.runs;
  }

  PlayedFacade facade_;
  PlayedItems items_;
};

class PlayedListener final : public elastic_job::JobListener, Collaborator {
 public:
  explicit PlayedListener(Log& log) : Collaborator(log) {}
  Task<> before_job_executed(ShardingContexts) override { return act("before"); }
  Task<> after_job_executed(ShardingContexts) override { return act("after"); }
};

class PlayedTracing final : public Tracing, Collaborator {
 public:
  explicit PlayedTracing(Log& log) : Collaborator(log) {}
  void post(const ExecutionEvent&) override { log().say("post_event"); }
  void post(const StatusTrace&) override { log().say("post_trace"); }
};

class JobFacadeCheck final : public Check {
 public:
  explicit JobFacadeCheck(Case& of)
      : Check(of),
        sharding_(log),
        contexts_(log),
        execution_(log),
        failover_(log),
        listener_(log),
        tracing_(log),
        facade_(context, LiteJobFacade::Services(configurations, sharding_, contexts_, execution_, failover_),
                {&listener_}, &tracing_) {
    sharding_.local = Facts::value_of(given().find_any({"local", "local_items"}), Items());
    sharding_.necessary = Answers<bool>::of(given().find("necessary"), false);
    failover_.local = given().get("local_failover", Items());
    failover_.taken_off = Facts::value_of(given().find_any({"taken_off", "local_taken_off"}), Items());
    execution_.disabled = given().get("disabled", Items());
    execution_.misfired = given().get("misfired", Items());
    const json* const service_result = given().find("service_result");
    execution_.running = Answers<bool>::of(service_result, false);
    if (service_result != nullptr) sharding_.necessary = execution_.running;
  }

 private:
  ShardingContexts some_contexts(const Items& items) const {
    ShardingContexts contexts;
    contexts.job = job_default;
    for (const int item : items) contexts.item_parameters.emplace_back(item, std::nullopt);
    return contexts;
  }

  Task<> call() override {
    const std::string fn = c.fn();
    const json named = c.arg_or_given("items");
    Items items = items_of(named);
    if (fn == "load") {
      const JobConfiguration loaded = co_await facade_.load_configuration(true);
      result(loaded.job_name);
    } else if (fn == "check_environment" || fn == "check_time") {
      co_await facade_.check_environment();
    } else if (fn == "failover_if_necessary") {
      co_await facade_.failover_if_necessary();
    } else if (fn == "register_begin") {
      co_await facade_.register_begin(some_contexts(items));
    } else if (fn == "register_completed") {
      Items failed = given().get("failed", Items());
      co_await facade_.register_completed(some_contexts(items), std::move(failed));
    } else if (fn == "context") {
      const ShardingContexts made = co_await facade_.sharding_contexts();
      outcome.values["items"] = made.items();
    } else if (fn == "clear_misfire") {
      co_await facade_.clear_misfire(std::move(items));
    } else if (fn == "before") {
      co_await facade_.before_job_executed(some_contexts(items));
    } else if (fn == "after") {
      co_await facade_.after_job_executed(some_contexts(items));
    } else if (fn == "post_event" || fn == "post_execution_event") {
      facade_.post(ExecutionEvent());
    } else if (fn == "post_trace" || fn == "post_status_trace") {
      facade_.post(StatusTrace("task", TaskState::running, ""));
    } else {
      const bool is = co_await ask(fn, std::move(items));
      result(is);
    }
  }
  Task<bool> ask(std::string fn, Items items) {
    if (fn == "misfire_if_running") return facade_.misfire_if_running(std::move(items));
    if (fn == "is_execute_misfired") return facade_.is_execute_misfired(std::move(items));
    if (fn == "is_need_sharding") return facade_.is_need_sharding();
    c.unknown_function();
  }

  PlayedSharding sharding_;
  PlayedExecutionContexts contexts_;
  PlayedExecution execution_;
  PlayedFailover failover_;
  PlayedListener listener_;
  PlayedTracing tracing_;
  LiteJobFacade facade_;
};

class PlayedDataflow final : public DataflowJob, Collaborator {
 public:
  explicit PlayedDataflow(Log& log) : Collaborator(log) {}
  Task<std::vector<std::string>> fetch_data(ShardingContext) override {
    std::vector<std::string> data =
        fetches.empty() ? std::vector<std::string>() : fetches[std::min(fetched, fetches.size() - 1)];
    ++fetched;
    co_return data;
  }
  Task<> process_data(ShardingContext, std::vector<std::string>) override {
    ++processed;
    co_return;
  }
  std::vector<std::vector<std::string>> fetches;  // the last one stays
  std::size_t fetched = 0;
  int processed = 0;
};

class DataflowCheck final : public Check {
 public:
  explicit DataflowCheck(Case& of) : Check(of), facade_(log, configuration), job_(log), executor_(job_) {
    const bool streaming = given().get("streaming", false);
    configuration.props.emplace("streaming.process", streaming ? "true" : "false");
    if (const json* const fetches = given().find("fetches")) {
      for (const json& data : *fetches) {
        job_.fetches.push_back(data.is_null() ? std::vector<std::string>() : data.get<std::vector<std::string>>());
      }
    }
    facade_.necessary = Answers<bool>::of(given().find("need_sharding"), false);
  }

 private:
  Task<> call() override { return executor_.process(configuration, facade_, ShardingContext()); }
  void look_back() override {
    outcome.values["process_calls"] = job_.processed;
    outcome.values["fetch_calls"] = job_.fetched;
  }

  PlayedFacade facade_;
  PlayedDataflow job_;
  DataflowExecutor executor_;
};

}  // namespace

void check_job_run(Case& c) { play<JobRunCheck>(c); }
void check_job_facade(Case& c) { play<JobFacadeCheck>(c); }
void check_dataflow(Case& c) { play<DataflowCheck>(c); }

}  // namespace chronofault::verify::elasticjob
