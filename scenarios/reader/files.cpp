#include "files.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <vector>

#include "yaml.hpp"

namespace chronofault::scenarios {
namespace {

namespace fs = std::filesystem;
using Loaded = tl::expected<Node, Problem>;

Problem file_problem(const std::string& path, std::string message, std::string expected = {}) {
  return Problem{Place{std::make_shared<const std::string>(path), 0, 0}, std::move(message), std::move(expected), ""};
}

Problem too_large(const std::string& path) { return file_problem(path, "larger than 4 MiB", "a smaller file"); }

/// What the shell hands in: standard input, and the pipe of a process substitution.
bool is_handed_in(const std::string& path) {
  return path == "/dev/stdin" || path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/");
}

bool joined_list(std::string_view key) {
  static constexpr std::array<std::string_view, 5> keys = {"jobs", "workflows", "do", "faults", "links"};
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

/// `over` wins. `in_cluster`: the lists of roles are joined too.
Node merged(Node under, Node over, bool in_cluster) {
  for (auto& [key, value] : over.entries) {
    Node* const below = under.find(key.text);
    if (below == nullptr) {
      under.entries.emplace_back(std::move(key), std::move(value));
    } else if (below->is_map() && value.is_map()) {
      *below = merged(std::move(*below), std::move(value), key.text == "cluster");
    } else if (below->is_list() && value.is_list() && (in_cluster || joined_list(key.text))) {
      std::move(value.items.begin(), value.items.end(), std::back_inserter(below->items));
    } else {
      *below = std::move(value);
    }
  }
  under.place = over.place;
  return under;
}

/// One loading: the files that are open, the outermost first, and all that `include:` named so far.
struct Loading {
  std::vector<fs::path> open;
  std::vector<std::string>& included;
};

Loaded with_includes(Node tree, const fs::path& folder, Loading& loading);

Loaded load_nested(const Source& source, Loading& loading) {
  if (source.text.size() > file_bytes_max) return tl::make_unexpected(too_large(source.name));
  Loaded tree = parse_yaml(source.text, std::make_shared<const std::string>(source.name));
  if (!tree) return tree;
  std::error_code error;
  loading.open.push_back(fs::weakly_canonical(source.name, error));
  Loaded whole = with_includes(std::move(*tree), fs::path(source.name).parent_path(), loading);
  loading.open.pop_back();
  return whole;
}

Loaded load_included(const std::string& path, Loading& loading) {
  const auto source = read_source(path);
  if (!source) return tl::make_unexpected(source.error());
  loading.included.push_back(path);
  return load_nested(*source, loading);
}

Loaded with_includes(Node tree, const fs::path& folder, Loading& loading) {
  const Node* const include = tree.find("include");
  if (include == nullptr) return tree;
  std::vector<Node> paths;
  if (include->is_scalar()) paths.push_back(*include);
  if (include->is_list()) paths = include->items;
  if (paths.empty()) {
    return tl::make_unexpected(
        Problem{include->place, "include is " + described(*include), "a path or a list of paths", ""});
  }
  Node under;
  under.kind = Node::Kind::map;
  for (const Node& path : paths) {
    if (!path.is_scalar()) {
      return tl::make_unexpected(Problem{path.place, "include of " + described(path), "a path", ""});
    }
    const fs::path full = (folder / path.text).lexically_normal();
    std::error_code error;
    if (std::find(loading.open.begin(), loading.open.end(), fs::weakly_canonical(full, error)) != loading.open.end()) {
      return tl::make_unexpected(
          Problem{path.place, "'" + path.text + "' includes itself, directly or through others", "", ""});
    }
    Loaded part = load_included(full.string(), loading);
    if (!part) {
      Problem problem = part.error();
      if (problem.place.line == 0)
        problem = Problem{path.place, "include of '" + path.text + "': " + problem.message, problem.expected, ""};
      return tl::make_unexpected(std::move(problem));
    }
    if (!part->is_map() && !part->is_null()) {
      return tl::make_unexpected(
          Problem{part->place, "the file is " + described(*part), "a map with the scenario's keys", ""});
    }
    under = merged(std::move(under), std::move(*part), false);
  }
  std::erase_if(tree.entries, [](const auto& entry) { return entry.first.text == "include"; });
  return merged(std::move(under), std::move(tree), false);
}

}  // namespace

tl::expected<Source, Problem> read_source(const std::string& path) {
  const auto failed = [&path](std::string message, std::string expected = {}) {
    return tl::make_unexpected(file_problem(path, std::move(message), std::move(expected)));
  };
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return failed("no such file");
  if (error) return failed("cannot be read: " + error.message());
  if (fs::is_directory(status)) return failed("a folder", "a file");
  if (!fs::is_regular_file(status) && !is_handed_in(path)) {
    return failed("neither a file nor a pipe of the shell", "a file, /dev/stdin or /dev/fd/N");
  }
  if (fs::is_regular_file(status) && fs::file_size(path, error) > file_bytes_max) {
    return tl::make_unexpected(too_large(path));
  }
  std::ifstream in(path, std::ios::binary);
  std::string text(file_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.is_open()) return failed("cannot be read");
  text.resize(static_cast<std::size_t>(in.gcount()));
  // A pipe has no size to ask for beforehand.
  if (text.size() > file_bytes_max) return tl::make_unexpected(too_large(path));
  return Source{path, std::move(text)};
}

Loaded load(const Source& source, std::vector<std::string>& included) {
  Loading loading{{}, included};
  return load_nested(source, loading);
}

bool is_script(const Node& tree) {
  return tree.is_map() && tree.find("system") == nullptr &&
         (tree.find("faults") != nullptr || tree.find("expect") != nullptr);
}

Loaded apply_script(Node scenario, const Node& script) {
  if (!is_script(script)) {
    return tl::make_unexpected(
        Problem{script.place, "not a chaos script", "a map with `faults:` and `expect:`, without `system:`", ""});
  }
  static const std::vector<std::string> keys = {"chaos", "summary", "let", "faults", "expect"};
  for (const auto& [key, value] : script.entries) {
    if (std::find(keys.begin(), keys.end(), key.text) == keys.end()) {
      return tl::make_unexpected(Problem{key.place, "unknown key '" + key.text + "' in a chaos script", listed(keys),
                                         nearest_name(key.text, keys)});
    }
    if (key.text == "chaos" || key.text == "summary") continue;
    Node* const below = scenario.find(key.text);
    if (key.text == "faults" && below != nullptr && below->is_list() && value.is_list()) {
      below->items.insert(below->items.end(), value.items.begin(), value.items.end());
    } else if (key.text == "let" && below != nullptr && below->is_map() && value.is_map()) {
      *below = merged(std::move(*below), value, false);
    } else if (below != nullptr) {
      *below = value;
    } else {
      scenario.entries.emplace_back(key, value);
    }
  }
  return scenario;
}

}  // namespace chronofault::scenarios
