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
  std::vector<std::string> seen;  // the lines "# seen: ..." of a plan, without that
};

/// The message says place and nearest.
template <class T>
using Read = tl::expected<T, std::string>;

/// A file or a built-in scenario. `faults`: a chaos script for it; empty: none.
Read<Input> read_input(const std::string& what, const std::string& faults = {});
/// The same; folders give every scenario beneath them, in order of their paths, chaos scripts left out.
Read<std::vector<Input>> read_inputs(const std::vector<std::string>& what, const std::string& faults);
/// Every built-in scenario.
Read<std::vector<Input>> read_built_in();

Read<const System*> find_system(const std::string& name);

/// Whole file; the message names it.
Read<std::string> read_text(const std::string& path);
/// Writes it; empty: done, else the message. `fresh`: the file must not exist.
std::string write_text(const std::string& path, const std::string& text, bool fresh = false);
/// Empty if a file can be made at this path, else why not; makes nothing.
std::string cannot_write(const std::string& path);

}  // namespace chronofault::cli
