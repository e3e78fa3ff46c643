// What SnakeYAML's emitter does with scalars in block mappings: plain where that reads back as the same text, else in
// single quotes, in double quotes if there are control characters; lines are folded after column 80.
#include <algorithm>
#include <array>

#include "yaml.hpp"

namespace chronofault::elastic_job {

namespace {

constexpr std::size_t width = 80;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t at, bool underscores) {
  while (at < text.size() && (is_digit(text[at]) || (underscores && text[at] == '_'))) ++at;
  return at;
}

/// Resolver's INT and FLOAT.
bool reads_as_number(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.empty()) return false;
  if (text == ".inf" || text == ".Inf" || text == ".INF" || text == ".nan" || text == ".NaN" || text == ".NAN") {
    return true;
  }
  if (text.starts_with("0x")) {
    return text.size() > 2 && text.find_first_not_of("0123456789abcdefABCDEF_", 2) == std::string_view::npos;
  }
  if (text.starts_with("0b")) {
    return text.size() > 2 && text.find_first_not_of("01_", 2) == std::string_view::npos;
  }
  const bool dot_first = text.front() == '.';
  if (!is_digit(text.front()) && !dot_first) return false;
  std::size_t at = dot_first ? 0 : skip_digits(text, 0, true);
  if (at == text.size()) return true;
  while (at < text.size() && text[at] == ':') {  // sexagesimal
    const std::size_t end = skip_digits(text, at + 1, false);
    if (end == at + 1 || end > at + 3) return false;
    at = end;
  }
  if (at == text.size()) return true;
  if (text[at] == '.') {
    const std::size_t end = skip_digits(text, at + 1, true);
    if (dot_first && end == at + 1) return false;
    at = end;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const std::size_t end = skip_digits(text, at, false);
    if (end == at) return false;
    at = end;
  }
  return at == text.size();
}

/// "2020-09-15", with or without a time.
bool reads_as_timestamp(std::string_view text) {
  if (text.size() < 8 || skip_digits(text, 0, false) != 4 || text[4] != '-') return false;
  const std::size_t month = skip_digits(text, 5, false);
  if (month == 5 || month > 7 || month >= text.size() || text[month] != '-') return false;
  const std::size_t day = skip_digits(text, month + 1, false);
  if (day == month + 1 || day > month + 3) return false;
  return day == text.size() || text[day] == 'T' || text[day] == 't' || text[day] == ' ';
}

bool reads_as_other(std::string_view text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL" || text == "=" ||
      text == "<<") {
    return true;
  }
  return yaml_boolean(text).has_value() || reads_as_number(text) || reads_as_timestamp(text);
}

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

bool may_be_plain(std::string_view text) {
  if (reads_as_other(text)) return false;
  constexpr std::string_view indicators = "#,[]{}&*!|>'\"%@`";
  if (indicators.find(text.front()) != std::string_view::npos) return false;
  const bool followed_by_blank = text.size() == 1 || text[1] == ' ';
  if ((text.front() == '-' || text.front() == '?' || text.front() == ':') && followed_by_blank) return false;
  if (text.starts_with("---") || text.starts_with("...")) return false;
  if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
  return text.find(": ") == std::string_view::npos && text.find(" #") == std::string_view::npos;
}

std::string in_double_quotes(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (is_control(c)) {
      constexpr std::string_view hex = "0123456789ABCDEF";
      out += "\\x";
      out += hex[static_cast<unsigned char>(c) >> 4];
      out += hex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string in_single_quotes(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

}  // namespace

std::optional<bool> yaml_boolean(std::string_view text) {
  constexpr std::array<std::string_view, 9> yes{"yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"};
  constexpr std::array<std::string_view, 9> no{"no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"};
  if (std::find(yes.begin(), yes.end(), text) != yes.end()) return true;
  if (std::find(no.begin(), no.end(), text) != no.end()) return false;
  return std::nullopt;
}

void YamlWriter::scalar(std::string_view head, std::string_view value, std::string_view deeper) {
  out_ += head;
  std::string text;
  if (std::any_of(value.begin(), value.end(), is_control)) {
    text = in_double_quotes(value);
  } else if (may_be_plain(value)) {
    text = std::string(value);
  } else {
    text = in_single_quotes(value);
  }
  std::size_t column = head.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool lone_blank = text[i] == ' ' && i > 0 && text[i - 1] != ' ' && i + 1 < text.size() && text[i + 1] != ' ';
    if (lone_blank && column > width && text.front() != '"') {
      out_ += '\n';
      out_ += deeper;
      column = deeper.size();
    } else {
      out_ += text[i];
      ++column;
    }
  }
  out_ += '\n';
}

void YamlWriter::text(std::string_view key, std::string_view value) { scalar(std::string(key) + ": ", value, "  "); }

void YamlWriter::number(std::string_view key, int value) {
  out_.append(key).append(": ").append(std::to_string(value)).append("\n");
}

void YamlWriter::boolean(std::string_view key, bool value) {
  out_.append(key).append(value ? ": true\n" : ": false\n");
}

void YamlWriter::mapping(std::string_view key, const std::map<std::string, std::string>& entries) {
  if (entries.empty()) return;
  out_.append(key).append(":\n");
  for (const auto& [name, value] : entries) scalar("  " + name + ": ", value, "    ");
}

void YamlWriter::sequence(std::string_view key, const std::vector<std::string>& items) {
  if (items.empty()) return;
  out_.append(key).append(":\n");
  for (const std::string& item : items) scalar("- ", item, "  ");
}

}  // namespace chronofault::elastic_job
