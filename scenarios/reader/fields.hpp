// The keys of one map. Every key that a reader asks for becomes known; done() reports the others.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <scenarios/node.hpp>
#include <scenarios/place.hpp>

namespace chronofault::scenarios {

class Fields {
 public:
  /// `what` is named in messages: "a job". Anything but a map or nothing is a problem, and then has no keys.
  Fields(const Node& node, std::string what, Problems& problems);

  /// Null: not there.
  const Node* get(std::string_view key);
  /// A missing key is a problem, said by done(), unless a key that nobody asked for is its misspelling.
  const Node* need(std::string_view key, std::string_view expected = {});
  /// Keys that are read elsewhere.
  void know(std::string_view key);
  /// Every key that nobody asked for is a problem, and each that was needed and is not there.
  void done();

  const Node& node() const noexcept { return *node_; }
  const Place& place() const noexcept { return node_->place; }
  const std::vector<std::string>& known() const noexcept { return known_; }

 private:
  const Node* node_;
  std::string what_;
  Problems* problems_;
  std::vector<std::string> known_;
  std::vector<std::pair<std::string, std::string>> missing_;  // key, expected
};

}  // namespace chronofault::scenarios
