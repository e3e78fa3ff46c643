// The commands and what they take. options.cpp fills these from the command line; each command is a file of its own.
//
// Every command returns the exit status: 0 every expectation is met, 1 not, 2 bad input (one message on stderr, and
// nothing was written). The program adds: 2 if standard output could not be written.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace chronofault::cli {

inline constexpr int met = 0;
inline constexpr int not_met = 1;
inline constexpr int bad_input = 2;

struct ListArgs {
  std::vector<std::string> folders;  // beside what is built in
};

struct DescribeArgs {
  std::string system;
};

struct InitArgs {
  std::string system;
  std::string out;  // empty: standard output
};

struct NextArgs {
  std::string expression;
  std::string dialect = "quartz";
  std::string zone = "UTC";
  std::string from;  // empty: now
  int count = 10;
};

struct ReplayArgs {
  std::string what;  // file, built-in name, or "all"
  std::string variant;
  std::optional<std::uint64_t> seed;
  std::string until;
  std::string plan;
  std::string trace;
  bool json = false;
  bool digests = false;
  bool check_determinism = false;
  // For the second process of --check-determinism.
  std::string faults;
  std::vector<std::string> inside;  // "checkpoints" | "steps" A B | "records" A B
};

struct RunArgs {
  std::vector<std::string> what;
  std::string faults;
  std::string seeds = "1";
  int jobs = 0;  // 0: one per core
  std::string plans = ".";
  bool json = false;
  bool digests = false;
  bool check_determinism = false;
};

struct VerifyArgs {
  std::string system;
  std::vector<std::string> files;
  bool json = false;
};

int list(const ListArgs& args);
int describe(const DescribeArgs& args);
int init(const InitArgs& args);
int next(const NextArgs& args);
int replay(const ReplayArgs& args);
int run(const RunArgs& args);
int verify(const VerifyArgs& args);

/// Reads the command line and calls one of them.
int dispatch(int argc, char** argv);
/// The whole program, after the systems that it links were registered.
int program(int argc, char** argv);

/// Prints the message on stderr; `bad_input`.
int refuse(const std::string& message);

}  // namespace chronofault::cli
