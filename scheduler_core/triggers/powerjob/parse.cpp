// Reading a cron expression of PowerJob's dialect (powerjob 7.1). Every error carries the byte at which it was found.
#include <array>
#include <cstddef>
#include <vector>

#include "cron.hpp"

namespace chronofault::triggers::powerjob_cron {
namespace {

using enum CronFieldIndex;

struct Problem {
  std::string message;
  std::size_t position;
  std::optional<CronFieldIndex> field{};
};

struct Range {
  int low;
  int high;
};
constexpr std::array<Range, 7> ranges{
    {{0, 59}, {0, 59}, {0, 23}, {1, 31}, {1, 12}, {1, 7}, {PowerJobFields::first_year, PowerJobFields::last_year}}};

std::string name_of(CronFieldIndex field) { return std::string(cron_fields[static_cast<std::size_t>(field)].name); }

constexpr std::array<std::string_view, 12> month_names{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                       "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> weekday_names{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return upper(c) >= 'A' && upper(c) <= 'Z'; }

struct Token {
  std::string_view text;
  std::size_t position;  // in the expression
};

std::vector<Token> split(std::string_view text, std::size_t position, std::string_view separators, bool keep_empty) {
  std::vector<Token> parts;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && separators.find(text[i]) == std::string_view::npos) continue;
    if (i > begin || keep_empty) parts.push_back({text.substr(begin, i - begin), position + begin});
    begin = i + 1;
  }
  return parts;
}

class Item {
 public:
  Item(Token token, CronFieldIndex field) : token_(token), field_(field) {}

  bool at_end() const { return at_ >= token_.text.size(); }
  char peek() const { return at_end() ? '\0' : upper(token_.text[at_]); }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  /// Where in the item the reading stands, for fail_at().
  std::size_t place() const { return at_; }
  [[noreturn]] void fail_at(std::size_t place, const std::string& what) const {
    throw Problem{name_of(field_) + ": " + what, token_.position + place, field_};
  }
  [[noreturn]] void fail(const std::string& what) const { fail_at(at_, what); }
  void expect_end() const {
    if (!at_end()) fail("unexpected '" + std::string(1, token_.text[at_]) + "'");
  }
  const Range& range() const { return ranges[static_cast<std::size_t>(field_)]; }

  int plain_number(const char* what) {
    if (!is_digit(peek())) fail(std::string(what) + " is expected");
    const std::size_t begin = at_;
    int value = 0;
    while (is_digit(peek())) {
      value = value * 10 + (peek() - '0');
      if (value > 99'999) fail_at(begin, "the number is too large");
      ++at_;
    }
    return value;
  }
  /// A number of the field's range, or the name of a month or a weekday.
  int value() {
    const std::size_t begin = at_;
    const int v = is_letter(peek()) ? name() : plain_number("a number");
    if (v < range().low || v > range().high) {
      fail_at(begin,
              std::to_string(v) + " is not in " + std::to_string(range().low) + "-" + std::to_string(range().high));
    }
    return v;
  }

 private:
  int name() {
    const std::size_t begin = at_;
    std::string word;
    while (is_letter(peek()) && word.size() < 3) {
      word += peek();
      ++at_;
    }
    if (field_ == month) {
      for (std::size_t i = 0; i < month_names.size(); ++i) {
        if (word == month_names[i]) return static_cast<int>(i) + 1;
      }
    } else if (field_ == day_of_week) {
      for (std::size_t i = 0; i < weekday_names.size(); ++i) {
        if (word == weekday_names[i]) return static_cast<int>(i) + 1;
      }
    }
    const char* const names = field_ == month ? " or JAN-DEC" : field_ == day_of_week ? " or SUN-SAT" : "";
    fail_at(begin, "\"" + word + "\" is not a number" + names);
  }

  Token token_;
  CronFieldIndex field_;
  std::size_t at_ = 0;
};

/// `*`, `a`, `a-b`, each with an optional step; `a/n` runs to the end of the range.
template <class Set>
void read_range(Item& item, Set& set, int origin = 0) {
  const Range& range = item.range();
  int from = range.low;
  int to = range.high;
  if (!item.take('*') && item.peek() != '/') {
    from = item.value();
    to = from;
    if (item.take('-')) {
      const std::size_t end = item.place();
      to = item.value();
      if (to < from) item.fail_at(end, "the range ends before it begins");
    } else if (item.peek() == '/') {
      to = range.high;
    }
  }
  int step = 1;
  if (item.take('/')) {
    const std::size_t begin = item.place();
    step = item.plain_number("a step");
    if (step < 1 || step > range.high - range.low + 1) item.fail_at(begin, "the step is not in the field's range");
  }
  item.expect_end();
  for (int v = from; v <= to; v += step) set.set(static_cast<std::size_t>(v - origin));
}

void read_day(Item& item, PowerJobFields& fields) {
  if (item.take('L')) {
    int offset = 0;
    if (item.take('-')) {
      const std::size_t begin = item.place();
      offset = item.plain_number("a number of days");
      if (offset > 30) item.fail_at(begin, "no month is that long");
    }
    fields.last_day_offset = offset;
    fields.last_day_weekday = item.take('W');
    item.expect_end();
    return;
  }
  Item look = item;
  if (is_digit(look.peek())) {
    const int value = look.value();
    if (look.take('W')) {
      look.expect_end();
      fields.nearest_weekdays.set(static_cast<std::size_t>(value));
      return;
    }
  }
  read_range(item, fields.days);
}

void read_weekday(Item& item, PowerJobFields& fields) {
  Item look = item;
  if (look.take('L')) {
    look.expect_end();
    fields.weekdays.set(7);  // the last day of the week
    return;
  }
  if (is_digit(look.peek()) || is_letter(look.peek())) {
    const int value = look.value();
    if (look.take('L')) {
      look.expect_end();
      fields.last_weekdays.set(static_cast<std::size_t>(value));
      return;
    }
    if (look.take('#')) {
      const std::size_t begin = look.place();
      const int nth = look.plain_number("1-5");
      if (nth < 1 || nth > 5) look.fail_at(begin, "1-5 is expected after '#'");
      look.expect_end();
      fields.nth_weekdays[static_cast<std::size_t>(nth)].set(static_cast<std::size_t>(value));
      return;
    }
  }
  read_range(item, fields.weekdays);
}

void read_item(Token token, CronFieldIndex field, PowerJobFields& fields) {
  Item item(token, field);
  if (item.at_end()) item.fail("nothing between the commas");
  switch (field) {
    case seconds:
      return read_range(item, fields.seconds);
    case minutes:
      return read_range(item, fields.minutes);
    case hours:
      return read_range(item, fields.hours);
    case day_of_month:
      return read_day(item, fields);
    case month:
      return read_range(item, fields.months);
    case day_of_week:
      return read_weekday(item, fields);
    case year:
      return read_range(item, fields.years, PowerJobFields::first_year);
  }
}

void read_field(Token token, CronFieldIndex field, PowerJobFields& fields) {
  if (token.text == "?") {
    if (field == day_of_month) {
      fields.any_day = true;
    } else if (field == day_of_week) {
      fields.any_weekday = true;
    } else {
      throw Problem{name_of(field) + ": '?' is for days alone", token.position, field};
    }
    return;
  }
  if (token.text == "*") {
    if (field == day_of_month) fields.any_day = true;
    if (field == day_of_week) fields.any_weekday = true;
  }
  for (const Token& item : split(token.text, token.position, ",", true)) read_item(item, field, fields);
}

PowerJobFields read(std::string_view text) {
  const std::vector<Token> tokens = split(text, 0, " \t", false);
  if (tokens.size() < 6 || tokens.size() > 7) {
    throw Problem{"6 or 7 fields are expected (seconds minutes hours day month weekday [year]), not " +
                      std::to_string(tokens.size()),
                  tokens.size() > 7 ? tokens[7].position : text.size()};
  }
  PowerJobFields fields;
  for (std::size_t i = 0; i < tokens.size(); ++i) read_field(tokens[i], static_cast<CronFieldIndex>(i), fields);
  if (tokens.size() == 6) fields.years.set();
  return fields;
}

}  // namespace

tl::expected<PowerJobFields, CronError> parse(std::string_view text) {
  try {
    return read(text);
  } catch (const Problem& problem) {
    CronError error;
    error.message = problem.message;
    error.position = problem.position;
    if (problem.field) {
      error.field = name_of(*problem.field);
      error.expected = cron_fields[static_cast<std::size_t>(*problem.field)].takes;
    } else {
      error.expected = "seconds minutes hours day month weekday [year]";
    }
    return tl::unexpected(std::move(error));
  }
}

}  // namespace chronofault::triggers::powerjob_cron
