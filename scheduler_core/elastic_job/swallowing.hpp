// What code does that swallows interrupts.
#pragma once

#include <coordination/interrupts.hpp>
#include <elastic_job/registry.hpp>
#include <ports/clock.hpp>

namespace chronofault::elastic_job {

/// Called after the catch block, since no block that catches may await.
inline Task<> swallow_here(std::exception_ptr error) {
  if (swallow(error) == Swallowed::interrupted) co_await curator::keep_interrupt();
}

/// BlockUtils.sleep(): an interrupt ends it and stays up, so that a loop around it spins from then on. A turn of such a
/// loop is given a millisecond: without it no virtual time would pass.
inline Task<> sleep_quietly(Clock* clock, Duration wait) {
  bool interrupted = false;
  try {
    co_await clock->sleep_for(wait);
  } catch (const Interrupted&) {
    interrupted = true;
  }
  if (!interrupted) co_return;
  const TickLoop turn{clock->wall(), Duration::ms(1)};
  co_await clock->tick_until(turn, turn.origin + turn.tick);
  co_await curator::keep_interrupt();
}

}  // namespace chronofault::elastic_job
