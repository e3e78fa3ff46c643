// `chronofault verify SYSTEM FILE...`: recorded answers of real servers and libraries against what is simulated here.
//
// A checker reads one file, drives the very code that running systems use, and tells a Tally each step it compared. It
// decides by the file's name and content which format it is; a file it does not know is BadVectors, and so is a damaged
// line. It compares all that the format does not name as free to vary.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <scenarios/verify/vector_file.hpp>

namespace chronofault::verify {

struct Difference {
  std::string file;
  int line = 0;
  std::string trace;      // id of the trace or case
  std::string step;       // number from 1, or the name of a part ("final"); empty: the case is one step
  std::string operation;  // the key of its share
  std::string expected;   // as the recording writes it
  std::string seen;
};

/// Steps of one operation. steps = reproduced + different; skipped ones are not among them.
struct Share {
  std::uint64_t steps = 0;
  std::uint64_t reproduced = 0;
  std::uint64_t skipped = 0;
};

/// What came out over all files. Keeps every count and the first `kept_max` differences.
class Tally {
 public:
  static constexpr std::size_t kept_max = 1'000;

  void trace();  // one more trace or case was begun
  void reproduced(std::string_view operation);
  void differs(Difference difference);
  void skipped(std::string_view operation);  // a step that the format lets an implementation leave out

  std::uint64_t traces() const { return traces_; }
  std::uint64_t different() const { return different_; }
  const std::map<std::string, Share, std::less<>>& shares() const { return shares_; }
  const std::vector<Difference>& differences() const { return differences_; }

 private:
  Share& share(std::string_view operation);

  std::uint64_t traces_ = 0;
  std::uint64_t different_ = 0;
  std::map<std::string, Share, std::less<>> shares_;
  std::vector<Difference> differences_;
};

/// One per system, in its own file pair: scenarios/verify/SYSTEM.hpp. Throws BadVectors.
using Checker = void (*)(const VectorFile& file, Tally& tally);

/// By name ("database", "elasticjob", ...), in order of names: scenarios/verify/checkers.cpp.
const std::map<std::string, Checker, std::less<>>& checkers();

}  // namespace chronofault::verify
