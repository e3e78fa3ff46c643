#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include <scenarios/determinism.hpp>
#include <scenarios/run.hpp>
#include <sim/trace/compare.hpp>

namespace chronofault::scenarios {
namespace {

bool read_hash(std::string_view text, sim::Hash128& hash) {
  if (text.size() != 32) return false;
  const auto half = [](std::string_view digits, std::uint64_t& into) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into, 16);
    return error == std::errc{} && end == digits.data() + digits.size();
  };
  return half(text.substr(0, 16), hash.high) && half(text.substr(16), hash.low);
}

template <class Number>
bool read_number(std::string_view text, Number& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc{} && end == text.data() + text.size();
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return parts;
}

std::string with_causes(const sim::Trace& trace, const sim::Record& record) {
  std::string text = to_string(sim::plain(trace, record));
  for (const RecordId cause : trace.causes(record)) {
    text += "\n    because of " + to_string(sim::plain(trace, trace.record(cause)));
  }
  return text;
}

}  // namespace

RunDigest digest_of(const Plan& plan) {
  RunOptions options;
  options.checkpoint_interval = RunDigest::interval;
  ScenarioRun run(plan, options);
  run.run();
  const sim::Kernel& kernel = run.world().kernel();
  RunDigest digest;
  digest.steps = kernel.steps();
  digest.digest = run.world().kernel().digest().value();
  digest.domain_digest = run.world().trace().domain_digest().value();
  digest.checkpoints = kernel.checkpoints();
  return digest;
}

std::string to_text(const RunDigest& digest) {
  std::string text;
  for (const sim::Checkpoint& point : digest.checkpoints) {
    text += fmt::format("checkpoint {} {} {}\n", point.step, point.time.us(), to_string(point.digest));
  }
  return text + fmt::format("run {} {} {}\n", digest.steps, to_string(digest.digest), to_string(digest.domain_digest));
}

tl::expected<RunDigest, std::string> parse_run_digest(std::string_view text) {
  RunDigest digest;
  bool ended = false;
  for (const std::string_view line : split(text, '\n')) {
    const auto words = split(line, ' ');
    bool read = words.size() == 4 && !ended;
    if (read && words[0] == "checkpoint") {
      sim::Checkpoint& point = digest.checkpoints.emplace_back();
      std::int64_t time = 0;
      read = read_number(words[1], point.step) && read_number(words[2], time) && read_hash(words[3], point.digest);
      point.time = sim::TrueTime::from_us(time);
    } else if (read && words[0] == "run") {
      read = read_number(words[1], digest.steps) && read_hash(words[2], digest.digest) &&
             read_hash(words[3], digest.domain_digest);
      ended = true;
    } else {
      read = false;
    }
    if (!read) return tl::make_unexpected(fmt::format("not a line of digests: '{}'", line));
  }
  if (!ended) return tl::make_unexpected(std::string("the digests end too early"));
  return digest;
}

std::optional<StepSpan> parted(const RunDigest& a, const RunDigest& b) {
  if (a == b) return std::nullopt;
  const std::size_t common = std::min(a.checkpoints.size(), b.checkpoints.size());
  const std::size_t equal = sim::first_difference(a.checkpoints, b.checkpoints).value_or(common);
  StepSpan span;
  if (equal > 0) span.after = a.checkpoints[equal - 1].step;
  span.upto = equal < common ? a.checkpoints[equal].step : std::max(a.steps, b.steps);
  return span;
}

std::vector<std::string> step_digests(const Plan& plan, StepSpan span) {
  RunOptions options;
  options.stop_at_step = span.upto;
  ScenarioRun run(plan, options);
  std::vector<std::string> lines;
  sim::Kernel& kernel = run.world().kernel();
  kernel.after_each_step([&kernel, &lines, span] {
    if (kernel.steps() <= span.after) return;
    lines.push_back(fmt::format("{} {}", kernel.steps(), to_string(kernel.digest().value())));
  });
  run.run();
  kernel.after_each_step(nullptr);
  return lines;
}

std::vector<std::string> record_texts(const Plan& plan, StepSpan span) {
  RunOptions options;
  options.trace = true;
  options.stop_at_step = span.upto;
  ScenarioRun run(plan, options);
  run.run();
  const sim::Trace& trace = run.world().trace();
  std::vector<std::string> lines;
  for (const sim::Record& record : trace.records()) {
    if (record.step > span.after && record.step <= span.upto) lines.push_back(with_causes(trace, record));
  }
  return lines;
}

std::optional<std::size_t> first_difference(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t i = 0; i < common; ++i) {
    if (a[i] != b[i]) return i;
  }
  if (a.size() == b.size()) return std::nullopt;
  return common;
}

}  // namespace chronofault::scenarios
