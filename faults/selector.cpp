#include <algorithm>
#include <array>
#include <utility>

#include <faults/selector.hpp>

namespace chronofault::faults {
namespace {

constexpr std::array<std::pair<Selector::Kind, std::string_view>, 14> keys = {{
    {Selector::Kind::host, "host"},
    {Selector::Kind::process, "process"},
    {Selector::Kind::zone, "zone"},
    {Selector::Kind::role, "role"},
    {Selector::Kind::app, "app"},
    {Selector::Kind::pool, "pool"},
    {Selector::Kind::message, "message"},
    {Selector::Kind::table, "table"},
    {Selector::Kind::database, "database"},
    {Selector::Kind::zookeeper, "zookeeper"},
    {Selector::Kind::one_of, "one_of"},
    {Selector::Kind::all, "all"},
    {Selector::Kind::any_two_of, "any_two_of"},
    {Selector::Kind::name, ""},
}};

bool all_static(const std::vector<Selector>& parts) {
  return std::all_of(parts.begin(), parts.end(), [](const Selector& s) { return s.is_static(); });
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string list_text(const std::vector<Selector>& parts) {
  std::string text;
  for (const Selector& part : parts) {
    if (!text.empty()) text += ", ";
    text += to_string(part);
  }
  return "[" + text + "]";
}

}  // namespace

std::string_view key_of(Selector::Kind kind) {
  for (const auto& [k, key] : keys) {
    if (k == kind) return key;
  }
  return "";
}

bool operator==(const MessageMatch& a, const MessageMatch& b) {
  return a.kind == b.kind && a.reply == b.reply && a.from == b.from && a.to == b.to;
}

bool operator==(const Selector& a, const Selector& b) {
  return a.kind == b.kind && a.key == b.key && a.text == b.text && a.parts == b.parts && a.message == b.message &&
         a.nth == b.nth;
}

bool Selector::is_static() const {
  switch (kind) {
    case Kind::name:
    case Kind::host:
    case Kind::process:
    case Kind::zone:
    case Kind::role:
    case Kind::app:
    case Kind::table:
      return true;
    case Kind::message:
      return all_static(message.from) && all_static(message.to);
    case Kind::database:
    case Kind::zookeeper:
      return is_number(text);
    case Kind::system:
      return false;
    case Kind::pool:
    case Kind::one_of:
    case Kind::all:
    case Kind::any_two_of:
      return all_static(parts);
  }
  return false;
}

std::string quoted(std::string_view text) {
  const bool plain_start = !text.empty() && (std::isalpha(static_cast<unsigned char>(text[0])) || text[0] == '_');
  bool plain = plain_start;
  for (const char c : text) {
    plain = plain && (std::isalnum(static_cast<unsigned char>(c)) ||
                      std::string_view("_-./+%").find(c) != std::string_view::npos);
  }
  static constexpr std::array<std::string_view, 22> reserved = {
      "true", "True", "TRUE", "false", "False", "FALSE", "null", "Null", "NULL", "yes", "Yes",
      "YES",  "no",   "No",   "NO",    "on",    "On",    "ON",   "off",  "Off",  "OFF", "y"};
  if (plain && std::find(reserved.begin(), reserved.end(), text) == reserved.end() && text != "n") {
    return std::string(text);
  }
  static constexpr std::string_view hex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += hex[byte >> 4];
      out += hex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string to_string(const MessageMatch& match) {
  std::string text = match.kind.empty() ? "" : "kind: " + quoted(match.kind_text());
  const auto add = [&text](std::string_view key, const std::vector<Selector>& whom) {
    if (whom.empty()) return;
    if (!text.empty()) text += ", ";
    text += std::string(key) + ": " + to_string(whom.front());
  };
  add("from", match.from);
  add("to", match.to);
  return text;
}

std::string to_string(const Selector& selector) {
  using Kind = Selector::Kind;
  const std::string key(key_of(selector.kind));
  switch (selector.kind) {
    case Kind::name:
      return quoted(selector.text);
    case Kind::system:
      return "{" + quoted(selector.key) + ": " + quoted(selector.text) + "}";
    case Kind::database:
    case Kind::zookeeper:
      return "{" + key + ": " + (is_number(selector.text) ? selector.text : quoted(selector.text)) + "}";
    case Kind::pool:
      return "{pool: {process: " + to_string(selector.parts.front()) + ", name: " + quoted(selector.text) + "}}";
    case Kind::message: {
      std::string inner = to_string(selector.message);
      if (selector.nth > 0) inner += std::string(inner.empty() ? "" : ", ") + "nth: " + std::to_string(selector.nth);
      return "{message: {" + inner + "}}";
    }
    case Kind::one_of:
    case Kind::all:
    case Kind::any_two_of:
      return "{" + key + ": " + list_text(selector.parts) + "}";
    default:
      return "{" + key + ": " + quoted(selector.text) + "}";
  }
}

}  // namespace chronofault::faults
