#include "input.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include <scenarios/embedded.hpp>

namespace chronofault::cli {
namespace {

namespace fs = std::filesystem;
using scenarios::Source;

constexpr std::string_view seen_mark = "# seen: ";

tl::unexpected<std::string> error(std::string message) { return tl::unexpected<std::string>(std::move(message)); }

std::vector<std::string> built_in_names() {
  std::vector<std::string> names;
  for (const auto& embedded : scenarios::incidents_embedded()) names.push_back(embedded.name);
  return names;
}

std::vector<std::string> seen_lines(const std::string& text) {
  std::vector<std::string> seen;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line) && line.starts_with('#');) {
    if (line.starts_with(seen_mark)) seen.push_back(line.substr(seen_mark.size()));
  }
  return seen;
}

using Script = std::optional<Source>;

Read<Script> read_script(const std::string& path) {
  if (path.empty()) return Script();
  auto source = scenarios::read_source(path);
  if (!source) return error(source.error().text());
  return Script(std::move(*source));
}

Read<Input> read_text(const Source& source, const Script& script) {
  auto scenario = scenarios::read_scenario(source, script ? &*script : nullptr);
  if (!scenario) return error(scenario.error().text());
  Input input;
  input.scenario = std::move(*scenario);
  input.files = input.scenario.included;
  if (script) input.files.push_back(script->name);
  return input;
}

Read<Input> read_embedded(const scenarios::EmbeddedScenario& embedded, const Script& script) {
  auto input = read_text(Source{embedded.name + ".yaml", embedded.text}, script);
  if (!input) return input;
  input->from = embedded.name;
  input->built_in = true;
  return input;
}

Read<Input> read_file(const std::string& path, const Script& script) {
  const auto source = scenarios::read_source(path);
  if (!source) return error(source.error().text());
  auto input = read_text(*source, script);
  if (!input) return input;
  input->from = path;
  input->files.push_back(path);
  input->seen = seen_lines(source->text);
  return input;
}

Read<Input> read_one(const std::string& what, const Script& script) {
  std::error_code failed;
  if (fs::is_directory(what, failed))
    return error(fmt::format("{}: is a folder; expected a file or a built-in name", what));
  if (fs::exists(what, failed)) return read_file(what, script);
  if (const auto* embedded = scenarios::find_embedded(scenarios::incidents_embedded(), what)) {
    return read_embedded(*embedded, script);
  }
  const std::vector<std::string> names = built_in_names();
  const std::string near = scenarios::nearest_name(what, names);
  return error(fmt::format("'{}' is neither a file nor a built-in scenario; built in: {}{}", what,
                           scenarios::listed(names), near.empty() ? "" : "; did you mean '" + near + "'?"));
}

/// The scenarios beneath a folder, in order of their paths.
Read<std::vector<std::string>> scenarios_in(const std::string& folder) {
  std::vector<std::string> files;
  std::string at = folder;
  std::error_code failed;
  for (fs::recursive_directory_iterator found(folder, failed); !failed && found != fs::recursive_directory_iterator();
       found.increment(failed)) {
    at = found->path().string();
    const std::string extension = found->path().extension().string();
    std::error_code unknown;
    if (found->is_regular_file(unknown) && (extension == ".yaml" || extension == ".yml")) files.push_back(at);
  }
  if (failed) return error(fmt::format("{}: this folder cannot be read: {}", at, failed.message()));
  std::sort(files.begin(), files.end());
  std::erase_if(files, [](const std::string& path) { return scenarios::is_chaos_script(path); });
  if (files.empty()) return error(fmt::format("{}: no scenario in this folder (files *.yaml)", folder));
  return files;
}

}  // namespace

Read<Input> read_input(const std::string& what, const std::string& faults) {
  const auto script = read_script(faults);
  if (!script) return error(script.error());
  return read_one(what, *script);
}

Read<std::vector<Input>> read_inputs(const std::vector<std::string>& what, const std::string& faults) {
  const auto script = read_script(faults);
  if (!script) return error(script.error());
  std::vector<Input> inputs;
  for (const std::string& entry : what) {
    std::error_code failed;
    std::vector<std::string> files = {entry};
    if (fs::is_directory(entry, failed)) {
      auto found = scenarios_in(entry);
      if (!found) return error(found.error());
      files = std::move(*found);
    }
    for (const std::string& file : files) {
      auto input = read_one(file, *script);
      if (!input) return error(input.error());
      inputs.push_back(std::move(*input));
    }
  }
  return inputs;
}

Read<std::vector<Input>> read_built_in() { return read_inputs(built_in_names(), {}); }

Read<const System*> find_system(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [known, system] : systems()) {
    if (known == name) return system;
    names.push_back(known);
  }
  const std::string near = scenarios::nearest_name(name, names);
  return error(fmt::format("unknown system '{}'; expected {}{}", name, scenarios::listed(names),
                           near.empty() ? "" : "; did you mean '" + near + "'?"));
}

}  // namespace chronofault::cli
