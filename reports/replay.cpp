#include <algorithm>

#include <fmt/format.h>

#include <reports/replay.hpp>
#include <reports/table.hpp>
#include <scenarios/properties.hpp>

namespace chronofault::reports {
namespace {

using scenarios::PropertyResult;
using scenarios::PropertyState;

constexpr std::size_t text_width = 100;

std::string instant(sim::TrueTime t, Duration utc_offset) {
  return to_string(WallTime::from_us(t.us()), TimeZone("", utc_offset));
}

std::string offset_text(Duration offset) {
  const std::int64_t minutes = offset.count_us() / Duration::minutes(1).count_us();
  const std::int64_t size = minutes < 0 ? -minutes : minutes;
  return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', size / 60, size % 60);
}

std::string title(const scenarios::Plan& plan) {
  const Profile& profile = plan.cluster.profile;
  std::string text = fmt::format("{}, variant {} ({}", plan.scenario, plan.variant, profile.version);
  for (const std::string& policy : profile.policies) text += ", " + policy;
  return text + fmt::format("), seed {}\n", plan.seed);
}

std::string cast(const scenarios::Plan& plan) {
  Table table({{"process"}, {"role"}, {"address"}, {"zone"}, {"starts", Table::Align::right}});
  for (std::size_t i = 0; i < plan.cluster.processes.size(); ++i) {
    const ProcessEntry& entry = plan.cluster.processes[i];
    int port = entry.port;
    for (const Role& role : plan.target->info().roles) {
      if (port == 0 && role.name == entry.role) port = role.default_port;
    }
    table.row({entry.name, entry.role, fmt::format("{}:{}", entry.ip, port), entry.zone,
               "+" + to_string(plan.starts[i].after)});
  }
  return table.text(2);
}

const scenarios::Expectation* expectation_of(const scenarios::Plan& plan, const std::string& property) {
  const auto found = std::find_if(plan.expect.begin(), plan.expect.end(),
                                  [&property](const scenarios::Expectation& e) { return e.property == property; });
  return found == plan.expect.end() ? nullptr : &*found;
}

std::string counts(const PropertyResult& result) {
  std::string text;
  const auto add = [&text](std::uint64_t count, std::string_view what) {
    if (count != 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(result.premises, "looked at");
  add(result.violation_count, "violated");
  add(result.excused, "excused");
  add(result.open, "open");
  return text;
}

std::string verdicts(const Replay& replay) {
  Table table({{"property"}, {"seen"}, {"expected"}, {"how often"}});
  for (const PropertyResult& result : replay.verdict.properties) {
    const scenarios::Expectation* expected = expectation_of(replay.plan, result.name);
    table.row({result.name, std::string(name_of(result.state)),
               expected == nullptr ? "-" : expected_of_one(expected->seeds), counts(result)});
  }
  std::string out = table.text(2);
  for (const PropertyResult& result : replay.verdict.properties) {
    const scenarios::PropertyInfo* info = scenarios::find_property(result.name);
    if (result.violations.empty()) continue;
    out += fmt::format("\n{} is violated: {}.\n", result.name, info == nullptr ? "" : info->says);
    constexpr std::size_t shown_most = 5;
    for (std::size_t i = 0; i < std::min(result.violations.size(), shown_most); ++i) {
      const scenarios::Violation& violation = result.violations[i];
      out += fmt::format("  {}  {}\n", instant(violation.at, replay.verdict.utc_offset), violation.message);
      if (!violation.bound.parts.empty()) out += fmt::format("    bound: {}\n", scenarios::to_string(violation.bound));
    }
    if (result.violation_count > shown_most) out += fmt::format("  and {} more\n", result.violation_count - shown_most);
  }
  return out;
}

std::string slices(const Replay& replay) {
  const TimeZone zone("", replay.verdict.utc_offset);
  std::string out;
  for (const auto& [property, slice] : replay.verdict.slices) {
    out += fmt::format("\nHow {} came to be violated: {} records, of {} behind it. [n] names the causes of a line.\n",
                       property, slice.entries.size(), slice.ancestors);
    out += scenarios::to_text(replay.view, slice, zone);
  }
  return out;
}

}  // namespace

std::string expected_of_one(scenarios::Seeds seeds) {
  switch (seeds) {
    case scenarios::Seeds::all:
      return "violated";
    case scenarios::Seeds::none:
      return "held";
    case scenarios::Seeds::some:
      return "either";
  }
  return {};
}

std::string to_text(const Replay& replay) {
  const scenarios::Verdict& verdict = replay.verdict;
  std::string out = title(replay.plan);
  for (const std::string& line : wrapped(replay.plan.summary, text_width)) out += line + "\n";
  out += "\n" + cast(replay.plan);
  out += fmt::format("\nTimeline (UTC{}; * stands in the causal slice of a violation)\n\n",
                     offset_text(verdict.utc_offset));
  out += to_text(make_timeline(replay.trace, replay.view, verdict), verdict.utc_offset);
  if (!replay.stopped.empty()) {
    return out + fmt::format("\nStopped {}, {}; nothing is judged.\n", replay.stopped,
                             instant(verdict.end, verdict.utc_offset));
  }
  out += fmt::format("\nVerdict ({} to {}, then {} to settle at most; {} steps)\n\n",
                     instant(verdict.start, verdict.utc_offset), instant(verdict.until, verdict.utc_offset),
                     to_string(verdict.settle), verdict.steps);
  out += verdicts(replay);
  out += slices(replay);
  out += "\n" + digest_line(verdict) + "\n";
  if (!replay.comparison.empty()) out += replay.comparison + "\n";
  if (replay.plan.expect.empty()) return out + "Nothing is expected of this variant.\n";
  if (replay.reasons.empty()) return out + "All expectations are met.\n";
  out += "Expectations are NOT met:\n";
  for (const std::string& reason : replay.reasons) out += "  " + reason + "\n";
  return out;
}

std::string to_text(const std::vector<ReplayLine>& lines) {
  Table table({{"scenario"}, {"variant"}, {"property"}, {"expected"}, {"seen"}, {""}});
  for (const ReplayLine& line : lines) {
    table.row({line.scenario, line.variant, line.property, line.expected, line.seen, line.met ? "" : "NOT MET"});
  }
  return table.text();
}

std::string digest_line(const scenarios::Verdict& verdict) {
  return fmt::format("{} {} seed {}: {} steps, digest {}, domain {}", verdict.scenario, verdict.variant, verdict.seed,
                     verdict.steps, sim::to_string(verdict.digest), sim::to_string(verdict.domain_digest));
}

}  // namespace chronofault::reports
