// What a scheduler tells the world about itself: domain records, and the memory that its decisions rest on. Neither
// changes behaviour. A system reports what it did; it never says what was due (the job book does).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ports/task/fiber.hpp>
#include <ports/time.hpp>

namespace chronofault {

/// Kinds of domain records. Part of the digest: numbers are never reused.
enum class EventKind : std::uint16_t {
  JobDefined = 1,
  FireDue = 2,          // the job book alone
  FireTaken = 3,        // this system took up this fire of this job: `fire` as the system attributes it
  RunCreated = 4,       // run (of fire, or of parent_run)
  RunDispatched = 5,    // run -> member
  RunRejected = 6,      // overlap or discard rule: `detail` says which
  RunStarted = 7,       // the work itself, never scheduler code
  RunEnded = 8,         // the work itself; `ok`
  OutcomeRecorded = 9,  // the scheduler's record of a run's or workflow run's end: `ok`, `detail`
  OwnershipTaken = 10,  // scope, by member
  OwnershipLost = 11,
  MemberSeen = 12,  // this process now counts `member` (in scope) as alive
  MemberLost = 13,  // and no longer
  ShardsAssigned = 14,
  WorkflowAdvanced = 15,  // workflow run: node -> run
  AlarmRaised = 16,
  LoopDeclared = 17,  // loop `detail` passes at least every `bound` from now on; a bound of 0: it has ended
  LoopPassed = 18,
  OperatorActed = 19,  // the world's operator: action, accepted | refused | unknown
  WorkCalled = 20,     // the work itself: its call `detail` began a run, or a round, of `job` (run, fire)
  RunWaits = 21,       // this process's share of a run waits before its work: `detail` says for what
  RunUnplaced = 22,    // a dispatch of the run found nobody to send it to: `detail` says why
  OwnsNothing = 23,    // a pass of the loop `detail` found no scope that this process owns, and did nothing
};
std::string_view name_of(EventKind kind) noexcept;

/// One domain record. Fields that do not apply stay at their defaults.
struct Event {
  explicit Event(EventKind kind) : kind(kind) {}
  EventKind kind;
  std::string job;               // job or workflow, by the name under which the scenario declares it
  std::optional<WallTime> fire;  // nominal fire time
  std::int64_t run = 0;          // upstream's id of the instance
  std::int64_t parent_run = 0;   // the workflow instance that it belongs to
  std::string node;              // node of a workflow
  int shard = -1;
  int attempt = -1;
  std::string scope;   // what is owned or whose member: an app, a job
  std::string member;  // host, worker or server, as upstream names it
  bool ok = false;
  Duration bound;  // LoopDeclared
  std::string detail;
};

/// What an expiry rests on: nothing came from `renewer` since `last`.
struct Absence {
  Absence() = default;
  struct Subject {
    Subject(std::string renewer, RecordId last) : renewer(std::move(renewer)), last(last) {}
    std::string renewer;  // address of the process that should have renewed; empty: see `met`
    RecordId last;        // the record of its last renewal; 0: none known
    RecordId met = 0;     // rests on the message with which the renewer presented itself
  };
  std::string message_kind;  // the kind of message that renews
  std::string hello_kind;    // the kind of message with which renewers present themselves that have no address
  std::vector<Subject> subjects;
};

class Events {
 public:
  /// Emits a domain record whose causes are the running unit's.
  virtual RecordId emit(const Event& event) = 0;
  /// False: no trace is kept, and the calls below do nothing.
  virtual bool tracing() const noexcept = 0;
  /// Starts a new unit of work in the running fiber: a pass of a loop, a message taken from a queue (`trigger`: the
  /// record that brought it).
  virtual void begin_unit(RecordId trigger = 0) noexcept = 0;
  /// The running unit rests on this record.
  virtual void read(RecordId record) noexcept = 0;
  /// The running unit wrote memory that later decisions read. `routes`: the kind of message whose receiver it chooses.
  virtual RecordId wrote(std::string_view what, std::string_view routes) = 0;
  /// The running unit acts on an absence: it cites the last renewals, every message of that kind from the renewer that
  /// was dropped or delayed since, and what the renewer did instead.
  virtual void absent(const Absence& absence) = 0;

 protected:
  ~Events() = default;
};

/// Memory that decides (owner maps, worker tables, flags). A read cites the record of the write.
template <class T>
class Tracked {
 public:
  Tracked(Events& events, std::string_view what, T value = T(), std::string_view routes = {})
      : events_(&events), what_(what), routes_(routes), value_(std::move(value)) {}

  const T& get() const {
    events_->read(writer_);
    return value_;
  }
  void set(T value) {
    value_ = std::move(value);
    writer_ = events_->wrote(what_, routes_);
  }
  /// For in-place changes; call it only to write.
  template <class F>
  decltype(auto) change(F&& f) {
    writer_ = events_->wrote(what_, routes_);
    return std::forward<F>(f)(value_);
  }
  RecordId writer() const noexcept { return writer_; }
  /// Without citing: for printing and assertions.
  const T& peek() const noexcept { return value_; }

 private:
  Events* events_;
  std::string_view what_;
  std::string_view routes_;
  T value_;
  RecordId writer_ = 0;
};

}  // namespace chronofault
