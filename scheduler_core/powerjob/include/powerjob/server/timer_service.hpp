// A server's timers running (powerjob 7.6): rules/timers.hpp decides, one task per wheel waits for the next occupied
// slot, and callbacks run where upstream runs them: of the fast wheel in a pool (full: in the wheel's thread, for a
// delay of zero in the caller's), of the slow and the inaccurate wheel in the wheel's own thread.
//
// The wheels do not tick: their tasks sleep by Clock::tick_until, which a wall step moves as it moves a ticking thread.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include <ports/task/pool.hpp>
#include <ports/task/sync.hpp>
#include <powerjob/rules/timers.hpp>
#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class TimerService {
 public:
  using Callback = std::function<Task<>()>;

  explicit TimerService(ServerContext& server);
  /// Starts the wheels' threads.
  void start();

  /// `cargo_id`: instance or workflow instance, for cancel. With delay <= 0 the callback is submitted at once; a full
  /// pool makes the caller run it, and the call then lasts as long as the callback.
  Task<> schedule(std::int64_t cargo_id, Duration delay, Callback callback);
  /// On the inaccurate wheel; cannot be cancelled.
  void schedule_inaccurate(Duration delay, Callback callback);
  bool has_handle(std::int64_t cargo_id) const;
  /// True: it was waiting and will not run.
  bool cancel(std::int64_t cargo_id);

 private:
  struct Waiting {
    Waiting(std::int64_t cargo, Callback what, RecordId by) : cargo_id(cargo), callback(std::move(what)), set_by(by) {}
    std::int64_t cargo_id;  // 0: cannot be cancelled
    Callback callback;
    RecordId set_by = 0;  // what set the timer, for causes
  };
  void observe();
  Timers::Token keep(std::int64_t cargo_id, Callback callback);
  std::optional<Waiting> take(Timers::Token token);
  Task<> wheel(Timers::Wheel which);
  Task<> run(Timers::Fired fired);
  Task<> call(Waiting waiting);

  ServerContext& server_;
  std::optional<Timers> timers_;
  ThreadPool pool_;
  Condition changed_;
  Timers::Token last_token_ = 0;
  std::map<Timers::Token, Waiting> waiting_;
};

}  // namespace chronofault::powerjob
