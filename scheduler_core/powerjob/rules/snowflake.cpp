#include <algorithm>

#include <ports/assert.hpp>
#include <powerjob/rules/snowflake.hpp>

namespace chronofault::powerjob {

namespace {

constexpr std::int64_t epoch_ms = 1'555'776'000'000;
constexpr int sequence_bits = 6;
constexpr int machine_bits = 14;
constexpr int data_center_bits = 2;
constexpr int machine_shift = sequence_bits;
constexpr int data_center_shift = machine_shift + machine_bits;
constexpr int timestamp_shift = data_center_shift + data_center_bits;
constexpr int sequences = 1 << sequence_bits;

int bits_of(std::int64_t id, int shift, int width) {
  return static_cast<int>((id >> shift) & ((std::int64_t{1} << width) - 1));
}

}  // namespace

IdParts decode_id(std::int64_t id) {
  IdParts parts;
  parts.timestamp = WallTime::from_ms((id >> timestamp_shift) + epoch_ms);
  parts.data_center = bits_of(id, data_center_shift, data_center_bits);
  parts.machine = bits_of(id, machine_shift, machine_bits);
  parts.sequence = bits_of(id, 0, sequence_bits);
  return parts;
}

std::int64_t encode_id(const IdParts& parts) {
  const std::int64_t ms = parts.timestamp.ms() - epoch_ms;
  return (ms << timestamp_shift) | (std::int64_t{parts.data_center} << data_center_shift) |
         (std::int64_t{parts.machine} << machine_shift) | parts.sequence;
}

IdGenerator::IdGenerator(int machine, const Profile& profile)
    : machine_(machine), ids_run_ahead_(profile.ids_run_ahead) {
  CF_ASSERT(machine >= 0 && machine < (1 << machine_bits));
}

IdDraw IdGenerator::draw(WallTime now) {
  const std::int64_t now_ms = now.ms();
  const auto wait = [this] { return IdDraw{IdDraw::Kind::wait, 0, WallTime::from_ms(last_ms_ + 1)}; };
  if (spinning_) {
    if (now_ms <= last_ms_) return wait();
    spinning_ = false;
    sequence_ = 0;
    last_ms_ = now_ms;
  } else if (now_ms > last_ms_) {
    sequence_ = 0;
    last_ms_ = now_ms;
  } else if (now_ms == last_ms_) {
    sequence_ = (sequence_ + 1) % sequences;
    if (sequence_ == 0) {
      spinning_ = true;
      return wait();
    }
  } else if (ids_run_ahead_) {
    sequence_ = (sequence_ + 1) % sequences;
    if (sequence_ == 0) ++last_ms_;
  } else {
    return IdDraw{IdDraw::Kind::clock_back, 0, {}};
  }
  IdParts parts;
  parts.timestamp = WallTime::from_ms(last_ms_);
  parts.machine = machine_;
  parts.sequence = sequence_;
  return IdDraw{IdDraw::Kind::issued, encode_id(parts), {}};
}

std::optional<std::int64_t> machine_id_for(std::int64_t row_id, const std::vector<std::int64_t>& taken) {
  constexpr std::int64_t limit = 10'000;
  if (row_id < limit) return row_id;
  for (std::int64_t id = 1; id <= limit; ++id) {
    if (std::find(taken.begin(), taken.end(), id) == taken.end()) return id;
  }
  return std::nullopt;
}

}  // namespace chronofault::powerjob
