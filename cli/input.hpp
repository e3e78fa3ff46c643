// What stands on the command line, found and read: files, folders, built-in names.
#pragma once

#include <string>
#include <vector>

#include <tl/expected.hpp>

#include <ports/system.hpp>
#include <scenarios/scenario.hpp>

namespace chronofault::cli {

struct Input {
  std::string from;  // the file, or the built-in name; names it again on another command line
  bool built_in = false;
  scenarios::Scenario scenario;
  std::vector<std::string> files;  // that were read for it: its own, the chaos script, and what they include
  std::vector<std::string> seen;   // the lines "# seen: ..." of a plan, without that
};

/// The message says place and nearest.
template <class T>
using Read = tl::expected<T, std::string>;

/// A file or a built-in scenario; each file is opened once. `faults`: a chaos script for it; empty: none.
Read<Input> read_input(const std::string& what, const std::string& faults = {});
/// The same; folders give every scenario beneath them, in order of their paths, chaos scripts left out. `faults` is
/// read once for all.
Read<std::vector<Input>> read_inputs(const std::vector<std::string>& what, const std::string& faults);
/// Every built-in scenario.
Read<std::vector<Input>> read_built_in();

Read<const System*> find_system(const std::string& name);

}  // namespace chronofault::cli
