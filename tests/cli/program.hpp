// Runs the executable as a user would, in a folder of the test's own.
#pragma once

#include <string>
#include <vector>

namespace chronofault::tests {

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
};

/// build/…/chronofault beside the folder of this test's executable.
std::string program_path();
/// build/…/bin/planted: the program with the systems of tests/planted.
std::string planted_path();
/// The root of the repository.
std::string root_path();

/// A new empty folder that is removed at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const noexcept { return path_; }
  std::string file(const std::string& name, const std::string& text) const;  // writes it; its path
  bool empty() const;

 private:
  std::string path_;
};

/// `words` are quoted as need be.
Ran run_in(const Folder& folder, const std::string& program, const std::vector<std::string>& words);
Ran chronofault_in(const Folder& folder, const std::vector<std::string>& words);
/// A script of bash.
Ran shell_in(const Folder& folder, const std::string& script);

std::string read_file(const std::string& path);

}  // namespace chronofault::tests
