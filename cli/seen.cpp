#include "seen.hpp"

#include <sstream>

#include <fmt/format.h>

namespace chronofault::cli {
namespace {

Seen read_seen(const std::vector<std::string>& lines) {
  Seen seen;
  for (const std::string& line : lines) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "digest") words >> seen.digest;
    if (word != "violated") continue;
    while (words >> word) seen.violated.push_back(word);
  }
  return seen;
}

std::string named(const std::vector<std::string>& properties) {
  return properties.empty() ? "nothing" : fmt::format("{}", fmt::join(properties, ", "));
}

/// With which other versions the plan was made.
std::string made_with(const scenarios::Scenario& then, const scenarios::Versions& now) {
  std::string text;
  const auto compare = [&](const char* key, const std::string& current) {
    const auto found = then.versions.find(key);
    if (found == then.versions.end() || found->second == current) return;
    text += fmt::format("{}{} {} (now {})", text.empty() ? "" : ", ", key, found->second, current);
  };
  compare("program", now.program);
  compare("system", now.system);
  compare("tzdata", now.tzdata);
  return text.empty() ? text : "; it was made with " + text;
}

}  // namespace

std::string with_seen(const std::string& plan, const Seen& seen) {
  std::string text =
      "# A plan: a scenario with nothing left to draw. chronofault replay runs it again.\n# seen: violated";
  for (const std::string& property : seen.violated) text += " " + property;
  text += "\n# seen: digest " + seen.digest + "\n";
  for (const std::string& strike : seen.struck) text += "# seen: struck " + strike + "\n";
  return text + plan;
}

std::string compare(const std::vector<std::string>& lines, const Seen& now, const scenarios::Scenario& then,
                    const scenarios::Plan& plan) {
  if (lines.empty()) return {};
  const Seen before = read_seen(lines);
  const std::string digest = before.digest == now.digest ? "the same digest" : "another digest";
  std::string text;
  if (before.violated == now.violated) {
    text = fmt::format("Reproduced: {} violated, as the plan says, with {}", named(now.violated), digest);
  } else if (now.violated.empty()) {
    text = fmt::format("Passes now: the plan says that {} was violated", named(before.violated));
  } else {
    text = fmt::format("Other violation: {}; the plan says {}", named(now.violated), named(before.violated));
  }
  return text + made_with(then, plan.versions) + ".";
}

}  // namespace chronofault::cli
