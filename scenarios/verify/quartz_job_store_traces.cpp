// Sequences of job-store operations that the real stores carried out, one step after the other: answer, what the store
// told its signaler, and every row that changed (quartz 5, 7.9 .. 7.17).
//
// Left open by the recordings, and handled so: a database returns rows of equal next fire time and priority in any
// order, so `rows` of a step decides among those; signals of one step are compared as a set; recovery triggers bear a
// number that is paired with the recording's when the trigger appears.
#include <algorithm>

#include <fmt/format.h>

#include <quartz/database_store.hpp>
#include <quartz/memory_store.hpp>

#include "quartz_case.hpp"
#include "quartz_job_store_traces_rows.hpp"
#include "quartz_job_store_traces_world.hpp"

namespace chronofault::verify::quartz {

using namespace chronofault::quartz;

namespace {

// The recordings' jobs, told apart by @DisallowConcurrentExecution alone.
constexpr const char* one_at_a_time = "DisallowConcurrentExecution";
constexpr const char* any_number = "Job";

Task<> run_nothing(JobExecution&) { co_return; }

chronofault::quartz::JobClasses job_classes() {
  chronofault::quartz::JobClasses classes;
  classes.add(any_number, JobClass(run_nothing));
  JobClass exclusive(run_nothing);
  exclusive.disallow_concurrent_execution = true;
  classes.add(one_at_a_time, exclusive);
  return classes;
}

triggers::TriggerKey key_from(const std::string& text) {
  const std::size_t dot = text.find('.');
  return {text.substr(0, dot), dot == std::string::npos ? std::string() : text.substr(dot + 1)};
}

class SignalNotes final : public Signaler {
 public:
  Task<> trigger_misfired(const JobTrigger& trigger) override { return note("misfired:", trigger.trigger.key); }
  Task<> trigger_finalized(const JobTrigger& trigger) override { return note("finalized:", trigger.trigger.key); }
  Task<> job_deleted(const JobKey& job) override { return note("jobDeleted:", job); }
  Task<> scheduler_error(const std::string&) override { co_return; }
  void scheduling_changed(std::optional<WallTime> next) override {
    notes_.push_back("signal:" + std::to_string(next ? next->ms() : 0));
  }
  /// In the order of their texts.
  json take() {
    std::sort(notes_.begin(), notes_.end());
    return std::exchange(notes_, {});
  }

 private:
  Task<> note(const char* what, triggers::TriggerKey key) {
    notes_.push_back(what + text_of(key));
    co_return;
  }
  std::vector<std::string> notes_;
};

/// Ties as the step says.
class ReplayedStore final : public DatabaseStore {
 public:
  ReplayedStore(Ports& ports, DatabaseStoreOptions options, const chronofault::quartz::JobClasses& classes,
                const std::vector<std::string>& order)
      : DatabaseStore(ports, std::move(options), classes), order_(order) {}

 private:
  Task<std::vector<TriggerRow>> select_to_acquire(StoreTransaction* tx, WallTime to, WallTime from,
                                                  std::size_t n) override {
    std::vector<TriggerRow> rows = co_await DatabaseStore::select_to_acquire(tx, to, from, limitless(n));
    co_return cut(std::move(rows), n);
  }
  Task<std::vector<TriggerRow>> select_misfired(StoreTransaction* tx, WallTime ts,
                                                std::optional<std::size_t> limit) override {
    std::optional<std::size_t> asked = limit;
    if (limit) asked = limitless(*limit);
    std::vector<TriggerRow> rows = co_await DatabaseStore::select_misfired(tx, ts, asked);
    const std::size_t most = limit.value_or(rows.size());
    co_return cut(std::move(rows), most);
  }
  std::size_t limitless(std::size_t n) const { return order_.empty() ? n : 1'000'000; }
  std::size_t place(const TriggerRow& row) const {
    const auto found = std::find(order_.begin(), order_.end(), row.trigger_group + "." + row.trigger_name);
    return static_cast<std::size_t>(found - order_.begin());
  }
  std::vector<TriggerRow> cut(std::vector<TriggerRow> rows, std::size_t n) const {
    if (order_.empty()) return rows;
    std::stable_sort(rows.begin(), rows.end(), [this](const TriggerRow& a, const TriggerRow& b) {
      if (a.next_fire_time != b.next_fire_time) return a.next_fire_time < b.next_fire_time;
      if (a.priority != b.priority) return a.priority > b.priority;
      return place(a) < place(b);
    });
    if (rows.size() > n) rows.resize(n);
    return rows;
  }
  const std::vector<std::string>& order_;
};

struct Held {
  explicit Held(JobTrigger trigger) : trigger(std::move(trigger)) {}
  JobTrigger trigger;  // a copy: later changes of the row do not reach it
  std::optional<JobDetail> job;
  bool acquired = true;  // and not fired yet
};

struct Node {
  explicit Node(std::string name) : name(std::move(name)) {}
  std::string name;
  SignalNotes signals;
  std::unique_ptr<JobStore> store;
  DatabaseStore* database = nullptr;
  MemoryStore* memory = nullptr;
  std::map<std::string, Held> held;  // by fire instance id, as the recording names it
};

class Sequence {
 public:
  explicit Sequence(const Case& c);
  void play();

 private:
  Task<> run(Ports* ports);
  void construct(Node& node, Ports& ports);
  Task<json> perform(Node* node, const Case* step, Ports* ports);
  Task<json> operate(Node* node, const Case* step);
  Task<json> acquire(Node* node, const Case* step);
  Task<json> fire(Node* node, const Case* step);
  JobDetail job_of(const Case& job) const;
  JobTrigger trigger_of(const Case& trigger) const;
  Held& held(Node& node, const Case& step) const;
  StoreRows rows_now();
  std::string name_of_trigger(const triggers::TriggerKey& key) const;
  void pair_recovery_triggers(const StoreRows& before, StoreRows& now, const json& expected);
  json difference(const StoreRows& before, const StoreRows& now) const;

  const Case& case_;
  bool in_memory_;
  bool clustered_;
  chronofault::quartz::JobClasses classes_ = job_classes();
  JobStoreWorld world_;
  std::map<std::string, std::unique_ptr<Node>> nodes_;
  std::map<std::string, std::string> fire_names_;     // F1, F2, ... by fire instance id
  std::map<std::string, std::string> trigger_names_;  // the recording's names of recovery triggers, by ours
  std::vector<std::string> order_;                    // `rows` of the step
};

Sequence::Sequence(const Case& c)
    : case_(c),
      in_memory_(c.text("store") == "ram"),
      clustered_(c.text("store") == "jdbc-clustered"),
      world_(WallTime::from_ms(c["steps"].at(0).at("now").get<std::int64_t>()), sim::Dialect::innodb) {
  if (!in_memory_ && !clustered_ && c.text("store") != "jdbc-local") c.bad("no such store");
  for (const json& step : c["steps"]) {
    const std::string name = step.at("node").get<std::string>();
    if (!nodes_.contains(name)) nodes_.emplace(name, std::make_unique<Node>(name));
  }
}

void Sequence::play() {
  const bool ended = world_.play([this](Ports& ports) { return run(&ports); });
  if (!ended) case_.bad("a step does not end");
}

void Sequence::construct(Node& node, Ports& ports) {
  const Duration threshold = Duration::ms(case_.number("misfireThreshold"));
  if (in_memory_) {
    MemoryStoreSettings settings;
    settings.misfire_threshold = threshold;
    auto store = std::make_unique<MemoryStore>(ports.clock, settings);
    node.memory = store.get();
    node.store = std::move(store);
  } else {
    DatabaseStoreOptions options;
    options.instance_id = node.name;
    options.clustered = clustered_;
    options.misfire_threshold = threshold;
    options.max_misfires_to_handle_at_a_time = static_cast<int>(case_.number("maxMisfires"));
    options.cluster_checkin_interval = Duration::ms(case_.number("checkinInterval"));
    options.zones = [this](std::string_view id) { return case_.zone_or_none({{"z", std::string(id)}}, "z"); };
    auto store = std::make_unique<ReplayedStore>(ports, std::move(options), classes_, order_);
    node.database = store.get();
    node.store = std::move(store);
  }
  node.store->initialize(node.signals);
  node.store->scheduler_resumed();  // the recordings' schedulerRunning = true
}

Task<> Sequence::run(Ports* ports) {
  db::PoolOptions pool;
  pool.maximum_pool_size = 3;
  pool.minimum_idle = 1;
  ports->database.configure(pool);
  for (auto& [name, node] : nodes_) construct(*node, *ports);
  StoreRows before;
  int number = 0;
  for (const json& data : case_["steps"]) {
    ++number;
    const Case step = case_.part(data);
    Node* node = nodes_.at(step.text("node")).get();
    world_.set_clock(WallTime::from_ms(step.number("now")));
    order_ = data.value("rows", std::vector<std::string>());
    json answer = co_await perform(node, &step, ports);
    StoreRows now = rows_now();
    pair_recovery_triggers(before, now, step["d"]);
    json expected{{"d", step["d"]}, {"sig", data.value("sig", json::array())}};
    std::sort(expected["sig"].begin(), expected["sig"].end());
    json seen{{"d", difference(before, now)}, {"sig", node->signals.take()}};
    if (step.has("res")) {
      expected["res"] = step["res"];
      seen["res"] = std::move(answer);
    }
    case_.compare(case_.text("store") + " " + step.text("op"), expected, seen, std::to_string(number));
    before = std::move(now);
  }
  nodes_.clear();  // within the life of the process
}

// --- steps --------------------------------------------------------------------------------------------------------

Task<json> Sequence::perform(Node* node, const Case* step, Ports* ports) {
  const std::string op = step->text("op");
  if (op == "crash" || op == "restart") node->held.clear();
  // `first`: another process takes over the name, while the one that holds what was acquired lives on.
  if (op == "crash" || op == "restart" || step->flag("first")) construct(*node, *ports);
  json answer;
  try {
    if (op == "acquire") {
      answer = co_await acquire(node, step);
    } else if (op == "triggersFired") {
      answer = co_await fire(node, step);
    } else if (op == "misfirePass" && node->database != nullptr) {
      const DatabaseStore::Misfires done = co_await node->database->recover_misfires();
      answer = {done.processed, done.more, ms_or_null(done.earliest)};
    } else if ((op == "checkin" || op == "restart") && clustered_) {
      answer = co_await node->database->check_in();
    } else if (op == "restart" && node->database != nullptr) {
      co_await node->database->recover_jobs();
    } else if (op != "crash" && op != "restart") {
      answer = co_await operate(node, step);
    }
  } catch (const ObjectAlreadyExists&) {
    answer = {{"x", "ObjectAlreadyExistsException"}};
  } catch (const JobPersistence&) {
    answer = {{"x", "JobPersistenceException"}};
  }
  co_return answer;
}

Task<json> Sequence::operate(Node* node, const Case* step) {
  const std::string op = step->text("op");
  JobStore& store = *node->store;
  json answer;
  if (op == "storeJobAndTrigger") {
    const JobDetail job = job_of(step->part((*step)["job"]));
    const JobTrigger trigger = trigger_of(step->part((*step)["t"]));
    co_await store.store_job_and_trigger(job, trigger);
  } else if (op == "storeTrigger") {
    const JobTrigger trigger = trigger_of(step->part((*step)["t"]));
    co_await store.store_trigger(trigger, step->flag("replace"));
  } else if (op == "replaceTrigger") {
    const triggers::TriggerKey old = key_from(step->text("old"));
    const JobTrigger trigger = trigger_of(step->part((*step)["t"]));
    answer = co_await store.replace_trigger(old, trigger);
  } else if (op == "removeTrigger") {
    const triggers::TriggerKey key = key_from(step->text("t"));
    answer = co_await store.remove_trigger(key);
  } else if (op == "release") {
    co_await store.release(held(*node, *step).trigger);
    node->held.erase(step->text("f"));
  } else if (op == "complete") {
    static constexpr const char* instructions[] = {"NOOP",
                                                   "RE_EXECUTE_JOB",
                                                   "SET_TRIGGER_COMPLETE",
                                                   "DELETE_TRIGGER",
                                                   "SET_ALL_JOB_TRIGGERS_COMPLETE",
                                                   "SET_TRIGGER_ERROR",
                                                   "SET_ALL_JOB_TRIGGERS_ERROR"};
    const auto* found = std::find(std::begin(instructions), std::end(instructions), step->text("ins"));
    const Held& copy = held(*node, *step);
    if (found == std::end(instructions) || !copy.job) step->bad("cannot complete that");
    co_await store.complete(copy.trigger, *copy.job, static_cast<CompletedExecution>(found - instructions));
    node->held.erase(step->text("f"));
  } else if (op == "pauseTrigger" || op == "resumeTrigger" || op == "resetError") {
    const triggers::TriggerKey key = key_from(step->text("t"));
    if (op == "pauseTrigger") co_await store.pause_trigger(key);
    if (op == "resumeTrigger") co_await store.resume_trigger(key);
    if (op == "resetError") co_await store.reset_error(key);
  } else if (op == "pauseTriggerGroup" || op == "resumeTriggerGroup") {
    const std::string group = step->text("g");
    if (op == "pauseTriggerGroup") co_await store.pause_triggers(group);
    if (op == "resumeTriggerGroup") co_await store.resume_triggers(group);
  } else if (op == "pauseJob" || op == "resumeJob") {
    const JobKey job = key_from(step->text("j"));
    if (op == "pauseJob") co_await store.pause_job(job);
    if (op == "resumeJob") co_await store.resume_job(job);
  } else if (op == "pauseAll") {
    co_await store.pause_all();
  } else if (op == "resumeAll") {
    co_await store.resume_all();
  } else {
    step->bad("unknown op " + op);
  }
  co_return answer;
}

Task<json> Sequence::acquire(Node* node, const Case* step) {
  const WallTime no_later_than = WallTime::from_ms(step->number("noLaterThan"));
  const int max_count = static_cast<int>(step->number("maxCount"));
  const Duration window = Duration::ms(step->number("timeWindow"));
  std::vector<JobTrigger> acquired = co_await node->store->acquire(no_later_than, max_count, window);
  json answer = json::array();
  for (JobTrigger& trigger : acquired) {
    const std::string name = "F" + std::to_string(fire_names_.size() + 1);
    fire_names_[trigger.fire_instance_id] = name;
    answer.push_back(
        {{"t", name_of_trigger(trigger.trigger.key)}, {"next", ms_or_null(trigger.trigger.next)}, {"f", name}});
    node->held.insert_or_assign(name, Held(std::move(trigger)));
  }
  co_return answer;
}

Task<json> Sequence::fire(Node* node, const Case* step) {
  std::vector<JobTrigger> batch;
  for (const json& key : (*step)["ts"]) {
    const auto found = std::find_if(node->held.begin(), node->held.end(), [&](const auto& entry) {
      return entry.second.acquired && key == name_of_trigger(entry.second.trigger.trigger.key);
    });
    if (found == node->held.end()) step->bad("the node does not hold " + key.dump());
    found->second.acquired = false;
    batch.push_back(found->second.trigger);
  }
  std::vector<FiredResult> results = co_await node->store->fired(std::move(batch));
  json answer = json::array();
  for (FiredResult& result : results) {
    if (!result.bundle) {
      answer.push_back(json());
      continue;
    }
    FiredBundle& bundle = *result.bundle;
    const std::string name = fire_names_.at(bundle.trigger.fire_instance_id);
    answer.push_back({{"t", name_of_trigger(bundle.trigger.trigger.key)},
                      {"f", name},
                      {"sched", ms_or_null(bundle.scheduled_fire_time)},
                      {"fire", bundle.fire_time.ms()},
                      {"prev", ms_or_null(bundle.previous_fire_time)},
                      {"next", ms_or_null(bundle.next_fire_time)},
                      {"recovering", bundle.recovering}});
    Held& copy = node->held.at(name);
    copy.trigger = std::move(bundle.trigger);
    copy.job = std::move(bundle.job);
  }
  co_return answer;
}

// --- arguments and rows -------------------------------------------------------------------------------------------

JobDetail Sequence::job_of(const Case& job) const {
  JobDetail detail;
  detail.key = key_from(job.text("key"));
  detail.job_class = job.flag("dc") ? one_at_a_time : any_number;
  detail.durable = job.flag("durable");
  detail.requests_recovery = job.flag("rr");
  classes_.annotate(detail);
  return detail;
}

JobTrigger Sequence::trigger_of(const Case& trigger) const {
  JobTrigger made(trigger.trigger(), key_from(trigger.text("job")));
  made.trigger.key = key_from(trigger.text("key"));
  made.trigger.priority = static_cast<int>(trigger.number("pr"));
  set_misfire_instruction(made.trigger, static_cast<int>(trigger.number("mi")));
  made.trigger.next = time_or_none(trigger["first"]);
  return made;
}

Held& Sequence::held(Node& node, const Case& step) const {
  const auto found = node.held.find(step.text("f"));
  if (found == node.held.end()) step.bad("the node does not hold " + step.text("f"));
  return found->second;
}

std::string Sequence::name_of_trigger(const triggers::TriggerKey& key) const {
  const std::string ours = text_of(key);
  const auto renamed = trigger_names_.find("T|" + ours);
  return renamed == trigger_names_.end() ? ours : renamed->second.substr(2);
}

StoreRows Sequence::rows_now() {
  if (in_memory_) return rows_of(*nodes_.begin()->second->memory);
  return rows_of(world_.storage(), fire_names_);
}

void Sequence::pair_recovery_triggers(const StoreRows& before, StoreRows& now, const json& expected) {
  StoreRows renamed;
  std::string texts;
  for (const auto& [key, text] : now) {
    if (!key.starts_with("T|RECOVERING_JOBS.")) {
      renamed.emplace(key, text);
      continue;
    }
    auto name = trigger_names_.find(key);
    if (name == trigger_names_.end()) {
      std::string paired = key;
      for (const auto& [theirs, value] : expected.items()) {
        const bool is_new = theirs.starts_with("T|RECOVERING_JOBS.") && !before.contains(theirs) && value == text;
        if (is_new && !renamed.contains(theirs) && !expected.contains(paired)) paired = theirs;
      }
      name = trigger_names_.emplace(key, paired).first;
    }
    renamed.emplace(name->second, text);
  }
  now = std::move(renamed);
}

json Sequence::difference(const StoreRows& before, const StoreRows& now) const {
  json changed = json::object();
  for (const auto& [key, text] : before) {
    if (!now.contains(key)) changed[key] = nullptr;
  }
  for (const auto& [key, text] : now) {
    const auto old = before.find(key);
    if (old == before.end() || old->second != text) changed[key] = text;
  }
  return changed;
}

}  // namespace

void check_job_store_trace(const Case& c) { Sequence(c).play(); }

}  // namespace chronofault::verify::quartz
