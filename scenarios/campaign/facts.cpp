#include <scenarios/facts.hpp>
#include <scenarios/run.hpp>

namespace chronofault::scenarios {

void RunFacts::on_event(const sim::DomainRecord& record) {
  const Event& event = record.event;
  switch (event.kind) {
    case EventKind::OwnershipTaken:
      moves_[event.scope].push_back(Move{record.at, record.process});
      break;
    case EventKind::MemberSeen:
      members_[{record.process, event.scope}].insert(event.member);
      break;
    case EventKind::MemberLost:
      members_[{record.process, event.scope}].erase(event.member);
      break;
    case EventKind::RunDispatched: {
      const auto counted = members_.find({record.process, event.scope});
      dispatches_.push_back(
          Dispatch{record.at, record.process, event.scope, counted == members_.end() ? 0 : counted->second.size()});
      break;
    }
    case EventKind::RunStarted:
      ++started_;
      break;
    default:
      break;
  }
}

std::string RunFacts::why_well(const ScenarioRun& run) const {
  const faults::Strike* first = nullptr;
  for (const faults::Strike& strike : run.strikes()) {
    if (!strike.missed && (first == nullptr || strike.at < first->at)) first = &strike;
  }
  if (first == nullptr) return run.strikes().empty() ? "no fault struck" : "every fault was aimed at nothing";

  const Move* moved = nullptr;
  std::string scope;
  for (const auto& [name, moves] : moves_) {
    for (const Move& move : moves) {
      if (move.at < first->at || (moved != nullptr && moved->at >= move.at)) continue;
      moved = &move;
      scope = name;
    }
  }
  if (moved == nullptr) return "ownership did not move after the fault";

  const Dispatch* last = nullptr;
  for (const Dispatch& dispatch : dispatches_) {
    if (dispatch.scope == scope && dispatch.at >= moved->at) last = &dispatch;
  }
  if (last == nullptr) {
    return started_ == 0 ? "ownership moved; nothing was dispatched afterwards, and nothing ever started"
                         : "everything was dispatched before ownership moved";
  }
  if (last->by == moved->to) return "the new owner dispatched";
  return last->members > 0 ? "the old owner still saw a member and dispatched" : "the old owner dispatched";
}

}  // namespace chronofault::scenarios
