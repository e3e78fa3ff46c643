#include "program.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <sys/wait.h>

namespace chronofault::tests {

namespace fs = std::filesystem;

std::string program_path() {
  return (fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "chronofault").string();
}

std::string planted_path() { return (fs::read_symlink("/proc/self/exe").parent_path() / "planted").string(); }

std::string root_path() { return CF_SOURCE_ROOT; }

Folder::Folder() {
  std::string name = (fs::temp_directory_path() / "chronofault-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for the test");
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Folder::file(const std::string& name, const std::string& text) const {
  std::string path = path_ + "/" + name;
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

bool Folder::empty() const { return fs::is_empty(path_); }

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + " cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Ran shell_in(const Folder& folder, const std::string& script) {
  const Folder outputs;
  const std::string file = outputs.file("script", script);
  const std::string command = "cd '" + folder.path() + "' && bash '" + file + "' >'" + outputs.path() + "/out' 2>'" +
                              outputs.path() + "/err' </dev/null";
  const int status = std::system(command.c_str());
  Ran ran;
  ran.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  ran.out = read_file(outputs.path() + "/out");
  ran.err = read_file(outputs.path() + "/err");
  return ran;
}

Ran chronofault_in(const Folder& folder, const std::vector<std::string>& words) {
  return run_in(folder, program_path(), words);
}

Ran run_in(const Folder& folder, const std::string& program, const std::vector<std::string>& words) {
  std::string script = "'" + program + "'";
  for (const std::string& word : words) {
    script += " '";
    for (const char c : word) script += c == '\'' ? std::string("'\\''") : std::string(1, c);
    script += "'";
  }
  return shell_in(folder, "exec " + script + "\n");
}

}  // namespace chronofault::tests
