// What this process did with a job, as domain records: one place that says them. Never changes behaviour; not upstream.
//
// A round is known by the job and the fire time alone, since upstream has no id of it (round_book.hpp). Its outcome is
// recorded when the last of its items has been run: what a reader of the tracing tables would say then.
#pragma once

#include <optional>
#include <string>

#include <elastic_job/round_book.hpp>
#include <elastic_job/rules/sharding_strategy.hpp>
#include <ports/events.hpp>

namespace chronofault::elastic_job {

class Journal {
 public:
  Journal(Events& events, RoundBook& rounds, std::string job)
      : events_(events), rounds_(rounds), job_(std::move(job)) {}

  /// execute() was called here: all instances are to run their shares of a round that began now.
  void round_begun(WallTime fire);
  /// This process begins its share of the round.
  void fire_taken(std::optional<WallTime> fire);
  void item_ended(std::optional<WallTime> fire, int item, int total, bool ok);
  void sharded(const Assignment& assignment);
  void leader_taken(const std::string& id);
  void leader_lost();
  void member_seen(const std::string& id);
  void member_lost(const std::string& id);

 private:
  Event of(EventKind kind) const;
  Events& events_;
  RoundBook& rounds_;
  std::string job_;
};

}  // namespace chronofault::elastic_job
