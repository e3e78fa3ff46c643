// A file as a tree with positions: what is left of YAML after the parser. Scalars are text; what they mean is decided
// by whoever reads them. Maps keep the order of the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <scenarios/place.hpp>

namespace chronofault::scenarios {

struct Node {
  enum class Kind : std::uint8_t { null, scalar, list, map };
  struct Entry;

  Kind kind = Kind::null;
  Place place;
  std::string text;            // scalar
  bool quoted = false;         // scalar: it was written in quotes, so it is text even if it looks like a number
  std::vector<Node> items;     // list
  std::vector<Entry> entries;  // map: keys are scalars, none twice

  bool is_null() const noexcept { return kind == Kind::null; }
  bool is_scalar() const noexcept { return kind == Kind::scalar; }
  bool is_list() const noexcept { return kind == Kind::list; }
  bool is_map() const noexcept { return kind == Kind::map; }

  /// Value of a key; null pointer: not a map, or no such key.
  const Node* find(std::string_view key) const;
  Node* find(std::string_view key);
};

struct Node::Entry {
  Entry(Node key, Node value) : first(std::move(key)), second(std::move(value)) {}
  Node first;   // the key, a scalar
  Node second;  // its value
};

/// "a map", "a list", "the text 'x'", "nothing": for messages.
std::string described(const Node& node);

}  // namespace chronofault::scenarios
