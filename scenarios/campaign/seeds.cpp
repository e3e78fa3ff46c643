#include <fmt/format.h>

#include <scenarios/campaign.hpp>

namespace chronofault::scenarios {

tl::expected<SeedRange, std::string> parse_seeds(std::string_view text) {
  SeedRange range;
  const std::size_t dots = text.find("..");
  const bool both = dots != std::string_view::npos;
  const auto first = both ? parse_whole(text.substr(0, dots)) : range.first;
  const auto last = parse_whole(both ? text.substr(dots + 2) : text);
  if (!first || !last) return tl::make_unexpected(fmt::format("'{}' is no range of seeds; expected N or A..B", text));
  range.first = *first;
  range.last = *last;
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
