#include <coordination/java_hash_map.hpp>

namespace chronofault::curator {

std::int32_t java_hash(std::string_view text) noexcept {
  std::uint32_t hash = 0;
  const auto add = [&](char32_t unit) { hash = 31 * hash + unit; };
  for (std::size_t at = 0; at < text.size();) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 1;
    char32_t character = length == 1 ? first : first & (0xffu >> (length + 1));
    for (std::size_t i = 1; i < length && at + i < text.size(); ++i) {
      character = (character << 6) | (static_cast<unsigned char>(text[at + i]) & 0x3fu);
    }
    at += length;
    if (character < 0x10000) {
      add(character);
    } else {
      add(0xd800 + ((character - 0x10000) >> 10));
      add(0xdc00 + ((character - 0x10000) & 0x3ff));
    }
  }
  return static_cast<std::int32_t>(hash);
}

}  // namespace chronofault::curator
