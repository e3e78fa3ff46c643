// The keys of one map. Every key that a reader asks for becomes known; done() reports the others.
#pragma once

#include <string>
#include <string_view>
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
  /// A missing key is a problem.
  const Node* need(std::string_view key, std::string_view expected = {});
  /// Keys that are read elsewhere.
  void know(std::string_view key);
  /// Every key that nobody asked for is a problem.
  void done();

  const Node& node() const noexcept { return *node_; }
  const Place& place() const noexcept { return node_->place; }
  const std::vector<std::string>& known() const noexcept { return known_; }

 private:
  const Node* node_;
  std::string what_;
  Problems* problems_;
  std::vector<std::string> known_;
};

}  // namespace chronofault::scenarios
