// Drives an Engine through a recorded schedule, in the place of the server's tasks and the kernel's clock.
//
// Time passes by one unit a step, so that waits that began in other steps do not end at one instant, and by as much as
// `sleep` and `expire` say. PostgreSQL looks for a deadlock when a wait has lasted deadlock_timeout: in the family
// `timing` that is one second of this clock; all others were recorded so that every wait outlasts it before the next
// step, so there it is looked for at the end of the step in which the wait began.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "database_trace.hpp"

namespace chronofault::verify::database {

/// Which of the sessions that one event set free goes on first: a race on a real server (database 2.1).
enum class ResumeOrder { first_freed, last_freed };

class Replay {
 public:
  /// `trace` outlives it.
  Replay(const json& trace, ResumeOrder order);

  struct Outcome {
    json result;
    json woke = json::array();
  };
  /// Carries one step out. Throws Misfit.
  Outcome step(std::size_t number);
  json final() const { return final_of(storage_, trace_); }
  /// Whether an event set several sessions free at once, so that the order mattered to somebody.
  bool raced() const noexcept { return raced_; }

 private:
  /// A session of the engine. A connection that was lost while its statement waits has none in the trace.
  struct Watch {
    std::int64_t session = 0;  // of the trace; 0: nobody listens
    std::optional<std::int64_t> lock_ms;
    std::optional<std::int64_t> statement_ms;
    std::int64_t statement_began = 0;
    std::uint64_t wait = 0;  // number of the wait that was seen last
    std::int64_t wait_began = 0;
    std::uint64_t wait_position = 0;  // among all waits
    bool deadlock_checked = false;
  };
  struct Timer {
    std::int64_t at;
    std::uint64_t position;
    sim::SessionId session;
    db::ErrorClass error;  // none: the check for a deadlock
  };

  sim::SessionId connected(std::int64_t session);
  void answered(sim::SessionId id, const sim::Answer& answer);
  void perform(std::int64_t session, const json& step, std::size_t number);
  void cut(std::int64_t session, bool kill);
  void crash();
  void drain();
  void settle();
  void observe(sim::SessionId id);
  std::optional<Timer> next_timer() const;
  void fire(const Timer& timer);
  void pass(std::int64_t until);
  void expire(std::int64_t session);

  const json& trace_;
  ResumeOrder order_;
  bool postgresql_;
  bool timing_;
  bool purges_;
  sim::DatabaseStorage storage_;
  std::unique_ptr<sim::Engine> engine_;
  std::map<std::int64_t, sim::SessionId> connections_;
  std::map<std::int64_t, std::size_t> blocked_;  // session of the trace: step
  std::map<sim::SessionId, Watch> watches_;
  std::map<std::size_t, json> ended_;  // by step
  std::int64_t now_ms_ = 0;
  std::uint64_t last_position_ = 0;
  bool raced_ = false;
};

}  // namespace chronofault::verify::database
