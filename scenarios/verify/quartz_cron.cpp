// Cron expressions: next fire times, refusals, texts that look wrong and are accepted, and upstream's unit tests.
#include <triggers/errors.hpp>

#include "quartz_case.hpp"

namespace chronofault::verify::quartz {
namespace {

using triggers::CronDialect;
using triggers::CronExpression;

/// {"n": [...]}, with "hang" where the search does not end, "x" where the first answer is an exception.
json fire_times(const CronExpression& cron, WallTime t, const TimeZone& zone, WallTime now, std::size_t count) {
  json seen{{"n", json::array()}};
  while (seen["n"].size() < count) {
    std::optional<WallTime> next;
    json failure = Case::answer_of([&] {
      next = cron.time_after(t, zone, now);
      return json();
    });
    if (failure.contains("hang")) seen["hang"] = true;
    if (failure.contains("x")) return failure;
    if (!failure.is_null()) break;
    seen["n"].push_back(ms_or_null(next));
    if (!next) break;
    t = *next;
  }
  return seen;
}

json recorded(const Case& c) {
  if (c.has("x")) return {{"x", c["x"]}};
  json expected{{"n", c["n"]}};
  if (c.has("hang")) expected["hang"] = true;
  return expected;
}

void compare_times(const Case& c, std::string_view operation) {
  const WallTime t = WallTime::from_ms(c.number("t"));
  const WallTime now = WallTime::from_ms(frozen_clock_ms);
  c.compare(operation, recorded(c), fire_times(c.cron(c.text("e")), t, c.zone("z"), now, 5));
}

json refusal_of(const std::string& text) {
  const auto parsed = CronExpression::parse(text, CronDialect::quartz, year_max);
  if (parsed) return "accepted";
  const auto& error = parsed.error();
  return {{"x", error.exception}, {"o", error.offset}, {"m", error.message}};
}

void check_parse(const Case& c) {
  const auto parsed = CronExpression::parse(c.text("expr"), CronDialect::quartz, year_max);
  const json seen = parsed ? json("accepted") : json(parsed.error().exception);
  c.compare("parse", c["expect"], seen);
  if (parsed) return;
  const std::string& message = parsed.error().message;
  if (c.has("message_exact")) c.compare("parse", c["message_exact"], message, "message");
  if (c.has("message_prefix")) {
    const std::string prefix = c.text("message_prefix");
    c.compare("parse", prefix, message.substr(0, prefix.size()), "message");
  }
}

}  // namespace

void check_cron(const Case& c) { compare_times(c, "cron " + c.text("c")); }

void check_cron_odd(const Case& c) { compare_times(c, "cron odd"); }

void check_cron_invalid(const Case& c) {
  c.compare("cron invalid", {{"x", c["x"]}, {"o", c["o"]}, {"m", c["m"]}}, refusal_of(c.text("e")));
}

void check_upstream_cron_expression(const Case& c) {
  const std::string operation = c.text("op");
  if (operation == "parse") return check_parse(c);
  const CronExpression cron = c.cron(c.text("expr"));
  const WallTime now = WallTime::from_ms(frozen_clock_ms);
  if (operation == "isSatisfiedBy") {
    const auto local = local_time(c["local"], utc());
    if (!local) c.bad("no local time");
    return c.compare(operation, c["expect"], cron.satisfied_by(*local, utc(), now));
  }
  if (operation != "strictly-increasing") c.bad("unknown op " + operation);
  const auto count = static_cast<std::size_t>(c.number("count"));
  const json times = fire_times(cron, now, utc(), now, count);
  bool increasing = times["n"].size() == count;
  for (std::size_t i = 0; increasing && i < count; ++i) {
    const json& time = times["n"][i];
    increasing = time.is_number() && (i == 0 || time > times["n"][i - 1]);
  }
  c.compare(operation, true, increasing);
}

}  // namespace chronofault::verify::quartz
