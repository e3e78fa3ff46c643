// `let:`: names for values, in file order. A value may use the names above it; a name that is used in its own value or
// before it is defined would otherwise be taken for a text.
#include <algorithm>
#include <sstream>

#include "values.hpp"

namespace chronofault::scenarios {
namespace {

/// The first scalar without quotes that is one of the names, or a sum or difference with one of them; null: none.
const Node* first_naming(const Node& node, const std::vector<std::string>& names) {
  const auto named = [&names](const std::string& word) {
    return std::find(names.begin(), names.end(), word) != names.end();
  };
  if (node.is_scalar() && !node.quoted) {
    if (named(node.text)) return &node;
    const bool sum = node.text.find(" + ") != std::string::npos || node.text.find(" - ") != std::string::npos;
    std::istringstream words(sum ? node.text : std::string());
    for (std::string word; words >> word;) {
      if (named(word)) return &node;
    }
  }
  const Node* found = nullptr;
  const Node* const options = node.find("weighted");
  for (std::size_t i = 0; options != nullptr && i < options->entries.size(); ++i) {
    found = found != nullptr ? found : first_naming(options->entries[i].first, names);
  }
  for (const Node& item : node.items) found = found != nullptr ? found : first_naming(item, names);
  for (const auto& [key, value] : node.entries) found = found != nullptr ? found : first_naming(value, names);
  return found;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> Values::read_let(const Node& node) {
  std::vector<std::pair<std::string, std::string>> shown;
  if (!node.is_map() && !node.is_null()) {
    problems_.add(node.place, "`let` is " + described(node), "a map {NAME: value or draw}");
  }
  std::vector<std::string> later;
  for (const auto& [key, value] : node.entries) later.push_back(key.text);
  for (const auto& [key, value] : node.entries) {
    const Node* const early = first_naming(value, later);
    later.erase(later.begin());
    if (early != nullptr) {
      problems_.add(early->place, described(*early) + " in `let` names what is defined there or below",
                    "names that are defined above, or quotes around a text");
      continue;
    }
    if (!is_name(key.text) || term(key.text)) {
      problems_.add(key.place, "'" + key.text + "' cannot be a name of `let`",
                    "letters, digits, _ and -, beginning with a letter");
      continue;
    }
    const auto scalar_value = scalar(value, "let/" + key.text, std::nullopt);
    if (!scalar_value) continue;
    names_.insert_or_assign(key.text, *scalar_value);
    shown.emplace_back(key.text, printed(*scalar_value));
  }
  return shown;
}

}  // namespace chronofault::scenarios
