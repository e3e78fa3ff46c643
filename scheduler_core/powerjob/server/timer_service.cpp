#include <ports/task/race.hpp>
#include <powerjob/server/timer_service.hpp>

namespace chronofault::powerjob {

TimerService::TimerService(ServerContext& server)
    : server_(server),
      pool_(server.ports.executor,
            ThreadPool::Settings("fast timer", server.profile.timer_pool_core_per_cpu * server.cores(),
                                 server.profile.timer_pool_max_per_cpu * server.cores(),
                                 static_cast<std::size_t>(server.profile.timer_pool_queue),
                                 ThreadPool::Rejection::caller_runs)) {}

void TimerService::start() {
  // The wheels begin at a whole millisecond: the one that both clocks have just passed.
  const WallTime wall = server_.ports.clock.wall();
  const MonoTime mono = server_.ports.clock.mono();
  timers_.emplace(millis(wall), mono - (wall - millis(wall)), server_.profile);
  server_.threads.spawn("fast wheel", wheel(Timers::Wheel::fast));
  server_.threads.spawn("slow wheel", wheel(Timers::Wheel::slow));
  server_.threads.spawn("inaccurate wheel", wheel(Timers::Wheel::inaccurate));
}

void TimerService::observe() {
  const WallTime wall = server_.ports.clock.wall();
  const MonoTime mono = server_.ports.clock.mono();
  timers_->observe(wall, mono);
}

Timers::Token TimerService::keep(std::int64_t cargo_id, Callback callback) {
  const RecordId set_by = server_.ports.events.wrote("timer", "");
  waiting_.emplace(++last_token_, Waiting(cargo_id, std::move(callback), set_by));
  return last_token_;
}

std::optional<TimerService::Waiting> TimerService::take(Timers::Token token) {
  const auto found = waiting_.find(token);
  if (found == waiting_.end()) return std::nullopt;
  std::optional<Waiting> taken(std::move(found->second));
  waiting_.erase(found);
  return taken;
}

Task<> TimerService::schedule(std::int64_t cargo_id, Duration delay, Callback callback) {
  observe();
  const Timers::Token token = keep(cargo_id, std::move(callback));
  const std::optional<Timers::Fired> at_once = timers_->schedule(cargo_id, delay, token);
  changed_.notify_all();
  if (at_once) co_await run(*at_once);
}

void TimerService::schedule_inaccurate(Duration delay, Callback callback) {
  observe();
  const Timers::Token token = keep(0, std::move(callback));
  const std::optional<Timers::Fired> at_once = timers_->schedule_inaccurate(delay, token);
  CF_ASSERT(!at_once);
  changed_.notify_all();
}

bool TimerService::has_handle(std::int64_t cargo_id) const { return timers_->has_handle(cargo_id); }

bool TimerService::cancel(std::int64_t cargo_id) {
  observe();
  if (!timers_->cancel(cargo_id)) return false;
  std::erase_if(waiting_, [cargo_id](const auto& entry) { return entry.second.cargo_id == cargo_id; });
  return true;
}

Task<> TimerService::wheel(Timers::Wheel which) {
  Clock& clock = server_.ports.clock;
  bool ticked = false;
  while (true) {
    server_.ports.events.begin_unit();
    observe();
    for (const Timers::Fired& fired : timers_->take_due(which)) co_await run(fired);
    // The slow wheel hands over to the fast one inside take_due.
    if (ticked && which == Timers::Wheel::slow) changed_.notify_all();
    ticked = false;
    server_.ports.events.begin_unit();
    const std::optional<Timers::Wait> wait = timers_->next(which);
    if (!wait) {
      co_await changed_.wait();
      continue;
    }
    auto woken = co_await race(clock.tick_until(TickLoop{wait->origin, wait->tick}, wait->until), changed_.wait());
    ticked = woken.index() == 0;
    if (ticked) timers_->passed(which, wait->until);
  }
}

Task<> TimerService::run(Timers::Fired fired) {
  std::optional<Waiting> waiting = take(fired.token);
  if (!waiting) co_return;
  if (fired.wheel == Timers::Wheel::slow || fired.wheel == Timers::Wheel::inaccurate) {
    co_await call(std::move(*waiting));
    co_return;
  }
  ThreadPool::Job job = [this, what = std::move(*waiting)] { return call(what); };
  co_await pool_.submit(std::move(job));
}

Task<> TimerService::call(Waiting waiting) {
  server_.ports.events.begin_unit();
  server_.ports.events.read(waiting.set_by);
  // What it throws is logged, and lost.
  (void)co_await attempt(waiting.callback());
}

}  // namespace chronofault::powerjob
