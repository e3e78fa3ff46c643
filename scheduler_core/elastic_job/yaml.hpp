// The YAML that ElasticJob keeps in its nodes: one flat mapping of scalars, and below a key a mapping or a sequence of
// scalars. Written as SnakeYAML's dumpAsMap writes it; read as its loader reads it, without anchors, tags, block
// scalars and deeper nesting, which nobody puts there.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

namespace chronofault::elastic_job {

class YamlWriter {
 public:
  /// Quoted where it would be read as something else.
  void text(std::string_view key, std::string_view value);
  /// None is left out, as the representer does.
  void text(std::string_view key, const std::optional<std::string>& value) {
    if (value) text(key, std::string_view(*value));
  }
  void number(std::string_view key, int value);
  void boolean(std::string_view key, bool value);
  /// Empty ones are left out.
  void mapping(std::string_view key, const std::map<std::string, std::string>& entries);
  void sequence(std::string_view key, const std::vector<std::string>& items);
  std::string take() { return std::move(out_); }

 private:
  void scalar(std::string_view head, std::string_view value, std::string_view deeper);
  std::string out_;
};

struct YamlEntry {
  YamlEntry() = default;
  enum class Kind { scalar, mapping, sequence };
  std::string key;
  Kind kind = Kind::scalar;
  std::optional<std::string> scalar;  // none: null
  std::vector<std::pair<std::string, std::optional<std::string>>> mapping;
  std::vector<std::string> sequence;
};

/// The entries in their order; none at all: an empty document. The error says what is wrong and in which line.
tl::expected<std::vector<YamlEntry>, std::string> parse_yaml(std::string_view text);

/// yes, no, on, off, true, false in YAML 1.1's spellings.
std::optional<bool> yaml_boolean(std::string_view text);

}  // namespace chronofault::elastic_job
