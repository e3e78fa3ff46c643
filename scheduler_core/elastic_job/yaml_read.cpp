#include "yaml.hpp"

namespace chronofault::elastic_job {

namespace {

struct Line {
  std::size_t number = 0;
  std::size_t indent = 0;
  std::string_view text;  // without the indent and what follows it
};

struct Bad {
  explicit Bad(std::string why) : why(std::move(why)) {}
  std::string why;
};

[[noreturn]] void refuse(const Line& line, std::string_view why) {
  std::string message(why);
  throw Bad(message.append(" in line ").append(std::to_string(line.number)));
}

/// Lines with something in them; a comment needs a blank before it, or the beginning of the line.
std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    Line line;
    line.number = ++number;
    line.text = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.text.empty() && (line.text.back() == ' ' || line.text.back() == '\r')) line.text.remove_suffix(1);
    while (!line.text.empty() && line.text.front() == ' ') {
      line.text.remove_prefix(1);
      ++line.indent;
    }
    const bool mark = line.indent == 0 && line.text == "---";
    if (!line.text.empty() && line.text.front() != '#' && !mark) lines.push_back(line);
  }
  return lines;
}

/// The end of a quoted text that begins at `text`, which is after its closing quote; npos: it goes on.
std::size_t end_of_quoted(std::string_view text) {
  const char quote = text.front();
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\' && quote == '"') {
      ++i;
    } else if (text[i] == quote) {
      if (quote == '"' || i + 1 >= text.size() || text[i + 1] != '\'') return i + 1;
      ++i;
    }
  }
  return std::string_view::npos;
}

std::string unquoted(const Line& line, std::string_view text) {
  const char quote = text.front();
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (quote == '\'') {
      if (text[i] == '\'') ++i;
      out += text[i];
      continue;
    }
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    ++i;
    switch (text[i]) {
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case '"':
      case '\\':
      case '/':
      case ' ':
        out += text[i];
        break;
      case 'x': {
        const std::string digits(text.substr(i + 1, 2));
        std::size_t read = 0;
        out += static_cast<char>(std::stoi("0" + digits, &read, 16));
        if (digits.size() != 2 || read != 3) refuse(line, "bad escape");
        i += 2;
        break;
      }
      default:
        refuse(line, "unknown escape");
    }
  }
  return out;
}

/// A scalar without what may follow it. `text` is not empty.
std::optional<std::string> scalar_of(const Line& line, std::string_view text) {
  if (text.front() == '\'' || text.front() == '"') {
    const std::size_t end = end_of_quoted(text);
    if (end == std::string_view::npos) refuse(line, "a quote that is not closed");
    const std::string_view rest = text.substr(end);
    if (!rest.empty() && !rest.starts_with(" ")) refuse(line, "something behind a closing quote");
    return unquoted(line, text.substr(0, end));
  }
  constexpr std::string_view refused = "&*!|>%@`[{";
  if (refused.find(text.front()) != std::string_view::npos) refuse(line, "an unexpected character");
  if (const std::size_t comment = text.find(" #"); comment != std::string_view::npos) text = text.substr(0, comment);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.find(": ") != std::string_view::npos) refuse(line, "mapping values are not allowed here");
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return std::nullopt;
  return std::string(text);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : lines_(lines_of(text)) {}

  std::vector<YamlEntry> document() {
    std::vector<YamlEntry> entries;
    if (lines_.size() == 1 && lines_[0].text == "{}") return entries;
    while (at_ < lines_.size()) {
      if (lines_[at_].indent != lines_[0].indent) refuse(lines_[at_], "wrong indentation");
      entries.push_back(entry());
    }
    return entries;
  }

 private:
  /// Splits "key: value" and steps over the line; the value may be empty.
  std::pair<std::string, std::string_view> key_and_value() {
    const Line& line = lines_[at_++];
    std::size_t colon = std::string_view::npos;
    std::string key;
    if (line.text.front() == '\'' || line.text.front() == '"') {
      colon = end_of_quoted(line.text);
      if (colon == std::string_view::npos) refuse(line, "a quote that is not closed");
      key = unquoted(line, line.text.substr(0, colon));
    } else {
      colon = line.text.find(": ");
      if (colon == std::string_view::npos && line.text.ends_with(":")) colon = line.text.size() - 1;
      if (colon == std::string_view::npos) refuse(line, "expected `key: value`");
      key = std::string(line.text.substr(0, colon));
    }
    if (colon >= line.text.size() || line.text[colon] != ':') refuse(line, "expected `key: value`");
    std::string_view value = line.text.substr(colon + 1);
    while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
    if (value.starts_with("#")) value = {};
    return {std::move(key), value};
  }

  /// A scalar that may go on in deeper lines: folded, each line break is a blank.
  std::optional<std::string> folded(std::string_view first, std::size_t indent) {
    const Line& line = lines_[at_ - 1];
    std::string whole(first);
    while (at_ < lines_.size() && lines_[at_].indent > indent) whole.append(" ").append(lines_[at_++].text);
    return scalar_of(line, whole);
  }

  YamlEntry entry() {
    const Line& line = lines_[at_];
    auto [key, value] = key_and_value();
    YamlEntry entry;
    entry.key = std::move(key);
    if (!value.empty()) {
      if (value == "{}") {
        entry.kind = YamlEntry::Kind::mapping;
      } else if (value == "[]") {
        entry.kind = YamlEntry::Kind::sequence;
      } else {
        entry.scalar = folded(value, line.indent);
      }
      return entry;
    }
    if (at_ >= lines_.size()) return entry;
    const std::size_t indent = lines_[at_].indent;
    if (lines_[at_].text.starts_with("- ") && indent >= line.indent) {
      entry.kind = YamlEntry::Kind::sequence;
      while (at_ < lines_.size() && lines_[at_].indent == indent && lines_[at_].text.starts_with("- ")) {
        const Line& item = lines_[at_++];
        entry.sequence.push_back(folded(item.text.substr(2), item.indent).value_or(""));
      }
      return entry;
    }
    if (indent <= line.indent) return entry;
    entry.kind = YamlEntry::Kind::mapping;
    while (at_ < lines_.size() && lines_[at_].indent == indent) {
      auto [name, inner] = key_and_value();
      entry.mapping.emplace_back(std::move(name), inner.empty() ? std::nullopt : folded(inner, indent));
    }
    return entry;
  }

  std::vector<Line> lines_;
  std::size_t at_ = 0;
};

}  // namespace

tl::expected<std::vector<YamlEntry>, std::string> parse_yaml(std::string_view text) {
  try {
    return Reader(text).document();
  } catch (const Bad& bad) {
    return tl::unexpected(bad.why);
  }
}

}  // namespace chronofault::elastic_job
