// Threads that share out numbered pieces of work. What a piece does depends on its number alone, and each writes to its
// own place: the outcome is the same with one thread and with many.
#pragma once

#include <cstdint>
#include <functional>

namespace chronofault::scenarios {

/// `piece(worker, index)` for each index in [0, count), by `jobs` threads (at least one). `progress` is called by the
/// calling thread now and then, and once at the end; may be empty. The first exception of a piece is thrown again here.
void share_out(std::uint64_t count, int jobs, const std::function<void(int worker, std::uint64_t index)>& piece,
               const std::function<void(std::uint64_t done)>& progress);

}  // namespace chronofault::scenarios
