#include "until.hpp"

#include <limits>

#include <fmt/format.h>

namespace chronofault::cli {

tl::expected<void, std::string> read_until(const std::string& text, const scenarios::Plan& plan,
                                           scenarios::RunOptions& options) {
  if (!text.empty() && text.find_first_not_of("0123456789") == std::string::npos) {
    options.stop_at_step = scenarios::parse_whole(text).value_or(std::numeric_limits<std::uint64_t>::max());
    if (options.stop_at_step == 0) return tl::make_unexpected(std::string("--until 0: steps count from 1"));
    return {};
  }
  const auto at = scenarios::instant_in(plan, text);
  if (!at) {
    return tl::make_unexpected(fmt::format(
        "--until '{}' is neither a step nor an instant; expected 5000, 04:00:13, 2022-02-25T04:00:13 or +90s", text));
  }
  if (*at <= plan.start) {
    return tl::make_unexpected(
        fmt::format("--until '{}' is not after the start, {}", text, faults::to_string(plan.start, plan.utc_offset)));
  }
  options.stop_at = *at;
  return {};
}

}  // namespace chronofault::cli
