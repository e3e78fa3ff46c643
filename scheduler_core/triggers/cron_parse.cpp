// Reading a cron expression. Every error carries the byte at which it was found.
#include <array>
#include <cstddef>
#include <vector>

#include <triggers/cron.hpp>

namespace chronofault::triggers {

namespace {

struct Problem {
  std::string message;
  std::size_t position;
};

struct FieldKind {
  const char* name;
  int low;
  int high;
};
constexpr std::array<FieldKind, 7> kinds{{{"seconds", 0, 59},
                                          {"minutes", 0, 59},
                                          {"hours", 0, 23},
                                          {"day of month", 1, 31},
                                          {"month", 1, 12},
                                          {"day of week", 1, 7},
                                          {"year", CronExpression::first_year, CronExpression::last_year}}};
enum FieldIndex { seconds, minutes, hours, day, month, weekday, year };

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
  Item(Token token, FieldIndex field) : token_(token), field_(field) {}

  bool at_end() const { return at_ >= token_.text.size(); }
  char peek() const { return at_end() ? '\0' : upper(token_.text[at_]); }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw Problem{std::string(kind().name) + ": " + what, token_.position + at_};
  }
  void expect_end() const {
    if (!at_end()) fail("unexpected '" + std::string(1, token_.text[at_]) + "'");
  }
  const FieldKind& kind() const { return kinds[static_cast<std::size_t>(field_)]; }

  int plain_number(const char* what) {
    if (!is_digit(peek())) fail(std::string(what) + " is expected");
    int value = 0;
    while (is_digit(peek())) {
      value = value * 10 + (peek() - '0');
      if (value > 99'999) fail("the number is too large");
      ++at_;
    }
    return value;
  }
  /// A number of the field's range, or the name of a month or a weekday.
  int value() {
    const std::size_t begin = at_;
    const int v = is_letter(peek()) ? name() : plain_number("a number");
    if (v < kind().low || v > kind().high) {
      at_ = begin;
      fail(std::to_string(v) + " is not in " + std::to_string(kind().low) + "-" + std::to_string(kind().high));
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
    } else if (field_ == weekday) {
      for (std::size_t i = 0; i < weekday_names.size(); ++i) {
        if (word == weekday_names[i]) return static_cast<int>(i) + 1;
      }
    }
    at_ = begin;
    fail("\"" + word + "\" is not a number" +
         (field_ == month     ? " or JAN-DEC"
          : field_ == weekday ? " or SUN-SAT"
                              : ""));
  }

  Token token_;
  FieldIndex field_;
  std::size_t at_ = 0;
};

template <class Set>
void add_steps(Set& set, const FieldKind& kind, int from, int to, int step, int origin) {
  if (from <= to) {
    for (int v = from; v <= to; v += step) set.set(static_cast<std::size_t>(v - origin));
    return;
  }
  const int span = kind.high - kind.low + 1;
  for (int v = from; v <= to + span; v += step) {
    set.set(static_cast<std::size_t>((v > kind.high ? v - span : v) - origin));
  }
}

/// `*`, `a`, `a-b`, each with an optional step; `a/n` runs to the end of the range.
template <class Set>
void read_range(Item& item, Set& set, CronDialect dialect, int origin = 0) {
  const FieldKind& kind = item.kind();
  int from = kind.low;
  int to = kind.high;
  if (!item.take('*') && item.peek() != '/') {
    from = item.value();
    to = from;
    if (item.take('-')) {
      to = item.value();
      if (to < from && (dialect != CronDialect::quartz || origin != 0)) item.fail("the range ends before it begins");
    } else if (item.peek() == '/') {
      to = kind.high;
    }
  }
  int step = 1;
  if (item.take('/')) {
    step = item.plain_number("a step");
    if (step < 1 || step > kind.high - kind.low + 1) item.fail("the step is not in the field's range");
  }
  item.expect_end();
  add_steps(set, kind, from, to, step, origin);
}

void read_day(Item& item, CronExpression::Fields& fields, CronDialect dialect) {
  if (item.take('L')) {
    int offset = 0;
    if (item.take('-')) {
      offset = item.plain_number("a number of days");
      if (offset > 30) item.fail("no month is that long");
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
  read_range(item, fields.days, dialect);
}

void read_weekday(Item& item, CronExpression::Fields& fields, CronDialect dialect) {
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
      const int nth = look.plain_number("1-5");
      if (nth < 1 || nth > 5) look.fail("1-5 is expected after '#'");
      look.expect_end();
      fields.nth_weekdays[nth].set(static_cast<std::size_t>(value));
      return;
    }
  }
  read_range(item, fields.weekdays, dialect);
}

void read_item(Token token, FieldIndex field, CronExpression::Fields& fields, CronDialect dialect) {
  Item item(token, field);
  if (item.at_end()) item.fail("nothing between the commas");
  switch (field) {
    case seconds:
      return read_range(item, fields.seconds, dialect);
    case minutes:
      return read_range(item, fields.minutes, dialect);
    case hours:
      return read_range(item, fields.hours, dialect);
    case day:
      return read_day(item, fields, dialect);
    case month:
      return read_range(item, fields.months, dialect);
    case weekday:
      return read_weekday(item, fields, dialect);
    case year:
      return read_range(item, fields.years, dialect, CronExpression::first_year);
  }
}

bool has(Token token, std::string_view characters) {
  for (const char c : token.text) {
    if (characters.find(upper(c)) != std::string_view::npos) return true;
  }
  return false;
}

void read_field(Token token, FieldIndex field, CronExpression::Fields& fields, CronDialect dialect) {
  if (token.text == "?") {
    if (field == day)
      fields.any_day = true;
    else if (field == weekday)
      fields.any_weekday = true;
    else
      throw Problem{std::string(kinds[field].name) + ": '?' is for days alone", token.position};
    return;
  }
  if (token.text == "*") {
    if (field == day) fields.any_day = true;
    if (field == weekday) fields.any_weekday = true;
  }
  const std::vector<Token> items = split(token.text, token.position, ",", true);
  if (dialect == CronDialect::quartz && items.size() > 1) {
    for (const Token& item : items) {
      const bool last = (field == day && has(item, "LW")) || (field == weekday && has(item, "#")) ||
                        (field == weekday && !item.text.empty() && upper(item.text.back()) == 'L');
      if (last)
        throw Problem{std::string(kinds[field].name) + ": L, W and # stand alone, not in a list", item.position};
    }
  }
  for (const Token& item : items) read_item(item, field, fields, dialect);
}

CronExpression::Fields read(std::string_view text, CronDialect dialect) {
  const std::vector<Token> tokens = split(text, 0, " \t", false);
  if (tokens.size() < 6 || tokens.size() > 7) {
    throw Problem{"6 or 7 fields are expected (seconds minutes hours day month weekday [year]), not " +
                      std::to_string(tokens.size()),
                  tokens.size() > 7 ? tokens[7].position : text.size()};
  }
  CronExpression::Fields fields;
  for (std::size_t i = 0; i < tokens.size(); ++i) read_field(tokens[i], static_cast<FieldIndex>(i), fields, dialect);
  if (tokens.size() == 6) fields.years.set();
  if (dialect == CronDialect::quartz) {
    const bool no_day = tokens[day].text == "?";
    const bool no_weekday = tokens[weekday].text == "?";
    if (no_day == no_weekday) {
      throw Problem{"one of day of month and day of week must be '?'", tokens[weekday].position};
    }
  }
  return fields;
}

}  // namespace

tl::expected<CronExpression, CronError> CronExpression::parse(std::string_view text, CronDialect dialect) {
  try {
    CronExpression expression;
    expression.fields_ = read(text, dialect);
    expression.text_ = std::string(text);
    return expression;
  } catch (const Problem& problem) {
    return tl::unexpected(CronError{problem.message, problem.position});
  }
}

}  // namespace chronofault::triggers
