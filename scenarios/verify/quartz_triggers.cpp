// Triggers and exclusion calendars: series of fire times, misfires, exchanged calendars.
#include "quartz_case.hpp"

namespace chronofault::verify::quartz {
namespace {

using namespace chronofault::triggers;

int* times_triggered(Trigger& trigger) {
  return std::visit(
      [](auto& schedule) -> int* {
        if constexpr (requires { schedule.times_triggered; }) {
          return &schedule.times_triggered;
        } else {
          return nullptr;
        }
      },
      trigger.schedule);
}
int* repeat_count(Trigger& trigger) {
  return std::visit(
      [](auto& schedule) -> int* {
        if constexpr (requires { schedule.repeat_count; }) {
          return &schedule.repeat_count;
        } else {
          return nullptr;
        }
      },
      trigger.schedule);
}

void load(Trigger& trigger, const json& fields) {
  trigger.next = time_or_none(fields.at("next"));
  trigger.previous = time_or_none(fields.at("prev"));
  trigger.start = WallTime::from_ms(fields.at("start").get<std::int64_t>());
  if (int* const tt = times_triggered(trigger)) *tt = fields.at("tt").get<int>();
  if (int* const rc = repeat_count(trigger)) *rc = fields.at("rc").get<int>();
}

json stored(Trigger& trigger) {
  json fields{
      {"next", ms_or_null(trigger.next)}, {"prev", ms_or_null(trigger.previous)}, {"start", trigger.start.ms()}};
  if (int* const tt = times_triggered(trigger)) fields["tt"] = *tt;
  if (int* const rc = repeat_count(trigger)) fields["rc"] = *rc;
  return fields;
}

json fires_then(Trigger& trigger, const ExclusionCalendar* calendar, const TriggerContext& context, std::size_t count) {
  json times = json::array();
  while (trigger.next && times.size() < count) {
    triggered(trigger, calendar, context);
    times.push_back(ms_or_null(trigger.next));
  }
  return times;
}

/// {"after": .., "then": ..} or the exception of `change`.
void compare_change(const Case& c, std::string_view operation, const char* calendar_key,
                    const std::function<void(Trigger&, const ExclusionCalendar*, const TriggerContext&)>& change) {
  const TriggerContext context = c.context(c.number("now"));
  const auto calendar = c.calendar(calendar_key);
  Trigger trigger = c.trigger();
  load(trigger, c["before"]);
  const json seen = Case::answer_of([&] {
    change(trigger, calendar.get(), context);
    json answer{{"after", stored(trigger)}};
    answer["then"] = fires_then(trigger, calendar.get(), context, 3);
    return answer;
  });
  const json expected = c.has("x") ? json{{"x", c["x"]}} : json{{"after", c["after"]}, {"then", c["then"]}};
  c.compare(std::string(operation) + " " + c.text("k"), expected, seen);
}

}  // namespace

void check_series(const Case& c) {
  const TriggerContext context = c.context();
  const auto calendar = c.calendar("cal");
  Trigger trigger = c.trigger();
  constexpr std::size_t listed = 10;
  const json seen = Case::answer_of([&] {
    const auto first = compute_first_fire_time(trigger, calendar.get(), context);
    json times = json::array({ms_or_null(first)});
    if (!first) return times;
    for (const json& time : fires_then(trigger, calendar.get(), context, listed - 1)) times.push_back(time);
    return times;
  });
  c.compare("series " + c.text("k"), c["n"], seen);
}

void check_misfire(const Case& c) {
  const int instruction = c["mi"].get<int>();
  compare_change(c, "misfire", "cal",
                 [&](Trigger& trigger, const ExclusionCalendar* calendar, const TriggerContext& context) {
                   set_misfire_instruction(trigger, instruction);
                   update_after_misfire(trigger, calendar, context);
                 });
}

void check_new_calendar(const Case& c) {
  const Duration threshold = Duration::ms(c.number("thr"));
  compare_change(c, "new calendar", "cal2",
                 [&](Trigger& trigger, const ExclusionCalendar* calendar, const TriggerContext& context) {
                   update_with_new_calendar(trigger, calendar, threshold, context);
                 });
}

void check_calendar(const Case& c) {
  const TriggerContext context = c.context();
  const auto calendar = c.calendar("cal");
  const std::string operation = "calendar " + c["cal"].at("t").get<std::string>();
  int step = 0;
  for (const json& question : c["q"]) {
    ++step;
    const WallTime t = WallTime::from_ms(question.at(0).get<std::int64_t>());
    const json seen =
        json::array({question.at(0), Case::answer_of([&] { return json(included(*calendar, t, context)); }),
                     Case::answer_of([&] { return json(next_included(*calendar, t, context).ms()); })});
    c.compare(operation, question, seen, std::to_string(step));
  }
}

}  // namespace chronofault::verify::quartz
