#include "yaml.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

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
    frames_.push_back(Frame{node(mark, Node::Kind::list), anchor, 1, false, {}});
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    frames_.push_back(Frame{node(mark, Node::Kind::map), anchor, 1, false, {}});
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
      frame.node.entries.back().second = std::move(done);
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

/// The place of the first byte that no YAML text has: a control character. Line 0: none.
Place control_character(const std::string& text, const std::shared_ptr<const std::string>& file) {
  int line = 1;
  int column = 1;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7f) return Place{file, line, column};
    column = c == '\n' ? 1 : column + 1;
    if (c == '\n') ++line;
  }
  return Place{file, 0, 0};
}

}  // namespace

tl::expected<Node, Problem> parse_yaml(const std::string& text, std::shared_ptr<const std::string> file) {
  if (const Place bad = control_character(text, file); bad.line > 0) {
    return tl::make_unexpected(Problem{bad, "not YAML: a control character", "a text file", ""});
  }
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
