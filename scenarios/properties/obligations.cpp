#include <algorithm>

#include <scenarios/obligations.hpp>

namespace chronofault::scenarios {

using sim::TrueTime;

namespace {
constexpr Duration one = Duration::us(1);  // a deadline that is met at the very instant of the bound is met
constexpr Duration look_again = Duration::seconds(10);  // while a scope is not able
}  // namespace

void Obligations::open(const Obligation& obligation) {
  const auto [place, fresh] = open_.try_emplace(obligation.subject, obligation);
  if (!fresh) return;
  place->second.armed = true;
  deadlines_.set(obligation.from + obligation.bound + one, *this, obligation.subject);
}

void Obligations::count_from(std::uint64_t subject, TrueTime t) {
  const auto found = open_.find(subject);
  if (found == open_.end()) return;
  Obligation& it = found->second;
  const bool stood = it.from == TrueTime::max();
  it.from = stood ? t : std::max(it.from, t);
  // An entry that is in the queue comes too early, looks, and sets itself anew.
  if (it.armed || t == TrueTime::max()) return;
  it.armed = true;
  deadlines_.set(t + it.bound + one, *this, subject);
}

const Obligation* Obligations::find(std::uint64_t subject) const {
  const auto found = open_.find(subject);
  return found == open_.end() ? nullptr : &found->second;
}

TrueTime Obligations::deadline(const Obligation& obligation) const {
  if (obligation.from == TrueTime::max()) return TrueTime::max();
  const TrueTime from = ability_.counts_from(obligation.scope, obligation.from);
  return from == TrueTime::max() ? from : from + obligation.bound;
}

TrueTime Obligations::last_due(TrueTime until) const {
  TrueTime last = none_due;
  for (const auto& [subject, obligation] : open_) {
    if (obligation.opened < until) last = std::max(last, deadline(obligation));
  }
  return last;
}

std::size_t Obligations::open_before(TrueTime until) const {
  return static_cast<std::size_t>(
      std::count_if(open_.begin(), open_.end(), [until](const auto& o) { return o.second.opened < until; }));
}

void Obligations::on_deadline(std::uint64_t subject, TrueTime now) {
  const auto found = open_.find(subject);
  if (found == open_.end()) return;
  found->second.armed = found->second.from != TrueTime::max();
  if (!found->second.armed) return;
  const TrueTime due = deadline(found->second);
  if (due == TrueTime::max()) {
    deadlines_.set(now + look_again, *this, subject);
  } else if (due + one > now) {
    deadlines_.set(due + one, *this, subject);
  } else {
    found->second.armed = false;
    due_(subject);
  }
}

}  // namespace chronofault::scenarios
