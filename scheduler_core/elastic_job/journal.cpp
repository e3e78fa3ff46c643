#include <elastic_job/journal.hpp>

namespace chronofault::elastic_job {

Event Journal::of(EventKind kind) const {
  Event event(kind);
  event.job = job_;
  event.scope = job_;
  return event;
}

void Journal::round_begun(WallTime fire) {
  rounds_.executed(job_, fire);
  Event event = of(EventKind::FireTaken);
  event.fire = fire;
  event.detail = "execute";
  events_.emit(event);
}

void Journal::fire_taken(std::optional<WallTime> fire) {
  taken_ = fire;
  Event event = of(EventKind::FireTaken);
  event.fire = fire;
  events_.emit(event);
}

void Journal::waits_for_sharding() {
  Event event = of(EventKind::RunWaits);
  event.fire = taken_;
  event.detail = "the leader has to shard";
  events_.emit(event);
}

std::optional<WallTime> Journal::round_of_items(std::optional<WallTime> taken, bool one_off) const {
  const std::optional<WallTime> newest = one_off ? rounds_.newest(job_) : std::nullopt;
  return newest ? newest : taken;
}

void Journal::item_ended(std::optional<WallTime> fire, int item, int total, bool ok) {
  if (!fire) return;
  const std::optional<bool> all = rounds_.item_ended(job_, *fire, item, total, ok);
  if (!all) return;
  Event event = of(EventKind::OutcomeRecorded);
  event.fire = fire;
  event.ok = *all;
  event.detail = *all ? "all items ended well" : "an item failed";
  events_.emit(event);
}

void Journal::sharded(const Assignment& assignment) {
  Event event = of(EventKind::ShardsAssigned);
  event.fire = taken_;
  for (const auto& [id, items] : assignment) {
    for (const int item : items) {
      if (!event.detail.empty()) event.detail += ", ";
      event.detail.append(std::to_string(item)).append(": ").append(id);
    }
  }
  events_.emit(event);
}

void Journal::leader_taken(const std::string& id) {
  Event event = of(EventKind::OwnershipTaken);
  event.member = id;
  events_.emit(event);
}

void Journal::leader_lost() { events_.emit(of(EventKind::OwnershipLost)); }

void Journal::member_seen(const std::string& id) {
  Event event = of(EventKind::MemberSeen);
  event.member = id;
  events_.emit(event);
}

void Journal::member_lost(const std::string& id) {
  Event event = of(EventKind::MemberLost);
  event.member = id;
  events_.emit(event);
}

}  // namespace chronofault::elastic_job
