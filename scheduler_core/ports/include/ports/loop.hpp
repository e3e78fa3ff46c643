// Background loops as upstream runs them. Both kinds exist because both matter:
//   fixed_rate   pass k is due at start + initial + k x period; passes never overlap, late passes follow back to back.
//   fixed_delay  a period lies between the end of one pass and the start of the next.
// Each pass is a unit of work of its own, and says LoopPassed. An exception that leaves `body` ends the loop for good;
// a loop that upstream guards wraps its body in guarded().
#pragma once

#include <functional>
#include <string>

#include <ports/clock.hpp>
#include <ports/events.hpp>
#include <ports/task/task.hpp>

namespace chronofault {

struct LoopSpec {
  LoopSpec(std::string name, Duration initial, Duration period)
      : name(std::move(name)), initial(initial), period(period), bound(period * 3 + Duration::seconds(10)) {}
  LoopSpec(std::string name, Duration initial, Duration period, Duration bound)
      : name(std::move(name)), initial(initial), period(period), bound(bound) {}
  std::string name;  // upstream's name of the loop
  Duration initial;
  Duration period;
  Duration bound;  // loops-progress: passes start at least this often
};

using LoopBody = std::function<Task<>()>;

/// LoopDeclared and LoopPassed of a loop of another shape, which begins its units itself.
void declare_loop(Events& events, const std::string& name, Duration bound);
RecordId pass_loop(Events& events, const std::string& name);
/// The loop has ended while its process goes on.
void end_loop(Events& events, const std::string& name);

Task<> fixed_rate(Clock& clock, Events& events, LoopSpec spec, LoopBody body);
Task<> fixed_delay(Clock& clock, Events& events, LoopSpec spec, LoopBody body);

}  // namespace chronofault
