// Obligations of one property: each was opened at some instant, must be met within a bound, and its deadline counts
// only while its scope is steady (ability.hpp). What remains open at the end of a run is counted and shown, never held.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <scenarios/ability.hpp>
#include <scenarios/deadlines.hpp>

namespace chronofault::scenarios {

struct Obligation {
  sim::TrueTime opened;
  sim::TrueTime from;  // its deadline counts from here
  Duration bound;
  std::string_view scope;     // lives as long as the roster
  std::uint64_t subject = 0;  // the property's own number: a fire, a run
  bool armed = false;         // its deadline is in the queue; for Obligations alone
};

/// What became of obligations, for `settles`.
class ObligationSink {
 public:
  virtual void opened(sim::TrueTime at) = 0;
  virtual void failed(sim::TrueTime opened, const std::string& what, const std::vector<std::uint64_t>& records,
                      std::uint64_t since) = 0;

 protected:
  ~ObligationSink() = default;
};

class Obligations final : public DeadlineListener {
 public:
  /// `due` is called when an obligation's deadline has passed; it closes it, or it stays open without a deadline.
  Obligations(const Ability& ability, Deadlines& deadlines, std::function<void(std::uint64_t subject)> due)
      : ability_(ability), deadlines_(deadlines), due_(std::move(due)) {}
  Obligations(const Obligations&) = delete;
  Obligations& operator=(const Obligations&) = delete;

  /// Nothing happens if the subject has an open one already.
  void open(const Obligation& obligation);
  /// The deadline counts from `t` on (it never moves to an earlier instant). None open: nothing happens.
  void count_from(std::uint64_t subject, sim::TrueTime t);
  /// The deadline does not run until count_from().
  void suspend(std::uint64_t subject) { count_from(subject, sim::TrueTime::max()); }
  void close(std::uint64_t subject) { open_.erase(subject); }
  const Obligation* find(std::uint64_t subject) const;

  /// The latest deadline of those opened before `until`, as far as is known now; `none_due` if there are none.
  /// TrueTime::max(): one of them has no deadline at present (its scope is not able).
  sim::TrueTime last_due(sim::TrueTime until) const;
  static constexpr sim::TrueTime none_due = sim::TrueTime::from_us(INT64_MIN / 2);
  std::size_t open_before(sim::TrueTime until) const;
  const std::map<std::uint64_t, Obligation>& all_open() const noexcept { return open_; }

 private:
  void on_deadline(std::uint64_t subject, sim::TrueTime now) override;
  sim::TrueTime deadline(const Obligation& obligation) const;

  const Ability& ability_;
  Deadlines& deadlines_;
  std::function<void(std::uint64_t)> due_;
  std::map<std::uint64_t, Obligation> open_;
};

}  // namespace chronofault::scenarios
