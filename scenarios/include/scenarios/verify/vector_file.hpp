// A file of recorded traces or cases: JSON lines (.jsonl), one JSON document (.json), either gzipped (.gz).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace chronofault::verify {

/// A file that cannot be read as what it claims to be. what(): "FILE:LINE: text"; line 0: the file as a whole.
class BadVectors : public std::runtime_error {
 public:
  BadVectors(const std::string& file, int line, const std::string& text);
};

struct VectorLine {
  int number = 0;  // from 1
  std::string text;
};

struct VectorFile {
  std::string path;
  std::string name;               // without folders and endings: "random" of "x/random.jsonl.gz"
  bool lines_are_cases = false;   // .jsonl: each line a case; .json: one line, the whole document
  std::vector<VectorLine> lines;  // empty ones left out

  /// Throws BadVectors: missing, unreadable, damaged gzip or more after its end, a NUL byte, another ending, no line at
  /// all, above 256 MiB unpacked.
  static VectorFile read(const std::string& path);
};

}  // namespace chronofault::verify
