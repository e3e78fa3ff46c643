// The job book: the oracle. It derives every nominal fire from what the scenario declares (schedule, zone, true time,
// the intervals in which an operator has the job enabled, operator actions) and alone says FireDue. It knows no system
// code: a scheduler must not write its own exam.
//
// A nominal fire time is a wall-clock instant; the book reads it off a perfect clock, so it is due at the true instant
// of the same number. Fires at or before `start` are not due.
//   cron      the reading of the contract's dialect (triggers/cron.hpp) in the schedule's zone, else the cluster's
//   every     start + k x period; fixed_delay: one period after the end of the work, or the outcome, of the last fire
//   at        once
//   after     once each of the named jobs has ended well since the last time
//   on_demand only by the operator
// Operator: an accepted `run` makes a fire due at its fire time, at once if that is past or not given; refused:
// nothing; unknown: it may run once, nothing is due. pause, disable, enable, resume and edits (cron, zone, every,
// enabled) act from the instant of the action. cancel and stop take back the run that they name, and its fire if that
// is still to come; of which run an unknown one spoke nobody knows, so the operator's fires to come are no longer owed.
// A trigger made by work (WorkCalled) is an operator trigger: what it began is due at once.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <ports/system.hpp>
#include <ports/time_zone.hpp>
#include <scenarios/roster.hpp>
#include <sim/trace/record.hpp>
#include <triggers/cron.hpp>

namespace chronofault::scenarios {

/// The instants and the mouth of the book: in a run the kernel's agenda and the trace.
class BookHost {
 public:
  virtual sim::TrueTime now() const = 0;
  /// Calls `act` between steps at `at`, at once between the next two if that is past.
  virtual void schedule(sim::TrueTime at, std::function<void()> act) = 0;
  /// Emits a domain record of the world (process 0) that cites `cause` (0: nothing).
  virtual void emit(const Event& event, RecordId cause) = 0;

 protected:
  ~BookHost() = default;
};

class JobBook {
 public:
  using ZoneOf = std::function<const TimeZone*(std::string_view name)>;  // null: no such zone

  /// `roster` gives jobs and schedules. `zone` is the cluster's; expressions and zones were checked by the reader.
  JobBook(const Roster& roster, sim::TrueTime start, std::string zone, ZoneOf zones, BookHost& host);
  JobBook(const JobBook&) = delete;
  JobBook& operator=(const JobBook&) = delete;

  /// Says JobDefined for each job and puts the first fire of each schedule on the agenda.
  void begin();
  void operator_acted(const OperatorAction& action, const OperatorResult& result, RecordId record);
  /// `after` and `fixed_delay` follow what ran; what work calls is due.
  void on_event(const sim::DomainRecord& record);

  /// Fires that a schedule names in (from, to], by the declaration alone: for plots and `bounded-start-rate`.
  std::vector<WallTime> nominal(JobIndex job, sim::TrueTime from, sim::TrueTime to) const;
  std::uint64_t fires() const noexcept { return fires_; }

 private:
  struct Page {
    Schedule schedule;
    std::optional<triggers::CronExpression> cron;
    const TimeZone* zone = nullptr;
    bool enabled = true;
    std::uint64_t edition = 0;              // acts on the agenda of earlier editions do nothing
    WallTime last;                          // of the last fire made due, or the instant since which the schedule counts
    bool under_way = false;                 // fixed_delay: a fire is due and its end is not known
    std::uint64_t calls_edition = 0;        // the same for the operator's runs
    std::set<std::int64_t> called_off;      // runs
    std::map<std::string, int> ended_well;  // after: job -> ends not yet used up
  };

  void turn(Page& page);
  void schedule_next(JobIndex job);
  std::optional<WallTime> next_of(const Page& page, WallTime after) const;
  void due(JobIndex job, WallTime fire, std::int64_t run, RecordId cause);
  void edit(JobIndex job, const OperatorAction& action);
  void ended(JobIndex job, bool ok, RecordId record);
  void called(const sim::DomainRecord& record);
  static WallTime wall(sim::TrueTime t) { return WallTime::from_us(t.us()); }

  const Roster& roster_;
  sim::TrueTime start_;
  std::string zone_name_;
  ZoneOf zones_;
  BookHost& host_;
  std::vector<Page> pages_;
  std::map<std::int64_t, int> shards_ended_;  // run -> shards that ended well, of jobs with more than one
  std::uint64_t fires_ = 0;
};

/// cancel or stop: of the run that the answer names.
bool takes_back_run(const OperatorAction& action);

/// OperatorActed as the runner emits it: job, run or workflow run (`run`), fire, `ok` = accepted, detail "run:
/// accepted".
Event operator_event(const OperatorAction& action, const OperatorResult& result);

}  // namespace chronofault::scenarios
