#include "json_text.hpp"

#include <fmt/format.h>

#include <ports/time_zone.hpp>

namespace chronofault::reports {

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string json_instant(WallTime t) {
  std::string text = to_string(t, utc(), true);
  text[10] = 'T';
  return "\"" + text + "Z\"";
}

}  // namespace chronofault::reports
