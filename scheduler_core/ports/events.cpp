#include <ports/events.hpp>

namespace chronofault {

std::string_view name_of(EventKind kind) noexcept {
  switch (kind) {
    case EventKind::JobDefined:
      return "JobDefined";
    case EventKind::FireDue:
      return "FireDue";
    case EventKind::FireTaken:
      return "FireTaken";
    case EventKind::RunCreated:
      return "RunCreated";
    case EventKind::RunDispatched:
      return "RunDispatched";
    case EventKind::RunRejected:
      return "RunRejected";
    case EventKind::RunStarted:
      return "RunStarted";
    case EventKind::RunEnded:
      return "RunEnded";
    case EventKind::OutcomeRecorded:
      return "OutcomeRecorded";
    case EventKind::OwnershipTaken:
      return "OwnershipTaken";
    case EventKind::OwnershipLost:
      return "OwnershipLost";
    case EventKind::MemberSeen:
      return "MemberSeen";
    case EventKind::MemberLost:
      return "MemberLost";
    case EventKind::ShardsAssigned:
      return "ShardsAssigned";
    case EventKind::WorkflowAdvanced:
      return "WorkflowAdvanced";
    case EventKind::AlarmRaised:
      return "AlarmRaised";
    case EventKind::LoopDeclared:
      return "LoopDeclared";
    case EventKind::LoopPassed:
      return "LoopPassed";
    case EventKind::OperatorActed:
      return "OperatorActed";
    case EventKind::WorkCalled:
      return "WorkCalled";
    case EventKind::RunWaits:
      return "RunWaits";
    case EventKind::RunUnplaced:
      return "RunUnplaced";
    case EventKind::OwnsNothing:
      return "OwnsNothing";
  }
  return "?";
}

}  // namespace chronofault
