#include <coordination/interrupts.hpp>
#include <elastic_job/errors.hpp>
#include <elastic_job/job_executor.hpp>

namespace chronofault::elastic_job {

/// One trigger's worth: kept by every item of it, since an interrupt may end the wait for them.
struct JobExecutor::Round {
  Round(JobConfiguration configuration, std::optional<WallTime> fire)
      : configuration(std::move(configuration)), fire(fire) {}
  JobConfiguration configuration;
  std::optional<WallTime> fire;
  ShardingContexts contexts;
};

namespace {

/// catch (Throwable): what was thrown, or null.
template <class T>
Task<std::exception_ptr> caught(Task<T> body) {
  try {
    co_await std::move(body);
  } catch (...) {
    co_return std::current_exception();
  }
  co_return std::exception_ptr();
}

bool is_environment_error(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const JobExecutionEnvironmentError&) {
    return true;
  } catch (...) {
    return false;
  }
}

std::string java_set(const std::vector<int>& items) {
  std::string text = "[";
  for (const int item : items) {
    if (text.size() > 1) text += ", ";
    text += std::to_string(item);
  }
  return text + "]";
}

}  // namespace

JobExecutor::JobExecutor(JobConfiguration given, const Profile& profile, JobFacade& facade, ItemExecutor& items,
                         Settings settings, Journal* journal)
    : profile_(profile), facade_(facade), items_(items), settings_(settings), journal_(journal) {
  use(std::move(given));
}

JobExecutor::~JobExecutor() = default;

// spec: elasticjob 7.1 step 1
void JobExecutor::use(JobConfiguration configuration) {
  const ErrorHandler handler = error_handler(configuration.job_error_handler_type, profile_);
  const ExecutorServiceHandler kind = executor_service_handler(configuration.job_executor_service_handler_type);
  if (!pool_ || kind != pool_kind_) {
    if (pool_) {
      pool_->shutdown();
      old_pools_.push_back(std::move(pool_));
    }
    const int threads = pool_threads(kind, settings_.processors);
    ThreadPool::Settings pool("elasticjob-" + configuration.job_name, threads, threads, ThreadPool::unlimited);
    pool.keep_alive = Duration::minutes(5);
    pool.core_timeout = true;
    pool_ = std::make_unique<ThreadPool>(settings_.executor, std::move(pool));
  }
  handler_ = handler;
  pool_kind_ = kind;
  configuration_ = std::move(configuration);
}

Task<> JobExecutor::reload() {
  JobConfiguration present = co_await facade_.load_configuration(true);
  use(std::move(present));
}

// spec: elasticjob 7.6
Task<> JobExecutor::execute(std::optional<WallTime> fire) {
  if (profile_.executor_reloads_configuration) co_await reload();
  const auto round = std::make_shared<Round>(configuration_, fire);
  const std::string job = configuration_.job_name;
  if (journal_ != nullptr) journal_->fire_taken(fire);

  // spec: elasticjob 7.6 E1
  Task<> check = facade_.check_environment();
  std::exception_ptr error = co_await caught(std::move(check));
  if (error && !is_environment_error(error)) std::rethrow_exception(error);
  if (error) handle_error(handler_, job, error);

  round->contexts = co_await facade_.sharding_contexts();
  if (journal_ != nullptr) round->fire = journal_->round_of_items(fire, !configuration_.is_cron());
  const ShardingContexts& contexts = round->contexts;
  const std::vector<int> items = contexts.items();
  // spec: elasticjob 7.6 E3
  facade_.post(StatusTrace(contexts.task_id, TaskState::staging, "Job '" + job + "' execute begin."));

  // spec: elasticjob 7.6 E4
  const bool still_running = co_await facade_.misfire_if_running(items);
  if (still_running) {
    std::string message = "Previous job '" + job + "' - shardingItems '";
    message.append(java_set(items)).append("' is still running, misfired job will start after previous job completed.");
    facade_.post(StatusTrace(contexts.task_id, TaskState::finished, std::move(message)));
    co_return;
  }

  // spec: elasticjob 7.6 E5
  Task<> before = facade_.before_job_executed(contexts);
  error = co_await caught(std::move(before));
  if (error) handle_error(handler_, job, error);

  // spec: elasticjob 7.6 E6
  co_await execute(round, ExecutionSource::normal_trigger);
  // spec: elasticjob 7.6 E7
  while (true) {
    const bool again = co_await facade_.is_execute_misfired(items);
    if (!again) break;
    co_await facade_.clear_misfire(items);
    if (missed_) round->fire = missed_;
    co_await execute(round, ExecutionSource::misfire);
  }
  co_await facade_.failover_if_necessary();
  Task<> after = facade_.after_job_executed(contexts);
  error = co_await caught(std::move(after));
  if (error) handle_error(handler_, job, error);
}

// spec: elasticjob 7.6 execute
Task<> JobExecutor::execute(std::shared_ptr<Round> round, ExecutionSource source) {
  const ShardingContexts& contexts = round->contexts;
  if (contexts.item_parameters.empty()) {
    facade_.post(StatusTrace(contexts.task_id, TaskState::finished,
                             "Sharding item for job '" + configuration_.job_name + "' is empty."));
    co_return;
  }
  co_await facade_.register_begin(contexts);
  facade_.post(StatusTrace(contexts.task_id, TaskState::running, ""));
  Task<> processing = process(round, source);
  const std::exception_ptr failed = co_await caught(std::move(processing));

  std::vector<int> failed_items;
  for (const auto& [item, message] : item_errors_) failed_items.push_back(item);
  co_await facade_.register_completed(contexts, std::move(failed_items));
  const bool well = item_errors_.empty();
  facade_.post(StatusTrace(contexts.task_id, well ? TaskState::finished : TaskState::error, well ? "" : errors()));
  if (profile_.error_messages_are_cleared) item_errors_.clear();
  if (failed) std::rethrow_exception(failed);
}

// spec: elasticjob 7.6 process
Task<> JobExecutor::process(std::shared_ptr<Round> round, ExecutionSource source) {
  const std::vector<int> items = round->contexts.items();
  if (items.size() == 1) {
    co_await process_item(round, source, items.front());
    co_return;
  }
  const auto all_ended = std::make_shared<Latch>(static_cast<std::int64_t>(items.size()));
  for (const int item : items) {
    if (pool_->is_shutdown()) co_return;
    ThreadPool::Job job = [this, round, source, item, all_ended] {
      return process_in_pool(round, source, item, all_ended);
    };
    pool_->execute(std::move(job));
  }
  bool interrupted = false;
  try {
    co_await all_ended->wait();
  } catch (const Interrupted&) {
    interrupted = true;
  }
  if (interrupted) co_await curator::keep_interrupt();
}

Task<> JobExecutor::process_in_pool(std::shared_ptr<Round> round, ExecutionSource source, int item,
                                    std::shared_ptr<Latch> all_ended) {
  Task<> processing = process_item(std::move(round), source, item);
  // What the handler throws stays in a Future that nobody asks.
  (void)co_await caught(std::move(processing));
  all_ended->count_down();
}

Task<> JobExecutor::process_item(std::shared_ptr<Round> round, ExecutionSource source, int item) {
  ExecutionEvent event;
  event.id = std::to_string(settings_.draws.next());
  event.task_id = round->contexts.task_id;
  event.job = round->configuration.job_name;
  event.item = item;
  event.source = source;
  event.start = settings_.clock.wall();
  facade_.post(event);

  ShardingContext context;
  context.job = round->configuration.job_name;
  context.task_id = round->contexts.task_id;
  context.total = round->contexts.total;
  context.job_parameter = round->contexts.job_parameter;
  context.item = item;
  for (const auto& [key, parameter] : round->contexts.item_parameters) {
    if (key == item) context.item_parameter = parameter;
  }
  context.source = source;
  context.fire = round->fire;
  Task<> user_code = items_.process(round->configuration, facade_, std::move(context));
  const std::exception_ptr failed = co_await caught(std::move(user_code));

  event.complete = settings_.clock.wall();
  event.kind = failed ? ExecutionEvent::Kind::failure : ExecutionEvent::Kind::success;
  event.failure_cause = describe(failed);
  facade_.post(event);
  if (journal_ != nullptr) journal_->item_ended(round->fire, item, round->contexts.total, !failed);
  if (!failed) co_return;
  item_errors_.insert_or_assign(item, event.failure_cause);
  handle_error(handler_, event.job, failed);
}

std::string JobExecutor::errors() const {
  std::string text = "{";
  for (const auto& [item, message] : item_errors_) {
    if (text.size() > 1) text += ", ";
    text.append(std::to_string(item)).append("=").append(message);
  }
  return text + "}";
}

// spec: elasticjob 7.15
void JobExecutor::shutdown() {
  if (profile_.shutdown_interrupts_run) {
    pool_->shutdown_now();
  } else {
    pool_->shutdown();
  }
}

}  // namespace chronofault::elastic_job
