// One item of a cron field while it is read: characters by index as Java's String gives them, and what goes wrong.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace chronofault::triggers::quartz {

/// java.text.ParseException; `at`: where in the item the reading stood, for people.
struct Refusal {
  std::string message;
  int offset = 0;
  std::size_t at = 0;
};

/// Any other exception of the parser's: it becomes "Illegal cron expression format (...)", offset 0.
[[noreturn]] inline void fail_with(const std::string& exception, std::size_t at) {
  throw Refusal{"Illegal cron expression format (" + exception + ")", 0, at};
}

class Item {
 public:
  explicit Item(std::u16string_view text) : text_(text) {}

  std::size_t size() const { return text_.size(); }
  std::u16string_view text() const { return text_; }

  /// charAt; beyond the end it is upstream's exception, not ours.
  char16_t at(std::size_t i) const {
    if (i < text_.size()) return text_[i];
    fail_with(fmt::format("java.lang.StringIndexOutOfBoundsException: String index out of range: {}", i), i);
  }
  bool is(std::size_t i, char16_t c) const { return i < text_.size() && text_[i] == c; }
  bool is_digit(std::size_t i) const { return i < text_.size() && text_[i] >= u'0' && text_[i] <= u'9'; }

  /// substring(i, i + 3).
  std::u16string_view three(std::size_t i) const {
    if (i + 3 <= text_.size()) return text_.substr(i, 3);
    fail_with(fmt::format("java.lang.StringIndexOutOfBoundsException: begin {}, end {}, length {}", i, i + 3, size()),
              text_.size());
  }
  /// substring(i).
  std::u16string_view rest(std::size_t i) const { return i < text_.size() ? text_.substr(i) : std::u16string_view(); }

 private:
  std::u16string_view text_;
};

}  // namespace chronofault::triggers::quartz
