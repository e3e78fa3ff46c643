// What happened, and why. Every record cites the records that it rests on:
//   1. what triggered the step (the send of a delivery, the arming of a timer, the hand-over of a lock);
//   2. what its unit of work has read since it began: rows, znodes and files know the record that wrote them;
//   3. memory that decides, through Tracked<T>, which does the same;
//   4. absences: an expiry cites the last renewal, every message of that kind that was dropped or delayed since, and
//      what the renewer did instead;
//   5. what held it back: a unit that began after its pool or process was released, and was to begin before, cites the
//      release, and so does a wake-up that was held.
// Domain records are always made, folded into the digest and given to monitors. World records and all causes exist only
// while the trace is kept; without it these calls cost a branch.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sim/kernel/kernel.hpp>
#include <sim/trace/record.hpp>

namespace chronofault::sim {

class Monitor {
 public:
  virtual void on_event(const DomainRecord& record) = 0;

 protected:
  ~Monitor() = default;
};

struct ProcessInfo {
  std::string name;
  std::string host;
};

class Trace final : public ExecutorObserver {
 public:
  explicit Trace(Kernel& kernel);

  /// Keeps world records and causes from now on.
  void keep() noexcept { kept_ = true; }
  bool kept() const noexcept { return kept_; }

  ProcessId add_process(std::string name, std::string host);
  const std::vector<ProcessInfo>& processes() const noexcept { return processes_; }  // index: ProcessId
  /// Null when there is none of that name.
  const ProcessId* find_process(std::string_view name) const noexcept;
  /// The process that speaks from this address, for absences.
  void name_address(std::string address, ProcessId process);
  ProcessId process_at(std::string_view address) const noexcept;

  Label label(std::string_view text);
  const std::string& text(Label label) const noexcept { return labels_[label]; }

  /// A world record; its causes are those of the running unit, and `cause` if it is not 0. 0 while not kept.
  RecordId world(RecordKind kind, ProcessId process, Label label, ProcessId peer = 0, std::uint64_t detail = 0,
                 RecordId cause = 0);
  /// The same with exactly these causes.
  RecordId world_because(RecordKind kind, ProcessId process, Label label, ProcessId peer, std::uint64_t detail,
                         std::span<const RecordId> causes);
  RecordId domain(ProcessId process, const Event& event);
  /// Faults are made by outsiders between steps; not folded.
  RecordId fault(RecordKind kind, std::string_view text, ProcessId process, RecordId cause);
  /// Whom a fault struck is known only after the record that its effects cite was made. 0: nothing.
  void complete_fault(RecordId fault, std::string_view text);

  // The running unit.
  void begin_unit(RecordId trigger) noexcept;
  void read(RecordId record) noexcept;

  // What absences look for.
  void disturbed(Label message_kind, ProcessId from, RecordId send);  // a dropped or delayed message
  void rerouted(ProcessId process, Label message_kind, RecordId write);
  void interrupted(ProcessId process, RecordId what);                  // crashed, paused, frozen
  void restored(ProcessId process) noexcept { down_.erase(process); }  // started, resumed, thawed
  /// The interruption that lasts until now; 0: none.
  RecordId down_since(ProcessId process) const noexcept;
  /// The last interruption, over or not; 0: none.
  RecordId last_interruption(ProcessId process) const noexcept;
  void absent(ProcessId process, const Absence& absence);
  /// No reply came from `peer` to the request of this kind whose sending is the record `since`: cites it, what became
  /// of requests and replies of that kind on the way, and what the peer did instead.
  void no_reply(ProcessId process, std::string_view request_kind, ProcessId peer, RecordId since);

  void add_monitor(Monitor& monitor) { monitors_.push_back(&monitor); }

  /// Behaviour alone: domain records without step numbers, the same after a refactoring of the world.
  const Digest& domain_digest() const noexcept { return domain_digest_; }

  const std::vector<Record>& records() const noexcept { return records_; }  // id = index + 1
  const Record& record(RecordId id) const noexcept { return records_[id - 1]; }
  std::span<const RecordId> causes(const Record& record) const noexcept {
    return {causes_.data() + record.first_cause, record.cause_count};
  }
  const Event& event(const Record& record) const noexcept { return events_[record.detail]; }
  TrueTime now() const noexcept { return kernel_.now(); }
  std::uint64_t step() const noexcept { return kernel_.steps(); }

  // ExecutorObserver
  std::uint64_t armed(const Wake& wake) override;
  std::uint64_t fired(const Wake& wake) override;
  std::uint64_t released(const Wake& wake, std::uint64_t by) override;

 private:
  RecordId append(Record record, std::span<const RecordId> causes);
  void collect_causes(RecordId extra);
  static ProcessId process_of(const Wake& wake) noexcept;
  ProcessId sender_of(Label message_kind, RecordId record) const;

  using Subject = std::pair<ProcessId, Label>;

  Kernel& kernel_;
  bool kept_ = false;
  std::vector<Record> records_;
  std::vector<RecordId> causes_;
  std::vector<Event> events_;
  std::vector<std::string> labels_{std::string()};
  std::map<std::string, Label, std::less<>> label_of_;
  std::vector<ProcessInfo> processes_{ProcessInfo{"world", ""}};
  std::map<std::string, ProcessId, std::less<>> process_of_name_;
  std::map<std::string, ProcessId, std::less<>> process_of_address_;
  std::map<Subject, std::vector<RecordId>> disturbed_;
  std::map<Subject, RecordId> rerouted_;
  std::map<ProcessId, std::vector<RecordId>> interrupted_;
  std::map<ProcessId, RecordId> down_;
  std::vector<Monitor*> monitors_;
  std::vector<RecordId> scratch_;
  Digest domain_digest_;
  Label timer_labels_[16] = {};
};

}  // namespace chronofault::sim
