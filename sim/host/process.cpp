#include <sim/host/process.hpp>

namespace chronofault::sim {

class Process::Patience final : public WorldEvent {
 public:
  explicit Patience(Process& process) : WorldEvent(StepKind::world), process_(process) {}
  void fire() override { process_.request_kill(Ending::crash, process_.ending_cause_); }

 private:
  Process& process_;
};

Process::Process(Kernel& kernel, Trace& trace, Machine& machine, ProcessOptions options, MakePorts ports,
                 MakeProgram program)
    : kernel_(kernel),
      trace_(trace),
      machine_(machine),
      options_(std::move(options)),
      make_ports_(std::move(ports)),
      make_program_(std::move(program)),
      id_(trace.add_process(options_.name, machine.name())) {
  machine_.add(*this);
}

Process::~Process() {
  kernel_.settle();  // a kill request names this process
  if (alive()) kill();
  machine_.remove(*this);
}

void Process::start(RecordId cause) {
  if (alive() || !machine_.powered()) return;
  ++life_;
  pid_ = machine_.next_pid();
  paused_ = stopping_ = false;
  open_hooks_ = 0;
  ending_ = Ending::crash;
  ending_cause_ = 0;
  const RecordId started = trace_.world(RecordKind::process, id_, trace_.label("started"), 0, life_, cause);
  trace_.restored(id_);

  executor_ = std::make_unique<TaskExecutor>(kernel_, id_, &machine_.clock(), this);
  executor_->observe(trace_.kept() ? &trace_ : nullptr);
  FrameLedger* before = set_current_ledger(&executor_->ledger());
  ports_ = make_ports_(*this, *executor_);
  scope_ = std::make_unique<Scope>(*executor_);
  program_ = make_program_(ports_->ports());
  const RecordId before_cause = kernel_.current_cause();
  kernel_.set_current_cause(started);
  scope_->spawn("main", program_->main());
  kernel_.set_current_cause(before_cause);
  set_current_ledger(before);
  if (machine_.clock().frozen()) executor_->close();
  machine_.grew(*this);
  tell(LifeChange::started);
}

void Process::request_kill(Ending ending, RecordId cause) {
  if (!alive()) return;
  ending_ = ending;
  ending_cause_ = cause;
  kernel_.request_kill(*this);
}

void Process::kill() noexcept {
  if (!alive()) return;
  const bool silent = ending_ == Ending::power;
  static constexpr std::string_view words[] = {"crashed", "exited", "lost power"};
  const RecordId death = trace_.world(RecordKind::process, id_, trace_.label(words[static_cast<std::size_t>(ending_)]),
                                      0, life_, ending_cause_);
  trace_.interrupted(id_, death);
  const RecordId before_cause = kernel_.current_cause();
  kernel_.set_current_cause(death);
  executor_->mark_dead();
  executor_->destroy_tasks();
  FrameLedger& ledger = executor_->ledger();
  CF_ASSERT(ledger.frames == 0);
  hooks_.clear();
  program_.reset();
  ports_->ended(silent);
  scope_.reset();
  ports_.reset();
  patience_.reset();
  CF_ASSERT(ledger.objects == 0);
  work_memory_ = 0;
  executor_.reset();
  kernel_.set_current_cause(before_cause);
  tell(LifeChange::ended);
}

void Process::stop(Duration patience, RecordId cause) {
  if (!alive() || stopping_) return;
  stopping_ = true;
  ending_ = Ending::exit;
  ending_cause_ = trace_.world(RecordKind::process, id_, trace_.label("stopping"), 0, life_, cause);
  if (hooks_.empty()) {
    kernel_.request_kill(*this);
    return;
  }
  FrameLedger* before = set_current_ledger(&executor_->ledger());
  open_hooks_ = hooks_.size();
  for (const Hooked& hooked : hooks_) {
    Task<> hook = hooked.make();
    scope_->spawn(hooked.name, run_hook(this, std::move(hook)));
  }
  set_current_ledger(before);
  if (patience > Duration{}) {
    patience_ = std::make_unique<Patience>(*this);
    kernel_.at(*patience_, kernel_.now() + patience);
  }
}

Task<> Process::run_hook(Process* process, Task<> hook) {
  try {
    co_await std::move(hook);
  } catch (...) {
    // A hook's thread dies of it; the shutdown goes on.
  }
  if (--process->open_hooks_ == 0) process->executor_->request_kill();
}

void Process::pause(RecordId cause) {
  if (!alive() || paused_) return;
  paused_ = true;
  trace_.interrupted(id_, trace_.world(RecordKind::process, id_, trace_.label("paused"), 0, life_, cause));
  executor_->close();
  tell(LifeChange::stopped);
}

void Process::resume(RecordId cause) {
  if (!alive() || !paused_) return;
  paused_ = false;
  const RecordId resumed = trace_.world(RecordKind::process, id_, trace_.label("resumed"), 0, life_, cause);
  trace_.restored(id_);
  if (machine_.clock().frozen()) return;
  executor_->open(resumed);
  tell(LifeChange::resumed);
}

bool Process::hang_pool(std::string_view pool, RecordId cause) {
  TaskExecutor* executor = alive() ? executor_->find_pool(pool) : nullptr;
  if (executor == nullptr) return false;
  trace_.interrupted(id_, trace_.world(RecordKind::process, id_, trace_.label("pool hangs"), 0, life_, cause));
  executor->close();
  return true;
}

void Process::release_pool(std::string_view pool, RecordId cause) {
  TaskExecutor* executor = alive() ? executor_->find_pool(pool) : nullptr;
  if (executor == nullptr) return;
  const RecordId released = trace_.world(RecordKind::process, id_, trace_.label("pool released"), 0, life_, cause);
  trace_.restored(id_);
  executor->open(released);
}

void Process::add_shutdown_hook(std::string name, std::function<Task<>()> hook) {
  hooks_.push_back(Hooked{std::move(name), std::move(hook)});
}

}  // namespace chronofault::sim
