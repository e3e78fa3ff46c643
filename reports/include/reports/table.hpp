// A table of text for the terminal: columns as wide as their widest cell, two blanks between them, no blank at the end
// of a line. A cell of several lines makes its row as tall.
#pragma once

#include <string>
#include <vector>

namespace chronofault::reports {

class Table {
 public:
  enum class Align { left, right };
  struct Column {
    std::string title;
    Align align = Align::left;
    std::size_t width_max = 0;  // longer text is broken at blanks; 0: never. Left-aligned columns only
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  /// As many cells as there are columns.
  void row(std::vector<std::string> cells);
  bool empty() const noexcept { return rows_.empty(); }
  /// Titles (unless all are empty), a rule, and the rows, each line indented by `indent` blanks.
  std::string text(std::size_t indent = 0) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Number of columns that UTF-8 text takes, if each code point takes one.
std::size_t width_of(std::string_view text) noexcept;
/// The text broken at blanks into lines of at most `width`; a longer word stays whole. Its own line breaks stay.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

}  // namespace chronofault::reports
