// --check-determinism: the same command line in another process, whose heap and stack lie and look different.
//
// The second process is this program, started anew with `--layout N` before all else: it makes a heap of other shape
// and filling, dirties its stack, and moves its frames, all before the first line of the command. What the two print,
// line by line, must be equal. Where a run differs, both sides are asked for checkpoints, then steps, then records.
#pragma once

#include <string>
#include <vector>

#include <scenarios/plan.hpp>

namespace chronofault::cli {

/// One of the runs whose digest lines were compared.
struct RunName {
  std::string from;    // file or built-in name
  std::string faults;  // chaos script; empty: none
  std::string variant;
  std::uint64_t seed = 0;
};

/// The second process: its standard output. Throws std::runtime_error if it cannot be run or does not end well.
std::string second_process(const std::vector<std::string>& arguments);

/// Compares our digest lines with those that `arguments` print in a second process. Equal: an empty text. Otherwise the
/// report: which run, which step, both versions of the first record that differs. `runs`: one per line.
std::string compare_with_second(const std::vector<std::string>& lines, const std::vector<RunName>& runs,
                                const std::vector<std::string>& arguments);

/// What the second process prints for --inside checkpoints | steps A B | records A B; empty if that is misspelt.
std::string look_inside(const scenarios::Plan& plan, const std::vector<std::string>& what);

/// Runs `body` with a heap and a stack of layout `n`.
int with_layout(unsigned n, int (*body)(int, char**), int argc, char** argv);

}  // namespace chronofault::cli
