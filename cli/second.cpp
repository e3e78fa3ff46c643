#include "second.hpp"

#include <charconv>
#include <cstdio>
#include <stdexcept>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <scenarios/determinism.hpp>

#include "input.hpp"

namespace chronofault::cli {
namespace {

using scenarios::StepSpan;

constexpr std::uint64_t records_within = 20'000;  // steps after the first that differs in which a record must differ
constexpr char record_end = '\x1e';

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t end = text.find(at); end != std::string::npos; end = text.find(at, from)) {
    parts.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

std::string joined(const std::vector<std::string>& parts, char end) {
  std::string text;
  for (const std::string& part : parts) text += part + end;
  return text;
}

class Pipe {
 public:
  Pipe() {
    if (pipe(ends_) != 0) throw std::runtime_error("no pipe for the second process");
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  void close_end(int which) {
    if (ends_[which] >= 0) close(ends_[which]);
    ends_[which] = -1;
  }

 private:
  int ends_[2] = {-1, -1};
};

class Comparison {
 public:
  Comparison(const RunName& name, scenarios::Plan plan) : name_(name), plan_(std::move(plan)) {}

  std::string text() {
    const auto ours = scenarios::digest_of(plan_);
    const auto theirs = scenarios::parse_run_digest(second({"checkpoints"}));
    if (!theirs) throw std::runtime_error(theirs.error());
    const auto span = scenarios::parted(ours, *theirs);
    if (!span) return "  Run once more, the two agree: the difference is not the same each time.\n";
    return by_step(*span);
  }

 private:
  std::string second(const std::vector<std::string>& inside) const {
    std::vector<std::string> arguments = {"replay",      name_.from, "--variant",
                                          name_.variant, "--seed",   std::to_string(name_.seed)};
    if (!name_.faults.empty()) arguments.insert(arguments.end(), {"--faults", name_.faults});
    arguments.emplace_back("--inside");
    arguments.insert(arguments.end(), inside.begin(), inside.end());
    return second_process(arguments);
  }

  std::string by_step(StepSpan span) const {
    const auto ours = scenarios::step_digests(plan_, span);
    const auto theirs = split(second({"steps", std::to_string(span.after), std::to_string(span.upto)}), '\n');
    const auto step = scenarios::first_difference(ours, theirs);
    if (!step) {
      return fmt::format("  The two part after step {} and by step {}, in what is done between steps.\n", span.after,
                         span.upto);
    }
    const std::uint64_t first = span.after + *step + 1;
    return fmt::format("  The first step that differs is step {}.\n", first) +
           by_record(StepSpan{first - 1, first + records_within});
  }

  std::string by_record(StepSpan span) const {
    const auto ours = scenarios::record_texts(plan_, span);
    const auto theirs = split(second({"records", std::to_string(span.after), std::to_string(span.upto)}), record_end);
    const auto index = scenarios::first_difference(ours, theirs);
    if (!index) {
      return fmt::format("  No record up to step {} differs: a draw or a payload does. The step's records:\n{}",
                         span.upto, ours.empty() ? "    (none)\n" : "    " + ours.front() + "\n");
    }
    const auto at = [&index](const std::vector<std::string>& records) {
      return *index < records.size() ? records[*index] : std::string("(no further record)");
    };
    return "  The first record that differs:\n  here:  " + at(ours) + "\n  there: " + at(theirs) + "\n";
  }

  const RunName& name_;
  scenarios::Plan plan_;
};

}  // namespace

std::string second_process(const std::vector<std::string>& arguments) {
  std::vector<std::string> words = {"chronofault", "--layout", "1"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  Pipe out;
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("the second process cannot be started");
  if (child == 0) {
    dup2(out.write_end(), STDOUT_FILENO);
    out.close_end(0);
    out.close_end(1);
    execv("/proc/self/exe", argv.data());
    _exit(127);
  }
  out.close_end(1);
  std::string text;
  char buffer[1 << 16];
  for (ssize_t got = read(out.read_end(), buffer, sizeof buffer); got > 0;
       got = read(out.read_end(), buffer, sizeof buffer)) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  int status = 0;
  waitpid(child, &status, 0);
  // Unmet expectations are no business of the comparison.
  if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) throw std::runtime_error("the second process did not end well");
  return text;
}

std::string compare_with_second(const std::vector<std::string>& lines, const std::vector<RunName>& runs,
                                const std::vector<std::string>& arguments) {
  const auto theirs = split(second_process(arguments), '\n');
  const auto index = scenarios::first_difference(lines, theirs);
  if (!index) return {};
  std::string report = fmt::format("A second run differs:\n  here:  {}\n  there: {}\n",
                                   *index < lines.size() ? lines[*index] : "(nothing)",
                                   *index < theirs.size() ? theirs[*index] : "(nothing)");
  if (*index >= runs.size()) return report;
  const RunName& name = runs[*index];
  auto input = read_input(name.from, name.faults);
  if (!input) throw std::runtime_error(input.error());
  auto plan = scenarios::make_plan(input->scenario, name.variant, name.seed);
  if (!plan) return report;
  return report + Comparison(name, std::move(*plan)).text();
}

std::string look_inside(const scenarios::Plan& plan, const std::vector<std::string>& what) {
  if (what.size() == 1 && what[0] == "checkpoints") return scenarios::to_text(scenarios::digest_of(plan));
  if (what.size() != 3) return {};
  StepSpan span;
  std::from_chars(what[1].data(), what[1].data() + what[1].size(), span.after);
  std::from_chars(what[2].data(), what[2].data() + what[2].size(), span.upto);
  if (what[0] == "steps") return joined(scenarios::step_digests(plan, span), '\n');
  if (what[0] == "records") return joined(scenarios::record_texts(plan, span), record_end);
  return {};
}

}  // namespace chronofault::cli
