#include <scenarios/properties.hpp>

namespace chronofault::scenarios {

const std::vector<PropertyInfo>& all_properties() {
  static const std::vector<PropertyInfo> all = {
      {"no-lost-run", "every due fire starts within its contract's bound, or is skipped as the contract says",
       "a fire was due", "members are known to each other after 60s: deadlines count from there", make_no_lost_run},
      {"no-duplicate-run",
       "one fire (and shard) does not run twice, or at once in two places, beyond the contract's guarantee",
       "work started", "", make_no_duplicate_run},
      {"single-owner", "at most one owner of record per scope; ownership moves only as the specification's rule allows",
       "ownership was taken", "1s between the word and the record", make_single_owner},
      {"owner-acts", "each dispatch, terminal write and assignment is made by the owner of record at that true instant",
       "an act on a job that somebody owns", "1s after ownership moved away", make_owner_acts},
      {"no-stuck-run", "every run gets a recorded outcome within its bound", "a run was due",
       "members are known to each other after 60s: deadlines count from there; work's own time does not count",
       make_no_stuck_run},
      {"outcome-true",
       "recorded success: its work ended well before; recorded failure: it did not; nothing of it runs any more",
       "the outcome of a run of a job was recorded", "", make_outcome_true},
      {"bounded-start-rate",
       "starts of a job in any minute are at most 2 (1 + retries) shards times the fires due in it, plus the queue",
       "work started", "one start ahead of its time", make_bounded_start_rate},
      {"all-shards-run", "in each round each shard runs exactly once", "the success of a sharded run was recorded", "",
       make_all_shards_run},
      {"no-repeat-offender",
       "a node where work of the job failed or was lost is not chosen while a candidate without a later mark answers",
       "a dispatch when some node had a mark", "a candidate counts once it is up for 60s", make_no_repeat_offender},
      {"workflow-consistent",
       "a node runs after its predecessors ended, and the workflow's outcome follows from its nodes",
       "a node started, or a workflow's outcome was recorded", "", make_workflow_consistent},
      {"loops-progress", "every declared loop passes within its bound while its process runs and is not paused",
       "a loop was declared", "the loop's own bound", make_loops_progress},
      {"settles", "every obligation opened later than heal plus the system's grace is met",
       "an obligation was opened after that", "60s after all faults are healed, or what the runner says", make_settles,
       true},
  };
  return all;
}

const PropertyInfo* find_property(std::string_view name) {
  for (const PropertyInfo& info : all_properties()) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

}  // namespace chronofault::scenarios
