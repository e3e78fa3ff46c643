#include "utf16.hpp"

#include <array>
#include <cstdint>

namespace chronofault::triggers {
namespace {

struct Decoded {
  char32_t code = 0xFFFD;
  std::size_t bytes = 1;
};

Decoded decode(std::string_view utf8, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(utf8[i]); };
  const std::uint8_t lead = byte(at);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + length > utf8.size()) return {};
  char32_t code = static_cast<char32_t>(lead & (0x7F >> length));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) return {};
    code = code << 6 | static_cast<char32_t>(byte(at + i) & 0x3F);
  }
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  if (code < least[length] || code > 0x10FFFF || surrogate) return {};
  return {code, length};
}

bool is_high(char16_t c) { return c >= 0xD800 && c < 0xDC00; }
bool is_low(char16_t c) { return c >= 0xDC00 && c < 0xE000; }

}  // namespace

std::u16string to_utf16(std::string_view utf8) {
  std::u16string text;
  for (std::size_t at = 0; at < utf8.size();) {
    const Decoded decoded = decode(utf8, at);
    at += decoded.bytes;
    if (decoded.code < 0x10000) {
      text += static_cast<char16_t>(decoded.code);
    } else {
      text += static_cast<char16_t>(0xD7C0 + (decoded.code >> 10));
      text += static_cast<char16_t>(0xDC00 + (decoded.code & 0x3FF));
    }
  }
  return text;
}

std::string to_utf8(std::u16string_view text) {
  std::string utf8;
  const auto put = [&](char32_t bits) { utf8 += static_cast<char>(bits); };
  for (std::size_t i = 0; i < text.size(); ++i) {
    char32_t code = text[i];
    if (is_high(text[i]) && i + 1 < text.size() && is_low(text[i + 1])) {
      code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<char32_t>(text[++i]) - 0xDC00);
    } else if (is_high(text[i]) || is_low(text[i])) {
      code = U'?';
    }
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xC0 | code >> 6);
      put(0x80 | (code & 0x3F));
    } else {
      put(code < 0x10000 ? 0xE0 | code >> 12 : 0xF0 | code >> 18);
      if (code >= 0x10000) put(0x80 | (code >> 12 & 0x3F));
      put(0x80 | (code >> 6 & 0x3F));
      put(0x80 | (code & 0x3F));
    }
  }
  return utf8;
}

std::size_t byte_of_unit(std::string_view utf8, std::size_t index) {
  std::size_t at = 0;
  for (std::size_t unit = 0; unit < index && at < utf8.size();) {
    const Decoded decoded = decode(utf8, at);
    at += decoded.bytes;
    unit += decoded.code < 0x10000 ? 1 : 2;
  }
  return at;
}

char16_t to_upper(char16_t c) {
  const auto shifted = [c](int by) { return static_cast<char16_t>(c + by); };
  if (c >= u'a' && c <= u'z') return shifted(-32);
  if (c < 0x80) return c;
  if (c == 0xB5) return 0x39C;
  if (c == 0xFF) return 0x178;
  if (c == 0x131) return u'I';
  if (c == 0x17F) return u'S';
  if (c >= 0xE0 && c <= 0xFE && c != 0xF7) return shifted(-32);
  if (c == 0x3C2) return 0x3A3;
  if (c >= 0x3B1 && c <= 0x3C9) return shifted(-32);
  if (c >= 0x430 && c <= 0x44F) return shifted(-32);
  if (c >= 0x450 && c <= 0x45F) return shifted(-80);
  return c;
}

int digit_value(char16_t c) {
  // The zeros of the decimal digits outside ASCII (Unicode category Nd, basic plane).
  constexpr std::array<char16_t, 36> zeros{0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6,
                                           0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090,
                                           0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
                                           0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10};
  if (c >= u'0' && c <= u'9') return c - u'0';
  for (const char16_t zero : zeros) {
    if (c >= zero && c < zero + 10) return c - zero;
  }
  return -1;
}

}  // namespace chronofault::triggers
