#include <elastic_job/distribute_once.hpp>
#include <elastic_job/services/guarantee_service.hpp>

#include "elasticjob_check.hpp"
#include "elasticjob_groups.hpp"

namespace chronofault::verify::elasticjob {

namespace {

class GuaranteeCheck final : public Check {
 public:
  explicit GuaranteeCheck(Case& of) : Check(of), guarantee_(storage, configurations) {
    read_nodes(given(), storage.nodes);
  }

 private:
  Task<> call() override {
    const std::string fn = c.fn();
    const json named = c.arg_or_given("items");
    Items items = fn.starts_with("in_leader") ? Items() : items_of(named);
    if (fn == "register_start") {
      co_await guarantee_.register_start(std::move(items));
    } else if (fn == "register_complete") {
      co_await guarantee_.register_complete(std::move(items));
    } else if (fn == "clear_started") {
      co_await guarantee_.clear_started();
    } else if (fn == "clear_completed") {
      co_await guarantee_.clear_completed();
    } else if (fn == "in_leader_for_last_started") {
      co_await guarantee_.in_leader_for_last_started(std::function<Task<>()>());
    } else if (fn == "in_leader_for_last_completed") {
      co_await guarantee_.in_leader_for_last_completed(std::function<Task<>()>());
    } else {
      const bool is = co_await ask(fn, std::move(items));
      result(is);
    }
  }
  Task<bool> ask(std::string fn, Items items) {
    if (fn == "is_register_start_success") return guarantee_.is_register_start_success(std::move(items));
    if (fn == "is_register_complete_success") return guarantee_.is_register_complete_success(std::move(items));
    if (fn == "is_all_started") return guarantee_.is_all_started();
    if (fn == "is_all_completed") return guarantee_.is_all_completed();
    c.unknown_function();
  }

  GuaranteeService guarantee_;
};

/// Items 0 and 1, timeouts of 1 ms.
class DistributeOnceCheck final : public Check {
 public:
  explicit DistributeOnceCheck(Case& of)
      : Check(of), guarantee_(log), listener_(guarantee_, stage.clock(), c.profile(), settings()) {
    guarantee_.registered = Answers<bool>::of(given().find("registered"), false);
    guarantee_.all = Answers<bool>::of(given().find("all"), false);
    items_ = given().get("items", Items{0, 1});
    if (const json* const answers = given().find("clock_ms")) {
      stage.clock().answer_ms(answers->get<std::vector<std::int64_t>>());
    }
  }

 private:
  DistributeOnceListener::Settings settings() {
    DistributeOnceListener::Settings settings;
    settings.started_timeout_ms = given().get<std::int64_t>("timeout_ms", 1);
    settings.completed_timeout_ms = settings.started_timeout_ms;
    settings.before = [this](ShardingContexts) { return act_once(&log); };
    settings.after = settings.before;
    return settings;
  }
  static Task<> act_once(Log* log) {
    log->say("once_action");
    co_return;
  }

  Task<> call() override {
    const std::string phase = c.fn();
    ShardingContexts contexts;
    contexts.job = job_default;
    for (const int item : items_) contexts.item_parameters.emplace_back(item, std::nullopt);
    if (phase == "before") return listener_.before_job_executed(std::move(contexts));
    if (phase == "after") return listener_.after_job_executed(std::move(contexts));
    c.unknown_function();
  }

  PlayedGuarantee guarantee_;
  DistributeOnceListener listener_;
  Items items_;
};

}  // namespace

void check_guarantee_service(Case& c) { play<GuaranteeCheck>(c); }
void check_distribute_once(Case& c) { play<DistributeOnceCheck>(c); }

}  // namespace chronofault::verify::elasticjob
