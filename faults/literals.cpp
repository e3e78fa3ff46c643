#include <array>
#include <string_view>

#include <fmt/format.h>

#include <faults/literals.hpp>

namespace chronofault::faults {

std::string decimal_text(std::int64_t n, int digits) {
  std::int64_t scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  const std::int64_t size = n < 0 ? -n : n;
  std::string text = fmt::format("{}{}", n < 0 ? "-" : "", size / scale);
  if (size % scale == 0) return text;
  std::string rest = fmt::format(".{:0{}}", size % scale, digits);
  while (rest.back() == '0') rest.pop_back();
  return text + rest;
}

std::string bytes_text(std::int64_t bytes) {
  static constexpr std::array<std::string_view, 5> units = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (unit < 4 && bytes != 0 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{}{}", bytes, units[unit]);
}

}  // namespace chronofault::faults
