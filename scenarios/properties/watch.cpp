#include <algorithm>

#include <ports/assert.hpp>
#include <scenarios/watch.hpp>

namespace chronofault::scenarios {

using sim::TrueTime;

Watch::Watch(Roster roster, WatchOptions options, sim::Trace& trace, sim::Kernel& kernel)
    : roster_(std::move(roster)),
      trace_(trace),
      kernel_(kernel),
      ability_(roster_, options.start),
      ledger_(roster_, ability_),
      watched_(roster_, ledger_, ability_, deadlines_),
      book_(roster_, options.start, options.zone, options.zones, *this) {
  watched_.ownership = std::move(options.ownership);
  watched_.process_name = [this](sim::ProcessId id) { return trace_.processes()[id].name; };
  watched_.process_of_member = std::move(options.process_of_member);
  watched_.step = [this] { return kernel_.steps(); };
  watched_.zone = options.message_zone;
  watched_.settle_grace = options.settle_grace;
  watched_.now = options.start;
  std::vector<std::string>& wanted = options.properties;
  const auto wants = [&wanted](std::string_view name) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), name) != wanted.end();
  };
  const bool needs_obligations = wants("settles");
  for (const PropertyInfo& info : all_properties()) {
    const bool has_obligations = info.name == "no-lost-run" || info.name == "no-stuck-run";
    if (wants(info.name) || (needs_obligations && has_obligations)) properties_.push_back(info.make(watched_));
  }
  told_violated_.resize(properties_.size());
  deadlines_.on_earlier([this] { arm(); });
  trace_.add_monitor(*this);
}

void Watch::begin() {
  watched_.now = kernel_.now();
  for (const CastMember& member : roster_.cast()) {
    if (!reported_.contains(member.name)) ability_.changed(member.name, Standing::down, kernel_.now());
  }
  for (auto& property : properties_) property->on_begin();
  book_.begin();
}

void Watch::process(std::string_view name, Standing standing) {
  watched_.now = kernel_.now();
  reported_.emplace(name);
  ability_.changed(name, standing, kernel_.now());
  const sim::ProcessId* id = trace_.find_process(name);
  if (id == nullptr) return;
  ledger_.on_process(*id, standing, kernel_.now());
  for (auto& property : properties_) property->on_process(*id, standing);
  tell();
}

void Watch::operator_acted(const OperatorAction& action, const OperatorResult& result, RecordId record) {
  watched_.now = kernel_.now();
  ledger_.operator_acted(action, result, record, kernel_.now());
  for (auto& property : properties_) property->on_operator(action, result, record);
  book_.operator_acted(action, result, record);
  tell();
}

void Watch::healed() {
  watched_.now = kernel_.now();
  for (auto& property : properties_) property->on_healed();
}

void Watch::on_event(const sim::DomainRecord& record) {
  watched_.now = record.at;
  const Sighting sighting = ledger_.on_event(record);
  for (auto& property : properties_) property->on_event(record, sighting);
  book_.on_event(record);
  tell();
}

void Watch::schedule(TrueTime at, std::function<void()> act) { kernel_.agenda(at, std::move(act)); }

void Watch::emit(const Event& event, RecordId cause) {
  const std::uint64_t before = kernel_.current_cause();
  kernel_.set_current_cause(cause);
  trace_.domain(0, event);
  kernel_.set_current_cause(before);
}

// At most one entry of the agenda is the one that counts; an earlier deadline makes a new one and the old one finds
// nothing to do.
void Watch::arm() {
  const TrueTime next = deadlines_.next();
  if (next >= armed_) return;
  armed_ = next;
  kernel_.agenda(next, [this, next] {
    if (armed_ == next) armed_ = TrueTime::max();
    watched_.now = kernel_.now();
    deadlines_.run(kernel_.now());
    tell();
    arm();
  });
}

void Watch::tell() {
  if (!told_) return;
  for (std::size_t i = 0; i < properties_.size(); ++i) {
    if (told_violated_[i] || !properties_[i]->violated()) continue;
    told_violated_[i] = true;
    told_(*properties_[i]);
  }
}

std::size_t Watch::open_before(TrueTime until) const {
  std::size_t open = 0;
  for (const auto& property : properties_) {
    if (const Obligations* all = property->obligations()) open += all->open_before(until);
  }
  return open;
}

TrueTime Watch::last_due(TrueTime until) const {
  TrueTime last = kernel_.now() + Duration::seconds(1);
  for (const auto& property : properties_) {
    if (const Obligations* all = property->obligations()) last = std::max(last, all->last_due(until));
  }
  return last;
}

TrueTime Watch::next_look(TrueTime until) const {
  return std::min(last_due(until), kernel_.now() + Duration::minutes(1));
}

std::vector<PropertyResult> Watch::finish(TrueTime until) {
  std::vector<PropertyResult> results;
  for (auto& property : properties_) results.push_back(property->finish(until));
  return results;
}

Bound default_settle(const Roster& roster, Duration longest_loop) {
  Bound bound;
  bound.parts.push_back({"largest bound of the contracts", roster.longest_bound()});
  bound.parts.push_back({"until members count as steady", Ability::steady_for});
  bound.parts.push_back({"two of the system's longest loops", longest_loop * 2});
  return bound;
}

}  // namespace chronofault::scenarios
