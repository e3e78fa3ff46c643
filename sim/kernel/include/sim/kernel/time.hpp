// True time: what a perfect clock outside of the simulated world shows. Visible in the simulation, faults, scenarios
// and reports; never in a scheduler. Its epoch is 1970-01-01T00:00:00Z, so that a scenario's start is one of its
// instants.
#pragma once

#include <ports/time.hpp>

namespace chronofault::sim {

struct TrueClock;
using TrueTime = Instant<TrueClock>;

/// How a host's monotonic clock lies against true time. The simulation's hosts implement it.
class MonoMap {
 public:
  virtual MonoTime at(TrueTime t) const noexcept = 0;
  /// The first true instant at which the clock shows `t` or more, as far as is known now.
  virtual TrueTime when(MonoTime t) const noexcept = 0;

 protected:
  ~MonoMap() = default;
};

}  // namespace chronofault::sim
