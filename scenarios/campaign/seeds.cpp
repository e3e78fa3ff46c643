#include <charconv>

#include <fmt/format.h>

#include <scenarios/campaign.hpp>

namespace chronofault::scenarios {
namespace {

bool whole(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

tl::expected<SeedRange, std::string> parse_seeds(std::string_view text) {
  SeedRange range;
  const std::size_t dots = text.find("..");
  const bool read = dots == std::string_view::npos
                        ? whole(text, range.last)
                        : whole(text.substr(0, dots), range.first) && whole(text.substr(dots + 2), range.last);
  if (!read) return tl::make_unexpected(fmt::format("'{}' is no range of seeds; expected N or A..B", text));
  if (range.last < range.first) {
    return tl::make_unexpected(fmt::format("'{}' holds no seed; expected A..B with A at most B, or N above 0", text));
  }
  constexpr std::uint64_t most = 100'000'000;
  if (range.last - range.first >= most) {
    return tl::make_unexpected(fmt::format("'{}' holds more than {} seeds", text, most));
  }
  return range;
}

}  // namespace chronofault::scenarios
