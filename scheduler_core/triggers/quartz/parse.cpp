// Reading a cron expression as Quartz 2.3.2 does (quartz 7.2).
//
// It is not a grammar. Each item is looked at character by character, what a form does not need is not read, and index
// and number errors inside the reader become refusals of their own. The order of the checks decides which message a
// wrong text gets, so the order here is upstream's. Steps, ranges and sentinels all end in add(), one function for all
// fields, where 99 is '*' and 98 is '?', in digits too.
#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <vector>

#include "../utf16.hpp"
#include "cron.hpp"
#include "item.hpp"

namespace chronofault::triggers::quartz {
namespace {

using enum CronFieldIndex;

constexpr int every = QuartzFields::every;
constexpr int no_value = QuartzFields::no_value;
constexpr int none = -1;

constexpr std::array<std::u16string_view, 12> month_names{u"JAN", u"FEB", u"MAR", u"APR", u"MAY", u"JUN",
                                                          u"JUL", u"AUG", u"SEP", u"OCT", u"NOV", u"DEC"};
constexpr std::array<std::u16string_view, 7> weekday_names{u"SUN", u"MON", u"TUE", u"WED", u"THU", u"FRI", u"SAT"};

template <std::size_t N>
std::optional<int> number_of(const std::array<std::u16string_view, N>& names, std::u16string_view name) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<int>(i) + 1;
  }
  return std::nullopt;
}

/// Integer.parseInt: a sign, digits of any script, 32 bits.
std::optional<int> java_int(std::u16string_view text) {
  const bool negative = text.starts_with(u'-');
  if (negative || text.starts_with(u'+')) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  std::int64_t value = 0;
  for (const char16_t c : text) {
    const int digit = digit_value(c);
    if (digit < 0) return std::nullopt;
    value = value * 10 + digit;
    if (value > std::int64_t{std::numeric_limits<int>::max()} + (negative ? 1 : 0)) return std::nullopt;
  }
  return static_cast<int>(negative ? -value : value);
}
int int_or_refuse(std::u16string_view text, std::size_t at) {
  if (const auto value = java_int(text)) return *value;
  fail_with("java.lang.NumberFormatException: For input string: \"" + to_utf8(text) + "\"", at);
}

class Reader {
 public:
  Reader(QuartzFields& fields, CronFieldIndex field) : fields_(fields), field_(field) {}

  void read(std::u16string_view text) {
    const Item s(text);
    const char16_t c = text.front();
    if (c >= u'A' && c <= u'Z' && !is_last_day(text)) return name(s);
    if (c == u'?') return question_mark(s);
    if (c == u'*' || c == u'/') return star_or_slash(s);
    if (c == u'L') return last(s);
    if (s.is_digit(0)) return number(s);
    throw Refusal{"Unexpected character: " + to_utf8(text.substr(0, 1)), 0, 0};
  }

 private:
  // L, LW, L-<digits>[W]
  static bool is_last_day(std::u16string_view text) {
    if (text == u"L" || text == u"LW") return true;
    if (!text.starts_with(u"L-")) return false;
    std::size_t i = 2;
    while (i < text.size() && text[i] >= u'0' && text[i] <= u'9') ++i;
    if (i < text.size() && text[i] == u'W') ++i;
    return i == text.size();
  }

  int named(const Item& s, std::size_t at) const {
    const std::u16string_view name = s.three(at);
    const bool of_month = field_ == month;
    const auto value = of_month ? number_of(month_names, name) : number_of(weekday_names, name);
    if (value) return *value;
    const char* const kind = of_month ? "Month" : "Day-of-Week";
    throw Refusal{fmt::format("Invalid {} value: '{}'", kind, to_utf8(name)), static_cast<int>(at), at};
  }

  void name(const Item& s) {
    if (field_ != month && field_ != day_of_week) {
      throw Refusal{"Illegal characters for this position: '" + to_utf8(s.three(0)) + "'", 0, 0};
    }
    const int value = named(s, 0);
    int end = none;
    if (s.is(3, u'-')) {
      end = named(s, 4);
    } else if (field_ == day_of_week && s.is(3, u'#')) {
      nth(s, 4);
    } else if (field_ == day_of_week && s.is(3, u'L')) {
      fields_.last_day_of_week = true;
    }
    add(value, end, end == none ? 0 : 1);
  }

  void question_mark(const Item& s) {
    if (s.size() > 2) throw Refusal{"Illegal character after '?': " + to_utf8(s.text().substr(1, 1)), 1, 1};
    if (field_ != day_of_week && field_ != day_of_month) {
      throw Refusal{"'?' can only be specified for Day-of-Month or Day-of-Week.", 1, 0};
    }
    if (field_ == day_of_week && !fields_.last_day_of_month) {
      const auto largest = fields_.days.last();
      if (!largest) fail_with("java.util.NoSuchElementException", 0);
      if (*largest == no_value) {
        throw Refusal{"'?' can only be specified for Day-of-Month -OR- Day-of-Week.", 1, 0};
      }
    }
    add(no_value, none, 0);
  }

  void star_or_slash(const Item& s) {
    if (s.text() == u"*") return add(every, none, 0);
    if (s.text() == u"/") throw Refusal{"'/' must be followed by an integer.", 0, 1};
    const std::size_t slash = s.is(0, u'*') ? 1 : 0;
    if (s.at(slash) != u'/') return add(every, none, 1);
    if (slash + 1 >= s.size()) throw Refusal{"Unexpected end of string.", static_cast<int>(slash + 1), slash + 1};
    const int step = int_or_refuse(s.rest(slash + 1), slash + 1);
    check_step(step, slash + (step > 10 ? 3 : 2), slash + 1);
    add(every, none, step);
  }

  void last(const Item& s) {
    if (field_ == day_of_week) return add(7, 7, 0);
    if (field_ != day_of_month) return;
    fields_.last_day_of_month = true;
    std::size_t i = 1;
    if (s.is(1, u'-')) {
      const Number offset = digits(0, s, 2, 2);
      fields_.last_day_offset = offset.value;
      if (offset.value > 30) throw Refusal{"Offset from last day must be <= 30", 2, 2};
      i = offset.end;
    }
    if (s.is(i, u'W')) fields_.nearest_weekday = true;
  }

  void number(const Item& s) {
    const Number value = starting_digit(s, 0);
    const std::size_t i = value.end;
    if (i >= s.size()) return add(value.value, none, -1);
    switch (s.at(i)) {
      case u'L':
        return last_weekday(value.value, i);
      case u'W':
        return nearest_weekday(value.value, i);
      case u'#':
        if (field_ != day_of_week) not_here('#', i);
        nth(s, i + 1);
        return fields_.weekdays.add(value.value);
      case u'-':
        return range(s, value.value, i + 1);
      case u'/':
        return step_from(s, value.value, i);
      default:
        return add(value.value, none, 0);
    }
  }

  void last_weekday(int value, std::size_t i) {
    if (field_ != day_of_week) not_here('L', i);
    if (value < 1 || value > 7) throw Refusal{"Day-of-Week values must be between 1 and 7", -1, 0};
    fields_.last_day_of_week = true;
    fields_.weekdays.add(value);
  }
  void nearest_weekday(int value, std::size_t i) {
    if (field_ != day_of_month) not_here('W', i);
    fields_.nearest_weekday = true;
    if (value > 31) {
      throw Refusal{"The 'W' option does not make sense with values larger than 31 (max number of days in a month)",
                    static_cast<int>(i), 0};
    }
    fields_.days.add(value);
  }
  [[noreturn]] static void not_here(char option, std::size_t i) {
    throw Refusal{fmt::format("'{}' option is not valid here. (pos={})", option, i), static_cast<int>(i), i};
  }

  void nth(const Item& s, std::size_t at) {
    const auto value = java_int(s.rest(at));
    if (value) fields_.nth_weekday = *value;
    if (!value || *value < 1 || *value > 5) {
      throw Refusal{"A numeric value between 1 and 5 must follow the '#' option", static_cast<int>(at), at};
    }
  }

  void range(const Item& s, int from, std::size_t at) {
    const Number to = starting_digit(s, at);
    if (!s.is(to.end, u'/')) return add(from, to.value, 1);
    add(from, to.value, starting_digit(s, to.end + 1).value);
  }

  void step_from(const Item& s, int from, std::size_t slash) {
    const int place = static_cast<int>(slash);
    if (slash + 1 >= s.size()) throw Refusal{"'/' must be followed by an integer.", place, slash + 1};
    const std::size_t at = slash + 1;
    const int first = int_or_refuse(s.text().substr(at, 1), at);
    if (at + 1 < s.size() && !s.is_digit(at + 1)) {
      throw Refusal{"Unexpected character '" + to_utf8(s.text().substr(at + 1, 1)) + "' after '/'", place + 2, at + 1};
    }
    const int step = at + 1 < s.size() ? digits(first, s, at + 1, at).value : first;
    check_step(step, slash + 2, at);
    add(from, none, step);
  }

  struct Number {
    int value;
    std::size_t end;
  };
  /// One character that is a digit for parseInt, then ASCII digits.
  static Number starting_digit(const Item& s, std::size_t at) {
    (void)s.at(at);
    const int first = int_or_refuse(s.text().substr(at, 1), at);
    if (s.is_digit(at + 1)) return digits(first, s, at + 1, at);
    return {first, at + 1};
  }
  /// The digits from `at` on, after one that was read before; the number begins at `begin`.
  static Number digits(int before, const Item& s, std::size_t at, std::size_t begin) {
    (void)s.at(at);
    std::size_t end = at;
    while (s.is_digit(end)) ++end;
    const std::u16string text = to_utf16(std::to_string(before)) + std::u16string(s.text().substr(at, end - at));
    return {int_or_refuse(text, begin), end};
  }

  void check_step(int step, std::size_t offset, std::size_t at) const {
    struct Limit {
      int most;
      int says;
    };
    constexpr std::array<Limit, 6> limits{{{59, 60}, {59, 60}, {23, 24}, {31, 31}, {12, 12}, {7, 7}}};
    if (field_ == year) return;
    const Limit limit = limits[static_cast<std::size_t>(field_)];
    if (step <= limit.most) return;
    throw Refusal{fmt::format("Increment > {} : {}", limit.says, step), static_cast<int>(offset), at};
  }

  void check_range(int value, int end) const {
    const auto outside = [&](int low, int high) {
      return (value < low || value > high || end > high) && value != every;
    };
    const auto refuse = [](const char* what) { throw Refusal{what, -1, 0}; };
    switch (field_) {
      case seconds:
      case minutes:
        if (outside(0, 59)) refuse("Minute and Second values must be between 0 and 59");
        return;
      case hours:
        if (outside(0, 23)) refuse("Hour values must be between 0 and 23");
        return;
      case day_of_month:
        if (outside(1, 31) && value != no_value) refuse("Day of month values must be between 1 and 31");
        return;
      case month:
        if (outside(1, 12)) refuse("Month values must be between 1 and 12");
        return;
      case day_of_week:
        if (outside(1, 7) && value != no_value) refuse("Day-of-Week values must be between 1 and 7");
        return;
      case year:
        return;
    }
  }

  void add(int value, int end, int step) {
    check_range(value, end);
    switch (field_) {
      case seconds:
        return fill(fields_.seconds, value, end, step, 0, 59, 60);
      case minutes:
        return fill(fields_.minutes, value, end, step, 0, 59, 60);
      case hours:
        return fill(fields_.hours, value, end, step, 0, 23, 24);
      case day_of_month:
        return fill(fields_.days, value, end, step, 1, 31, 31);
      case month:
        return fill(fields_.months, value, end, step, 1, 12, 12);
      case day_of_week:
        return fill(fields_.weekdays, value, end, step, 1, 7, 7);
      case year:
        return fill(fields_.years, value, end, step, 1970, fields_.year_max, 0);
    }
  }

  /// wraps: the modulus of a range that ends before it begins; 0: it is an error.
  template <class Set>
  static void fill(Set& set, int value, int end, int step, int low, int high, int wraps) {
    if ((step == 0 || step == -1) && value != every) return set.add(value);
    if (value == every && step <= 0) {
      step = 1;
      set.add(every);
    }
    const int from = value == every ? low : value;
    const int to = end == none ? high : end;
    if (to >= from) return set.add_steps(from, to, step);
    if (wraps == 0) fail_with("java.lang.IllegalArgumentException: Start year must be less than stop year", 0);
    for (int i = from; i <= to + wraps; i += step) {
      const int wrapped = i % wraps;
      set.add(wrapped == 0 && low == 1 ? wraps : wrapped);
    }
  }

  QuartzFields& fields_;
  CronFieldIndex field_;
};

struct Token {
  std::u16string_view text;
  std::size_t begin = 0;  // in the expression
};

/// StringTokenizer: empty parts vanish.
std::vector<Token> tokens_of(std::u16string_view text, std::size_t begin, std::u16string_view separators) {
  std::vector<Token> tokens;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(separators, at)) != std::u16string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    tokens.push_back({text.substr(at, end - at), begin + at});
    at = end;
  }
  return tokens;
}

/// String.trim.
Token trimmed(Token token) {
  while (!token.text.empty() && token.text.front() <= u' ') {
    token.text.remove_prefix(1);
    ++token.begin;
  }
  while (!token.text.empty() && token.text.back() <= u' ') token.text.remove_suffix(1);
  return token;
}

void check_lists(const Token& token, CronFieldIndex field) {
  const auto has = [&](char16_t c) { return token.text.find(c) != std::u16string_view::npos; };
  if (field == day_of_month && has(u'L') && has(u',')) {
    throw Refusal{"Support for specifying 'L' and 'LW' with other days of the month is not implemented", -1,
                  token.text.find(u'L')};
  }
  if (field == day_of_week && has(u'L') && has(u',')) {
    throw Refusal{"Support for specifying 'L' with other days of the week is not implemented", -1,
                  token.text.find(u'L')};
  }
  if (field == day_of_week && has(u'#') && token.text.find(u'#') != token.text.rfind(u'#')) {
    throw Refusal{"Support for specifying multiple \"nth\" days is not implemented.", -1, token.text.rfind(u'#')};
  }
}

struct Place {
  std::size_t begin = 0;                  // what Refusal::at counts from
  std::optional<CronFieldIndex> field{};  // none: the expression as a whole
};

/// `place` says, when a Refusal comes out, what was being read.
QuartzFields read(std::u16string_view text, int year_max, Place& place) {
  QuartzFields fields;
  fields.year_max = year_max;
  const std::vector<Token> tokens = tokens_of(text, 0, u" \t");
  for (std::size_t i = 0; i < tokens.size() && i < cron_fields.size(); ++i) {
    const auto field = static_cast<CronFieldIndex>(i);
    const Token token = trimmed(tokens[i]);
    place = {token.begin, field};
    check_lists(token, field);
    for (const Token& item : tokens_of(token.text, token.begin, u",")) {
      place.begin = item.begin;
      Reader(fields, field).read(item.text);
    }
  }
  place = {0, std::nullopt};
  if (tokens.size() < 6) throw Refusal{"Unexpected end of expression.", static_cast<int>(text.size()), text.size()};
  if (tokens.size() == 6) Reader(fields, year).read(u"*");
  if (fields.days.contains(no_value) == fields.weekdays.contains(no_value)) {
    throw Refusal{"Support for specifying both a day-of-week AND a day-of-month parameter is not implemented.", 0,
                  tokens[static_cast<std::size_t>(day_of_week)].begin};
  }
  return fields;
}

}  // namespace

tl::expected<QuartzFields, CronError> parse(std::string_view text, int year_max) {
  std::u16string upper = to_utf16(text);
  for (char16_t& c : upper) c = to_upper(c);
  Place place;
  try {
    return read(upper, year_max, place);
  } catch (const Refusal& refusal) {
    CronError error;
    error.message = refusal.message;
    error.position = byte_of_unit(text, place.begin + refusal.at);
    if (place.field) {
      error.field = cron_fields[static_cast<std::size_t>(*place.field)].name;
      error.expected = cron_fields[static_cast<std::size_t>(*place.field)].takes;
    } else {
      error.expected = "seconds minutes hours day month weekday [year], one of day and weekday a '?'";
    }
    error.exception = "ParseException";
    error.offset = refusal.offset;
    return tl::unexpected(std::move(error));
  }
}

}  // namespace chronofault::triggers::quartz
