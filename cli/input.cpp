#include "input.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include <scenarios/embedded.hpp>

namespace chronofault::cli {
namespace {

namespace fs = std::filesystem;

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

Read<Input> read_embedded(const scenarios::EmbeddedScenario& embedded, const std::string& faults) {
  Input input;
  input.from = embedded.name;
  input.built_in = true;
  std::string script;
  if (!faults.empty()) {
    auto text = read_text(faults);
    if (!text) return error(text.error());
    script = std::move(*text);
  }
  auto scenario = scenarios::read_scenario_text(embedded.text, embedded.name + ".yaml", script, faults);
  if (!scenario) return error(scenario.error().text());
  input.scenario = std::move(*scenario);
  return input;
}

Read<Input> read_file(const std::string& path, const std::string& faults) {
  auto scenario = scenarios::read_scenario(path, faults);
  if (!scenario) return error(scenario.error().text());
  Input input;
  input.from = path;
  input.scenario = std::move(*scenario);
  if (const auto text = read_text(path)) input.seen = seen_lines(*text);
  return input;
}

}  // namespace

Read<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || !text) return error(fmt::format("{}: cannot be read", path));
  return text.str();
}

std::string cannot_write(const std::string& path) {
  std::error_code failed;
  const fs::path folder = fs::path(path).has_parent_path() ? fs::path(path).parent_path() : fs::path(".");
  if (!fs::is_directory(folder, failed)) return fmt::format("{}: there is no folder {}", path, folder.string());
  if (fs::is_directory(path, failed)) return fmt::format("{}: is a folder", path);
  return {};
}

std::string write_text(const std::string& path, const std::string& text, bool fresh) {
  std::error_code failed;
  if (fresh && fs::exists(path, failed)) return fmt::format("{}: exists already; nothing was written", path);
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  return file ? std::string() : fmt::format("{}: cannot be written", path);
}

Read<Input> read_input(const std::string& what, const std::string& faults) {
  std::error_code failed;
  if (fs::is_directory(what, failed))
    return error(fmt::format("{}: is a folder; expected a file or a built-in name", what));
  if (fs::exists(what, failed)) return read_file(what, faults);
  if (const auto* embedded = scenarios::find_embedded(scenarios::incidents_embedded(), what)) {
    return read_embedded(*embedded, faults);
  }
  const std::vector<std::string> names = built_in_names();
  const std::string near = scenarios::nearest_name(what, names);
  return error(fmt::format("'{}' is neither a file nor a built-in scenario; built in: {}{}", what,
                           scenarios::listed(names), near.empty() ? "" : "; did you mean '" + near + "'?"));
}

Read<std::vector<Input>> read_inputs(const std::vector<std::string>& what, const std::string& faults) {
  std::vector<Input> inputs;
  for (const std::string& entry : what) {
    std::error_code failed;
    std::vector<std::string> files;
    if (fs::is_directory(entry, failed)) {
      for (const auto& found : fs::recursive_directory_iterator(entry)) {
        const std::string extension = found.path().extension().string();
        if (found.is_regular_file() && (extension == ".yaml" || extension == ".yml"))
          files.push_back(found.path().string());
      }
      std::sort(files.begin(), files.end());
      std::erase_if(files, [](const std::string& path) { return scenarios::is_chaos_script(path); });
      if (files.empty()) return error(fmt::format("{}: no scenario in this folder (files *.yaml)", entry));
    } else {
      files.push_back(entry);
    }
    for (const std::string& file : files) {
      auto input = read_input(file, faults);
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
