#include <algorithm>

#include <ports/assert.hpp>
#include <scenarios/book.hpp>

namespace chronofault::scenarios {

using sim::TrueTime;

namespace {

TrueTime true_time(WallTime t) { return TrueTime::from_us(t.us()); }

std::string_view word(OperatorResult::Kind kind) {
  switch (kind) {
    case OperatorResult::Kind::accepted:
      return "accepted";
    case OperatorResult::Kind::refused:
      return "refused";
    case OperatorResult::Kind::unknown:
      return "unknown";
  }
  return "?";
}

}  // namespace

JobBook::JobBook(const Roster& roster, TrueTime start, std::string zone, ZoneOf zones, BookHost& host)
    : roster_(roster), start_(start), zone_name_(std::move(zone)), zones_(std::move(zones)), host_(host) {
  for (const DeclaredJob& job : roster_.jobs()) {
    Page page;
    page.schedule = job.contract.schedule;
    page.enabled = job.enabled;
    page.last = wall(start);
    turn(page);
    pages_.push_back(std::move(page));
  }
}

// A new edition of the schedule: what it needs to know beyond its own text.
void JobBook::turn(Page& page) {
  ++page.edition;
  page.cron.reset();
  page.under_way = false;
  if (page.schedule.kind == ScheduleKind::cron) {
    const auto dialect = triggers::cron_dialect(page.schedule.cron_dialect);
    CF_ASSERT(dialect.has_value());
    if (auto parsed = triggers::CronExpression::parse(page.schedule.cron, *dialect)) page.cron = std::move(*parsed);
    const std::string& name = page.schedule.zone.empty() ? zone_name_ : page.schedule.zone;
    page.zone = zones_ ? zones_(name) : nullptr;
    CF_ASSERT(page.zone != nullptr);
  }
  if (page.schedule.kind == ScheduleKind::after) {
    for (const std::string& before : page.schedule.after) page.ended_well.try_emplace(before, 0);
  }
}

void JobBook::begin() {
  for (JobIndex job = 0; job < pages_.size(); ++job) {
    Event event(EventKind::JobDefined);
    event.job = roster_.job(job).name;
    event.ok = pages_[job].enabled;
    host_.emit(event, 0);
    schedule_next(job);
  }
}

std::optional<WallTime> JobBook::next_of(const Page& page, WallTime after) const {
  switch (page.schedule.kind) {
    case ScheduleKind::cron:
      if (!page.cron) return std::nullopt;
      return page.cron->next_after(after, *page.zone);
    case ScheduleKind::every:
      if (page.schedule.every <= Duration{}) return std::nullopt;
      return after + page.schedule.every;
    case ScheduleKind::at:
      if (page.schedule.at > after) return page.schedule.at;
      return std::nullopt;
    case ScheduleKind::after:
    case ScheduleKind::on_demand:
      return std::nullopt;
  }
  return std::nullopt;
}

void JobBook::schedule_next(JobIndex job) {
  Page& page = pages_[job];
  if (!page.enabled || page.under_way) return;
  const std::optional<WallTime> next = next_of(page, page.last);
  if (!next) return;
  const std::uint64_t edition = page.edition;
  host_.schedule(true_time(*next), [this, job, edition, fire = *next] {
    Page& then = pages_[job];
    if (then.edition != edition || !then.enabled) return;
    then.last = fire;
    then.under_way = then.schedule.kind == ScheduleKind::every && then.schedule.fixed_delay;
    due(job, fire, 0, 0);
    schedule_next(job);
  });
}

void JobBook::due(JobIndex job, WallTime fire, std::int64_t run, RecordId cause) {
  Event event(EventKind::FireDue);
  event.job = roster_.job(job).name;
  event.fire = fire;
  event.run = run;
  ++fires_;
  host_.emit(event, cause);
}

void JobBook::operator_acted(const OperatorAction& action, const OperatorResult& result, RecordId record) {
  const JobIndex job = roster_.find(action.job);
  if (job == none || result.kind == OperatorResult::Kind::refused) return;
  Page& page = pages_[job];
  if (action.verb == "run") {
    if (result.kind != OperatorResult::Kind::accepted) return;
    const WallTime fire = result.fire.value_or(wall(host_.now()) + action.delay);
    host_.schedule(std::max(true_time(fire), host_.now()),
                   [this, job, fire, id = result.id, edition = page.calls_edition, record] {
                     const Page& then = pages_[job];
                     if (then.calls_edition == edition && !then.called_off.contains(id)) due(job, fire, id, record);
                   });
    return;
  }
  if (takes_back_run(action)) {
    if (result.id != 0) {
      page.called_off.insert(result.id);
    } else {
      ++page.calls_edition;
    }
    return;
  }
  // An action of which nobody knows whether it took effect changes nothing that is owed: the book goes by the last word
  // that it has.
  if (result.kind != OperatorResult::Kind::accepted) return;
  const bool was = page.enabled;
  if (action.verb == "pause" || action.verb == "disable") page.enabled = false;
  if (action.verb == "enable" || action.verb == "resume") page.enabled = true;
  if (!action.edits.empty()) edit(job, action);
  if (page.enabled == was && action.edits.empty()) return;
  ++page.edition;
  page.under_way = false;
  page.last = std::max(page.last, wall(host_.now()));
  schedule_next(job);
}

void JobBook::edit(JobIndex job, const OperatorAction& action) {
  Page& page = pages_[job];
  for (const auto& [key, value] : action.edits) {
    if (key == "cron") page.schedule.cron = to_string(value);
    if (key == "zone") page.schedule.zone = to_string(value);
    if (const auto* on = std::get_if<bool>(&value); key == "enabled" && on != nullptr) page.enabled = *on;
    if (const auto* us = std::get_if<std::int64_t>(&value); key == "every" && us != nullptr) {
      page.schedule.every = Duration::us(*us);
    }
    if (key == "cron") page.schedule.kind = ScheduleKind::cron;
    if (key == "every") page.schedule.kind = ScheduleKind::every;
  }
  turn(page);
}

void JobBook::ended(JobIndex job, bool ok, RecordId record) {
  Page& own = pages_[job];
  if (own.under_way) {
    own.under_way = false;
    own.last = wall(host_.now());
    schedule_next(job);
  }
  if (!ok) return;
  const std::string& name = roster_.job(job).name;
  for (JobIndex follower = 0; follower < pages_.size(); ++follower) {
    Page& page = pages_[follower];
    const auto found = page.ended_well.find(name);
    if (found == page.ended_well.end()) continue;
    ++found->second;
    const bool all =
        std::all_of(page.ended_well.begin(), page.ended_well.end(), [](const auto& e) { return e.second > 0; });
    if (!all) continue;
    for (auto& [before, count] : page.ended_well) --count;
    if (!page.enabled) continue;
    const WallTime fire = wall(host_.now());
    host_.schedule(host_.now(), [this, follower, fire, record] { due(follower, fire, 0, record); });
  }
}

void JobBook::on_event(const sim::DomainRecord& record) {
  const Event& event = record.event;
  if (event.kind == EventKind::WorkCalled) called(record);
  const bool end = event.kind == EventKind::RunEnded;
  // A fire whose work never came to an end of its own has ended when its outcome is recorded as a failure.
  const bool given_up = event.kind == EventKind::OutcomeRecorded && !event.ok;
  if (!end && !given_up) return;
  const JobIndex job = roster_.find(event.job);
  if (job == none) return;
  if (given_up) {
    if (pages_[job].under_way) ended(job, false, record.id);
    return;
  }
  const int shards = roster_.job(job).contract.shards;
  if (event.ok && shards > 1) {
    const auto [place, fresh] = shards_ended_.try_emplace(event.run, 0);
    if (++place->second < shards) return;
    shards_ended_.erase(place);
  }
  ended(job, event.ok, record.id);
}

// A run that work began is due at once, at the time by which the system knows it.
void JobBook::called(const sim::DomainRecord& record) {
  const JobIndex job = roster_.find(record.event.job);
  if (job == none) return;
  const WallTime fire = record.event.fire.value_or(wall(record.at));
  host_.schedule(record.at, [this, job, fire, run = record.event.run, id = record.id] { due(job, fire, run, id); });
}

std::vector<WallTime> JobBook::nominal(JobIndex job, TrueTime from, TrueTime to) const {
  std::vector<WallTime> fires;
  const Page& page = pages_[job];
  const ScheduleKind kind = page.schedule.kind;
  if (kind == ScheduleKind::every && page.schedule.fixed_delay) return fires;
  WallTime after = kind == ScheduleKind::cron ? wall(from) : wall(start_);
  while (const std::optional<WallTime> next = next_of(page, after)) {
    if (*next > wall(to)) break;
    if (*next > wall(from)) fires.push_back(*next);
    after = *next;
  }
  return fires;
}

bool takes_back_run(const OperatorAction& action) { return action.verb == "stop" || action.verb == "cancel"; }

Event operator_event(const OperatorAction& action, const OperatorResult& result) {
  Event event(EventKind::OperatorActed);
  event.job = action.job;
  event.run = result.id;
  event.fire = result.fire;
  event.ok = result.kind == OperatorResult::Kind::accepted;
  event.detail = action.verb + ": " + std::string(word(result.kind));
  if (!result.reason.empty()) event.detail += " (" + result.reason + ")";
  return event;
}

}  // namespace chronofault::scenarios
