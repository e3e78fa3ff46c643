#include "yaml.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

namespace chronofault::scenarios {
namespace {

struct Refused {
  Problem problem;
};

/// Builds the tree from the parser's events. Each open list or map is a frame.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::shared_ptr<const std::string> file) : file_(std::move(file)) {
    root_.place = Place{file_, 0, 0};  // of an empty file
  }

  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "a second document", "one document per file");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(node(mark, Node::Kind::null), anchor, 1); }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node scalar = node(mark, Node::Kind::scalar);
    scalar.text = value;
    scalar.quoted = tag == "!";
    // Plain scalars that YAML reads as null; yaml-cpp reports most of them as text.
    if (!scalar.quoted && (value == "~" || value == "null" || value == "Null" || value == "NULL")) {
      scalar.kind = Node::Kind::null;
      scalar.text.clear();
    }
    add(std::move(scalar), anchor, 1);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(mark, "an alias inside its own anchor", "");
    expanded_ += found->second.size;
    if (expanded_ > alias_nodes_max) {
      refuse(mark, "aliases stand for more than " + std::to_string(alias_nodes_max) + " nodes", "fewer aliases");
    }
    Node copy = found->second.node;
    copy.place = node(mark, copy.kind).place;
    add(std::move(copy), 0, found->second.size);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, Node::Kind::list, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, Node::Kind::map, anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    YAML::anchor_t anchor;
    std::size_t size;  // nodes so far, this one included
    bool has_key;
    std::set<std::string> keys;
  };
  struct Anchored {
    Node node;
    std::size_t size;
  };

  Node node(const YAML::Mark& mark, Node::Kind kind) const {
    Node made;
    made.kind = kind;
    made.place = Place{file_, mark.line + 1, mark.column + 1};
    return made;
  }

  [[noreturn]] void refuse(const YAML::Mark& mark, std::string message, std::string expected) const {
    throw Refused{Problem{Place{file_, mark.line + 1, mark.column + 1}, std::move(message), std::move(expected), ""}};
  }

  void open(const YAML::Mark& mark, Node::Kind kind, YAML::anchor_t anchor) {
    if (frames_.size() == nesting_max) {
      refuse(mark, "lists and maps nested more than " + std::to_string(nesting_max) + " deep", "fewer levels");
    }
    frames_.push_back(Frame{node(mark, kind), anchor, 1, false, {}});
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    add(std::move(frame.node), frame.anchor, frame.size);
  }

  void add(Node done, YAML::anchor_t anchor, std::size_t size) {
    if (anchor != 0) anchors_.insert_or_assign(anchor, Anchored{done, size});
    if (frames_.empty()) {
      root_ = std::move(done);
      return;
    }
    Frame& frame = frames_.back();
    frame.size += size;
    if (frame.node.is_list()) {
      frame.node.items.push_back(std::move(done));
    } else if (frame.has_key) {
      auto& [key, value] = frame.node.entries.back();
      // The library reports a value that is left out where the next thing stands.
      if (done.is_null()) done.place = key.place;
      value = std::move(done);
      frame.has_key = false;
    } else {
      add_key(frame, std::move(done));
    }
  }

  void add_key(Frame& frame, Node key) {
    if (!key.is_scalar()) {
      throw Refused{Problem{key.place, "a key that is " + described(key), "a name followed by a colon", ""}};
    }
    if (!frame.keys.insert(key.text).second) {
      throw Refused{Problem{key.place, "the key '" + key.text + "' stands here twice", "", ""}};
    }
    frame.node.entries.emplace_back(std::move(key), Node());
    frame.has_key = true;
  }

  std::shared_ptr<const std::string> file_;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t expanded_ = 0;
  int documents_ = 0;
  Node root_;
};

/// Length of the UTF-8 character at the front, 0: there is none.
std::size_t character_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(text[i])); };
  if (byte(0) < 0x80) return 1;
  const std::size_t length = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Overlong forms, surrogates, and what lies beyond U+10FFFF.
  const unsigned front = byte(0) << 8 | byte(1);
  const bool right = length == 2 || (length == 3 && front >= 0xe0a0 && (front < 0xeda0 || front > 0xedbf)) ||
                     (length == 4 && front >= 0xf090 && front <= 0xf48f);
  return right ? length : 0;
}

/// C0 and C1, save for tab, line ends and NEL.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (character.size() == 2) {
    const auto second = static_cast<unsigned char>(character[1]);
    return first == 0xc2 && second < 0xa0 && second != 0x85;
  }
  return (first < 0x20 && first != '\n' && first != '\r' && first != '\t') || first == 0x7f;
}

/// What no YAML text has: bytes that are no UTF-8, and control characters.
std::optional<Problem> no_text(std::string_view text, const std::shared_ptr<const std::string>& file) {
  Place place{file, 1, 1};
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) return Problem{place, "not YAML: bytes that are no UTF-8", "a text file in UTF-8", ""};
    if (is_control(text.substr(0, length))) return Problem{place, "not YAML: a control character", "a text file", ""};
    // Columns count bytes, as the library's do.
    place.column = text.front() == '\n' ? 1 : place.column + static_cast<int>(length);
    if (text.front() == '\n') ++place.line;
    text.remove_prefix(length);
  }
  return std::nullopt;
}

}  // namespace

tl::expected<Node, Problem> parse_yaml(const std::string& text, std::shared_ptr<const std::string> file) {
  if (auto problem = no_text(text, file)) return tl::make_unexpected(std::move(*problem));
  std::istringstream in(text);
  try {
    YAML::Parser parser(in);
    TreeBuilder builder(file);
    while (parser.HandleNextDocument(builder)) {
    }
    return builder.take();
  } catch (const Refused& refused) {
    return tl::make_unexpected(refused.problem);
  } catch (const YAML::Exception& error) {
    const bool placed = !error.mark.is_null();
    return tl::make_unexpected(
        Problem{Place{file, placed ? error.mark.line + 1 : 0, placed ? error.mark.column + 1 : 0},
                "not YAML: " + error.msg, "", ""});
  } catch (const std::exception& error) {
    return tl::make_unexpected(Problem{Place{file, 0, 0}, std::string("not YAML: ") + error.what(), "", ""});
  }
}

}  // namespace chronofault::scenarios
