// Runs of the toy in this process and in a fresh one, whose heap, stack and address space lie differently.
#pragma once

#include <cstdint>
#include <vector>

#include <sim/trace/compare.hpp>

#include "lease_toy.hpp"

namespace toy {

struct RunRequest {
  RunRequest() {}
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;  // this many seeds, from `seed`
  std::uint64_t steps = 1'000;
  Defect defect = Defect::none;
  bool trace = false;  // keep the records of the last seed
  std::uint64_t checkpoint_every = 64;
};

struct RunResult {
  RunResult() = default;
  std::vector<sim::Hash128> digests;         // one per seed
  std::vector<sim::Checkpoint> checkpoints;  // of the last seed
  std::vector<sim::PlainRecord> records;     // of the last seed, if kept
};

RunResult run_here(const RunRequest& request);
/// In a new process, whose heap is full of holes in random order and of junk, below a deep stack.
RunResult run_in_fresh_process(const RunRequest& request);

}  // namespace toy
