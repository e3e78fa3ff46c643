#include <algorithm>

#include <fmt/format.h>

#include <faults/effect.hpp>
#include <faults/injector.hpp>
#include <faults/resolve.hpp>

namespace chronofault::faults {

namespace {

bool on_message_itself(const Action& action) {
  return !action.target && !action.link && action.info().group == "network" && action.kind != FaultKind::resolve &&
         action.kind != FaultKind::reset;
}

/// The action does not name its targets itself.
bool worth_telling(const Action& action, const std::vector<std::string>& targets) {
  if (targets.empty() || (action.link && action.is_static())) return false;
  return !action.target || to_string(*action.target) != listing(targets);
}

std::unique_ptr<Effect> carry_out(Strikeable& strike) {
  const std::string_view group = strike.action.info().group;
  if (group == "process") return process_effect(strike);
  if (group == "host") return host_effect(strike);
  if (group == "clock") return clock_effect(strike);
  if (group == "network") return network_effect(strike);
  if (group == "database") return database_effect(strike);
  return zookeeper_effect(strike);
}

}  // namespace

Injector::Injector(sim::World& world, Directory directory, std::vector<FaultSpec> faults)
    : world_(world), directory_(std::move(directory)), faults_(std::move(faults)) {}

Injector::~Injector() { world_.net().uninstall(*this); }

void Injector::arm() {
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    if (const At* at = std::get_if<At>(&faults_[i].trigger)) {
      world_.kernel().agenda(at->instant, [this, i] { strike(i, 0); });
      continue;
    }
    const Pattern& pattern = std::get<When>(faults_[i].trigger).pattern;
    (pattern.message ? message_watches_ : record_watches_).push_back(Watch{i});
  }
  if (!message_watches_.empty()) world_.net().install(*this);
  if (!record_watches_.empty()) world_.trace().add_monitor(*this);
}

bool Injector::counts(Watch& watch, const Pattern& pattern) {
  ++watch.matches;
  if (pattern.each) return true;
  watch.done = watch.matches >= pattern.nth;
  return watch.matches == pattern.nth;
}

void Injector::on_event(const sim::DomainRecord& record) {
  if (over_) return;
  for (Watch& watch : record_watches_) {
    const When& when = std::get<When>(faults_[watch.fault].trigger);
    const Pattern& pattern = when.pattern;
    if (watch.done || record.event.kind != *pattern.record) continue;
    if (pattern.not_before && record.at < *pattern.not_before) continue;
    const bool equal = std::all_of(pattern.fields.begin(), pattern.fields.end(), [&](const auto& field) {
      return field_of(field.first, record.event, world_.trace().processes()[record.process]) == field.second;
    });
    if (!equal || !counts(watch, pattern)) continue;
    const RecordId cause = record.id;
    const std::size_t fault = watch.fault;
    world_.kernel().agenda(world_.kernel().now() + when.after, [this, fault, cause] { strike(fault, cause); });
  }
}

void Injector::consider(const sim::Envelope& envelope, sim::Fate& fate) {
  if (over_ || envelope.kind.empty()) return;
  RandomStream& draws = world_.kernel().outside_streams().stream("fault/match");
  for (Watch& watch : message_watches_) {
    if (watch.done) continue;
    const When& when = std::get<When>(faults_[watch.fault].trigger);
    const Pattern& pattern = when.pattern;
    const MessageMatch& match = *pattern.message;
    if (match.reply != envelope.reply || (!match.kind.empty() && match.kind != envelope.kind)) continue;
    if (pattern.not_before && envelope.sent < *pattern.not_before) continue;
    if (pattern.request_not_before && envelope.request_sent < *pattern.request_not_before) continue;
    if (!match.from.empty() &&
        (envelope.from == nullptr || !means(match.from[0], *envelope.from, world_, directory_, draws))) {
      continue;
    }
    if (!match.to.empty() && (envelope.to == nullptr || !means(match.to[0], *envelope.to, world_, directory_, draws))) {
      continue;
    }
    if (!counts(watch, pattern)) continue;
    const std::size_t fault = watch.fault;
    if (on_message_itself(faults_[fault].action)) {
      strike_message(fault, envelope, fate);
    } else {
      world_.kernel().agenda(world_.kernel().now() + when.after, [this, fault] { strike(fault, 0); });
    }
  }
}

void Injector::strike_message(std::size_t fault, const sim::Envelope& envelope, sim::Fate& fate) {
  const Action& action = faults_[fault].action;
  Strike log;
  log.fault = fault;
  log.at = world_.kernel().now();
  log.text = fmt::format("{} on {}{} from {} to {}", to_string(action), envelope.kind, envelope.reply ? ".reply" : "",
                         envelope.from != nullptr ? envelope.from->name() : "?",
                         envelope.to != nullptr ? envelope.to->name() : "?");
  log.record = world_.trace().fault(sim::RecordKind::fault_on, log.text, 0, 0);
  log.healed = log.at;  // a message is struck once
  fate.because = log.record;
  strike_one_message(action, envelope, fate, world_.kernel().outside_streams().stream(fmt::format("fault/{}", fault)));
  strikes_.push_back(std::move(log));
  effects_.push_back(nullptr);
}

void Injector::strike(std::size_t fault, RecordId cause) {
  if (over_) return;
  const FaultSpec& spec = faults_[fault];
  sim::Trace& trace = world_.trace();
  Strike log;
  log.fault = fault;
  log.at = world_.kernel().now();
  log.text = to_string(spec.action);
  // The record comes first, so that everything the fault does can cite it; its text is completed below.
  log.record = trace.fault(sim::RecordKind::fault_on, log.text, 0, cause);
  Strikeable strike{world_,      directory_,
                    spec.action, world_.kernel().outside_streams().stream(fmt::format("fault/{}", fault)),
                    log.record,  {}};
  std::unique_ptr<Effect> effect = carry_out(strike);
  if (effect == nullptr) {
    log.missed = true;
    log.healed = log.at;
    log.record = trace.fault(sim::RecordKind::fault_missed, log.text, 0, cause);
  } else if (worth_telling(spec.action, strike.targets)) {
    log.text += " -> " + listing(strike.targets);
    trace.complete_fault(log.record, log.text);
  }
  const std::size_t index = strikes_.size();
  strikes_.push_back(std::move(log));
  effects_.push_back(std::move(effect));
  tell_of_stall(index, true);
  if (spec.lasts && effects_.back() != nullptr) {
    world_.kernel().agenda(world_.kernel().now() + *spec.lasts, [this, index] { heal(index); });
  }
}

void Injector::heal(std::size_t strike) {
  Strike& log = strikes_[strike];
  if (log.healed || effects_[strike] == nullptr || !faults_[log.fault].action.heals()) return;
  log.healed = world_.kernel().now();
  tell_of_stall(strike, false);
  effects_[strike]->heal(world_.trace().fault(sim::RecordKind::fault_off, log.text, 0, log.record));
}

void Injector::tell_of_stall(std::size_t strike, bool begins) {
  const Action& action = faults_[strikes_[strike].fault].action;
  if (told_of_stall_ && effects_[strike] != nullptr && action.info().stalls) told_of_stall_(begins);
}

void Injector::heal_all() {
  over_ = true;
  for (std::size_t i = 0; i < strikes_.size(); ++i) heal(i);
  world_.net().uninstall(*this);
}

std::vector<std::string> Injector::resolved() const {
  std::vector<std::string> lines;
  for (const Strike& strike : strikes_) {
    if (faults_[strike.fault].action.is_static()) continue;
    lines.push_back(fmt::format("{} {}{}", to_string(strike.at, directory_.utc_offset), strike.text,
                                strike.missed ? " -> nobody" : ""));
  }
  return lines;
}

std::string listing(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, ", ")); }

}  // namespace chronofault::faults
