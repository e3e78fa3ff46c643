// Text as Java counts it: UTF-16 code units. Offsets in upstream's messages and the order of keys depend on it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace chronofault::triggers {

/// A byte that is no UTF-8 becomes U+FFFD.
std::u16string to_utf16(std::string_view utf8);
/// A surrogate without its partner becomes '?', as Java prints it.
std::string to_utf8(std::u16string_view text);
/// The byte of `utf8` at which its code unit `index` begins; its size if there are fewer.
std::size_t byte_of_unit(std::string_view utf8, std::size_t index);

/// String.toUpperCase(Locale.US) for Latin, Greek and Cyrillic letters that have one capital.
char16_t to_upper(char16_t c);
/// Character.digit(c, 10); -1: no digit. Java's parseInt takes the digits of every script.
int digit_value(char16_t c);

}  // namespace chronofault::triggers
