#include "sentences.hpp"

#include <fmt/format.h>

namespace chronofault::reports {

using sim::RecordKind;

std::string Sentences::member(const std::string& upstream) const {
  const sim::ProcessId id = trace_.process_at(upstream);
  return id == 0 ? upstream : process(id);
}

std::string Sentences::who(const sim::Record& record) const {
  if (record.kind == RecordKind::fault_on || record.kind == RecordKind::fault_off ||
      record.kind == RecordKind::fault_missed) {
    return "fault";
  }
  return record.process == 0 ? "book" : process(record.process);
}

std::string Sentences::at(const std::optional<WallTime>& fire) const {
  return fire ? " of " + to_string(*fire, zone_) : std::string();
}

std::string Sentences::run(const Event& event) const {
  std::string text = event.job;
  if (event.run != 0) text += fmt::format(" run {}", event.run);
  if (event.shard >= 0) text += fmt::format(" shard {}", event.shard);
  return text;
}

std::string Sentences::of_event(const Event& event) const {
  const std::string why = event.detail.empty() ? "" : ": " + event.detail;
  switch (event.kind) {
    case EventKind::JobDefined:
      return fmt::format("{} is defined", event.job);
    case EventKind::FireDue:
      return fmt::format("{} is due: the fire{}", event.job, at(event.fire));
    case EventKind::FireTaken:
      return fmt::format("takes up {}, the fire{}{}", run(event), at(event.fire), why);
    case EventKind::RunCreated:
      return event.parent_run != 0 ? fmt::format("creates {} for the workflow run {}", run(event), event.parent_run)
                                   : fmt::format("creates {}, to start at{}", run(event), at(event.fire).substr(3));
    case EventKind::RunDispatched:
      return fmt::format("dispatches {} to {}", run(event), member(event.member));
    case EventKind::RunRejected:
      return fmt::format("rejects {}{}", run(event), why);
    case EventKind::RunStarted:
      return fmt::format("starts the work of {}", run(event));
    case EventKind::RunEnded:
      return fmt::format("ends the work of {}: {}", run(event),
                         event.detail.empty() ? (event.ok ? "done" : "failed") : event.detail);
    case EventKind::OutcomeRecorded:
      return fmt::format("records {} as {}{}", run(event), event.ok ? "succeeded" : "FAILED", why);
    case EventKind::OwnershipTaken:
      return fmt::format("writes itself as owner of {}", event.scope);
    case EventKind::OwnershipLost:
      return fmt::format("no longer owns {}{}", event.scope, why);
    case EventKind::MemberSeen:
      return fmt::format("sees {} of {}", member(event.member), event.scope);
    case EventKind::MemberLost:
      return fmt::format("releases {} of {}{}", member(event.member), event.scope, why);
    case EventKind::ShardsAssigned:
      return fmt::format("assigns the shards of {}{}", run(event), why);
    case EventKind::WorkflowAdvanced:
      return fmt::format("workflow {} run {} comes to the node {} (run {})", event.job, event.parent_run, event.node,
                         event.run);
    case EventKind::AlarmRaised:
      return fmt::format("raises an alarm about {}{}", run(event), why);
    case EventKind::LoopDeclared:
      return fmt::format("declares the loop {}, at least every {}", event.detail, to_string(event.bound));
    case EventKind::LoopPassed:
      return fmt::format("runs its loop {}", event.detail);
    case EventKind::OperatorActed:
      return fmt::format("{}{}{}", event.detail, event.job.empty() ? "" : ", " + run(event),
                         event.fire ? ", to start at " + to_string(*event.fire, zone_) : std::string());
    case EventKind::WorkCalled:
      return fmt::format("its work calls {}: {}{}", event.detail, run(event), at(event.fire));
    case EventKind::RunWaits:
      return fmt::format("waits with {}{}", run(event), why);
    case EventKind::RunUnplaced:
      return fmt::format("dispatches {} to nobody{}", run(event), why);
    case EventKind::OwnsNothing:
      return fmt::format("finds in its loop {} that it owns nothing", event.detail);
  }
  return {};
}

std::string Sentences::text(const sim::Record& record) const {
  const std::string& label = trace_.text(record.label);
  switch (record.kind) {
    case RecordKind::domain:
      return of_event(trace_.event(record));
    case RecordKind::send:
      return fmt::format("sends {} to {}", label, process(record.peer));
    case RecordKind::deliver:
      return fmt::format("receives {} from {}", label, process(record.peer));
    case RecordKind::drop:
      return fmt::format("{} from {} is lost", label, process(record.peer));
    case RecordKind::dead_letter:
      return fmt::format("receives {} from {} too late: nobody waits for it any longer", label, process(record.peer));
    case RecordKind::absence:
      if (record.peer != 0) return fmt::format("has no {} from {}: gives up waiting", label, process(record.peer));
      return fmt::format("has had no {} from {} of its senders for too long", label, record.detail);
    case RecordKind::process:
    case RecordKind::fault_on:
      return label;
    case RecordKind::fault_off:
      return "over: " + label;
    case RecordKind::fault_missed:
      return "aimed at nothing: " + label;
    default:
      return scenarios::describe(view_, record);
  }
}

}  // namespace chronofault::reports
