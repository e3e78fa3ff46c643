// Bad input of a user is a value: what is wrong, where, and what would be right.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace chronofault::scenarios {

/// Where something stands in a file. Lines and columns count from 1; 0: the file as a whole.
struct Place {
  std::shared_ptr<const std::string> file;
  int line = 0;
  int column = 0;
};

/// "incident.yaml:12:5"; without a line just the file.
std::string to_string(const Place& place);

struct Problem {
  Place place;
  std::string message;   // "unknown key 'latencyy'"
  std::string expected;  // what would be right; may be empty
  std::string nearest;   // the valid name that is nearest to what stands there; may be empty

  /// "incident.yaml:12:5: unknown key 'latencyy'; expected one of between, latency; did you mean 'latency'?"
  std::string text() const;
};

/// The problems of one reading: the first 20 that were found, none twice.
class Problems {
 public:
  static constexpr std::size_t most = 20;

  void add(Place place, std::string message, std::string expected = {}, std::string nearest = {});
  /// Adds those of another reading.
  void add_all(const Problems& others);
  /// By file (in the order in which files were first named), line and column.
  void sort();
  bool empty() const noexcept { return list_.empty(); }
  /// Grows with each that is added, shown or not.
  std::size_t count() const noexcept { return list_.size() + left_out_; }
  const std::vector<Problem>& list() const noexcept { return list_; }
  /// One line each; a last line says how many more there are.
  std::string text() const;

 private:
  std::vector<Problem> list_;
  std::size_t left_out_ = 0;
};

/// The name with the least edit distance (insert, delete, replace, swap of neighbours; case is half a change), if that
/// is at most a third of its length, rounded up; the first of equals. Empty: none is near.
std::string nearest_name(std::string_view text, const std::vector<std::string>& names);

/// "a, b or c".
std::string listed(const std::vector<std::string>& names);

}  // namespace chronofault::scenarios
