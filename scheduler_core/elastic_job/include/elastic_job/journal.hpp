// What this process did with a job, as domain records: one place that says them. Never changes behaviour; not upstream.
//
// What is begun of a one-off job belongs to its newest round, whichever trigger began it: a share that waited for so
// long that the next round came up runs beside that round's own share, and its own round goes without.
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
  /// What was taken up waits for the leader to shard: said once per wait.
  void waits_for_sharding();
  /// The round to which items belong that are begun now by a trigger of the round `taken`.
  std::optional<WallTime> round_of_items(std::optional<WallTime> taken, bool one_off) const;
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
  std::optional<WallTime> taken_;
};

}  // namespace chronofault::elastic_job
