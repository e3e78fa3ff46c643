#include <utility>

#include <sim/host/work_port.hpp>

namespace chronofault::sim {

// Sleeps for `nominal` of unloaded time on the machine of the process.
class BusyAwaiter final : public Interruptible {
 public:
  struct Op {
    Machine* machine = nullptr;
    Process* process = nullptr;
    Duration nominal;
    int milli_cores = 0;
    std::int64_t memory = 0;
    bool obeys_interrupt = false;
    BusyAwaiter operator co_await() const noexcept;
  };

  explicit BusyAwaiter(const Op& op)
      : machine_(*op.machine),
        process_(*op.process),
        obeys_(op.obeys_interrupt),
        busy_(op.nominal, op.milli_cores, op.memory) {}
  BusyAwaiter(const BusyAwaiter&) = delete;
  BusyAwaiter& operator=(const BusyAwaiter&) = delete;
  ~BusyAwaiter() {
    machine_.end(busy_);
    if (interrupted_) busy_.wake.fiber->undelivered();
  }

  bool await_ready() const noexcept { return false; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> self) {
    busy_.wake.handle = self;
    busy_.wake.fiber = self.promise().fiber;
    if (obeys_ && busy_.wake.fiber->take_interrupt()) {
      interrupted_ = true;
      return false;
    }
    if (obeys_) busy_.wake.fiber->blocked(*this);
    machine_.begin(busy_, process_);
    return true;
  }
  void await_resume() {
    Interruptible::hook.unlink();
    machine_.end(busy_);
    if (!std::exchange(interrupted_, false)) return;
    busy_.wake.fiber->delivered();
    throw Interrupted{};
  }

 private:
  bool interrupt() noexcept override {
    machine_.end(busy_);
    interrupted_ = true;
    busy_.wake.kind = StepKind::interrupt;
    busy_.wake.fiber->executor().post(busy_.wake);
    return true;
  }
  Machine& machine_;
  Process& process_;
  bool obeys_;
  bool interrupted_ = false;
  Busy busy_;
};

BusyAwaiter BusyAwaiter::Op::operator co_await() const noexcept { return BusyAwaiter(*this); }

Task<> WorkPort::be_busy(Duration nominal, int milli_cores, std::int64_t memory, bool obeys_interrupt) {
  co_await BusyAwaiter::Op{&process_.machine(), &process_, nominal, milli_cores, memory, obeys_interrupt};
}

void WorkPort::say(EventKind kind, const WorkContext& context, const WorkResult& result) {
  if (executor_.dying()) return;
  Event event(kind);
  event.job = context.job;
  event.fire = context.fire;
  event.run = context.run;
  event.parent_run = context.parent_run;
  event.shard = context.shard;
  event.attempt = context.attempt;
  event.member = process_.name();
  event.ok = result.ok;
  event.detail = result.text;
  trace_.domain(process_.id(), event);
}

void WorkPort::say_called(const WorkDeclaration::Call& call, const WorkAnswer& answer) {
  if (executor_.dying() || !answer.began()) return;
  Event event(EventKind::WorkCalled);
  event.job = call.argument;
  event.fire = answer.fire;
  event.run = answer.run;
  event.member = process_.name();
  event.detail = call.verb;
  trace_.domain(process_.id(), event);
}

Task<WorkResult> WorkPort::run(WorkContext context) {
  const WorkDeclaration* declared = catalogue_(context.job);
  CF_ASSERT(declared != nullptr);
  RandomStream& draws = random_.stream("work/" + context.job);
  const Duration takes = declared->takes ? declared->takes(draws) : Duration{};
  const bool fails = declared->fails_per_million > 0 &&
                     draws.below(1'000'000) < static_cast<std::uint64_t>(declared->fails_per_million);
  say(EventKind::RunStarted, context, WorkResult(true, ""));
  co_await be_busy(takes, declared->milli_cores, declared->memory, declared->obeys_interrupt);
  for (const WorkDeclaration::Call& call : declared->then) {
    if (!call.made_by(context.shard)) continue;
    if (call.takes) {
      const Duration before = call.takes(draws);
      co_await be_busy(before, declared->milli_cores, declared->memory, declared->obeys_interrupt);
    }
    if (!context.call) continue;
    const WorkAnswer answer = co_await context.call(call.verb, call.argument);
    say_called(call, answer);
  }
  WorkResult result(!fails, fails ? "failed as declared" : "done");
  say(EventKind::RunEnded, context, result);
  co_return result;
}

}  // namespace chronofault::sim
