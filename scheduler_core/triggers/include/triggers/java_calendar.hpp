// java.util.GregorianCalendar as far as schedulers use it (quartz 7.1): an instant and its local fields in a zone, and
// what becomes of one when the other is changed.
//
// Setting a field only notes the number, which may be out of range. The next question resolves: the fields are added up
// to a local time w, and the instant is w - off(w), where off(w) is the offset after the last change whose local time
// is at or before w. So a local time inside a gap is read with the offset before it (02:30 becomes 03:30), and a local
// time that comes twice is its second occurrence. Then all fields are read back from the instant. Not modelled: the
// Julian calendar before 1582, weeks of the year, eras.
//
// Every `set` leaves the fields to be resolved again, also one that sets the value which the field has: of an instant
// in the first occurrence of a repeated hour that makes the second. Only where resolving provably changes nothing is
// it left out; next fire times are computed by the million.
#pragma once

#include <cstdint>

#include <ports/time.hpp>
#include <ports/time_zone.hpp>

namespace chronofault::triggers {

bool is_leap_year(int year);
/// month: 1-12.
int days_in_month(int year, int month);
/// 1 = Sunday .. 7 = Saturday.
int weekday_of(int year, int month, int day);

/// A zone's offset by instant and by local time; remembers the stretch between two changes in which it last looked.
class ZoneOffsets {
 public:
  explicit ZoneOffsets(const TimeZone& zone) : zone_(&zone) {}

  std::int64_t at_instant(std::int64_t ms);
  /// off(w) of the essay.
  std::int64_t at_local(std::int64_t ms);

 private:
  void enter(std::size_t changes_before);

  const TimeZone* zone_;
  std::int64_t offset_ms_ = 0;
  std::int64_t instant_from_ = 1;  // [from, until) in ms; empty at first
  std::int64_t instant_until_ = 0;
  std::int64_t local_from_ = 1;
  std::int64_t local_until_ = 0;
};

/// Milliseconds: what is finer is cut off. Some 28,000 years from 1970, either way, it stays at that end.
class JavaCalendar {
 public:
  JavaCalendar(const TimeZone& zone, WallTime t);

  void set_time(WallTime t) { set_time_ms(t.ms()); }
  WallTime time() { return WallTime::from_ms(time_ms()); }
  std::int64_t time_ms() {
    resolve();
    return instant_;
  }

  int year() {
    resolve();
    return year_;
  }
  int month() {  // 1-12
    resolve();
    return month_;
  }
  int day() {
    resolve();
    return day_;
  }
  int weekday() {  // 1 = Sunday
    resolve();
    return static_cast<int>((epoch_day_ % 7 + 11) % 7) + 1;
  }
  int hour() {
    resolve();
    return hour_;
  }
  int minute() {
    resolve();
    return minute_;
  }
  int second() {
    resolve();
    return second_;
  }

  void set_year(int v) { set_date(year_, v); }
  void set_month(int v) { set_date(month_, v); }  // 1-12, or beyond
  void set_day(int v) { set_date(day_, v); }
  void set_hour(int v) { set_time_of_day(hour_, v); }
  void set_minute(int v) { set_time_of_day(minute_, v); }
  void set_second(int v) { set_time_of_day(second_, v); }
  void set_millisecond(int v) { set_time_of_day(millisecond_, v); }
  void set_time_of_day(int hour, int minute, int second, int millisecond);

  /// add(SECOND and finer): elapsed time.
  void add_elapsed(Duration d);
  /// add(DATE): the same time of day. A target in a gap becomes earlier by the gap; a repeated one keeps the offset
  /// that it came from.
  void add_days(std::int64_t n);
  /// add(MONTH), add(YEAR): the day is cut to the length of the month.
  void add_months(int n);
  void add_years(int n);

 private:
  void set_time_ms(std::int64_t ms);
  void resolve() {
    if (time_pending_ || date_pending_) resolve_pending();
  }
  void resolve_pending();
  void read_back(std::int64_t offset_ms);
  void cut_day();
  void set_date(int& field, int v) {
    if (field == v && settled()) return;
    field = v;
    date_pending_ = true;
  }
  void set_time_of_day(int& field, int v) {
    if (field == v && settled()) return;
    field = v;
    time_pending_ = true;
  }
  // Nothing waits, and resolving the fields as they are gives the instant that stands.
  bool settled() const { return resolves_to_itself_ && !time_pending_ && !date_pending_; }

  ZoneOffsets offsets_;
  std::int64_t instant_ = 0;
  std::int64_t epoch_day_ = INT64_MIN;  // of the local date
  std::int64_t offset_ = 0;             // at the instant
  int year_ = 1970;
  int month_ = 1;
  int day_ = 1;
  int hour_ = 0;
  int minute_ = 0;
  int second_ = 0;
  int millisecond_ = 0;
  bool date_pending_ = false;
  bool time_pending_ = false;
  bool resolves_to_itself_ = false;
};

}  // namespace chronofault::triggers
