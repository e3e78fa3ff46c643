// Random operations under crashes, pauses, cuts and resets, held against the guarantees of zookeeper 9.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

namespace guarantees {

/// What happened in the cases so far.
struct Tallied {
  int cases = 0;
  int with_expiry = 0;
  int with_leader_change = 0;
  int with_reconnect = 0;
  std::size_t operations = 0;
  std::size_t watches = 0;
  std::size_t watches_told = 0;
};

enum class Kind {
  kill_server,
  kill_leader,
  pause_server,
  pause_leader,
  cut_server,
  cut_client,
  reset_server,
  slow_server
};

struct Fault {
  Kind kind;
  int target;
  int at_ms;
  int for_ms;
};

std::ostream& operator<<(std::ostream& out, const Fault& fault);

/// One case: so many servers and three clients of that seed under these faults, whose targets are counted round. What a
/// client should not have seen, or why the servers do not agree after healing; empty: nothing.
std::string run_case(int ensemble_size, std::uint64_t seed, const std::vector<Fault>& faults, Tallied& tallied);

/// Draws one case of one, three or five servers from RapidCheck, runs it, and fails it (RC_FAIL) with what a client
/// should not have seen.
void check_case(Tallied& tallied);

}  // namespace guarantees
