// Ids of instances and workflow instances (powerjob 2.4).
//
// 64 bits: ms since 1555776000000 << 22 | data center (2 bits, always 0) << 20 | machine (14 bits) << 6 | sequence
// (6 bits). The generator is a state machine without a clock: the caller shows it the wall clock, and where upstream
// spins inside a synchronized call until the next millisecond, it is told to wait and to ask again.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <ports/time.hpp>
#include <powerjob/profile.hpp>

namespace chronofault::powerjob {

struct IdParts {
  WallTime timestamp;  // whole ms
  int data_center = 0;
  int machine = 0;
  int sequence = 0;
};
IdParts decode_id(std::int64_t id);
std::int64_t encode_id(const IdParts& parts);

struct IdDraw {
  enum class Kind {
    issued,      // `id`
    wait,        // all 64 ids of this millisecond are gone: ask again when the clock shows `wait_until`
    clock_back,  // V340, V411: upstream throws
  } kind = Kind::issued;
  std::int64_t id = 0;
  WallTime wait_until;
};

class IdGenerator {
 public:
  /// machine: 0 .. 16383, else an assertion.
  IdGenerator(int machine, const Profile& profile);
  IdDraw draw(WallTime now);

 private:
  int machine_;
  bool ids_run_ahead_;
  std::int64_t last_ms_ = -1;
  int sequence_ = 0;
  bool spinning_ = false;
};

/// The machine id for a server whose row got `row_id`: itself below 10000, else the smallest id in 1..10000 that is not
/// taken; none if all are taken.
std::optional<std::int64_t> machine_id_for(std::int64_t row_id, const std::vector<std::int64_t>& taken);

}  // namespace chronofault::powerjob
