// A time zone as a table of offsets that was handed in at start: nothing here reads the machine's own zone files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ports/time.hpp>

namespace chronofault {

/// Broken-down local time of the proleptic Gregorian calendar.
struct CivilTime {
  int year = 1970;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int microsecond = 0;
};

class TimeZone {
 public:
  struct Change {
    WallTime at;      // from this instant on
    Duration offset;  // local time - UTC
  };

  /// A zone without changes, such as "+08:00".
  TimeZone(std::string name, Duration offset) : name_(std::move(name)), first_(offset) {}
  /// `changes` in increasing order; `first` holds before the first of them. No offset exceeds 24 hours.
  TimeZone(std::string name, Duration first, std::vector<Change> changes)
      : name_(std::move(name)), first_(first), changes_(std::move(changes)) {}

  const std::string& name() const noexcept { return name_; }
  Duration first_offset() const noexcept { return first_; }
  const std::vector<Change>& changes() const noexcept { return changes_; }
  Duration offset_at(WallTime t) const noexcept;
  CivilTime to_civil(WallTime t) const noexcept;

  struct Local {
    enum class Kind { unique, skipped, repeated } kind = Kind::unique;
    WallTime earlier;  // skipped: the instant of the jump; repeated: the first of the two
    WallTime later;    // repeated: the last of them; otherwise equal to earlier
  };
  /// The instants at which this zone's clocks show `civil`.
  Local to_instant(const CivilTime& civil) const noexcept;

 private:
  std::string name_;
  Duration first_;
  std::vector<Change> changes_;
};

inline const TimeZone& utc() {
  static const TimeZone zone("UTC", Duration{});
  return zone;
}

/// "2022-02-25 02:36:13.959" in `zone`; milliseconds unless `micros`.
std::string to_string(WallTime t, const TimeZone& zone, bool micros = false);

}  // namespace chronofault
