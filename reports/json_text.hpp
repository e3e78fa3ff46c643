// Texts and instants as JSON writes them, for output that is too long to be built as a tree first.
#pragma once

#include <string>
#include <string_view>

#include <ports/time.hpp>

namespace chronofault::reports {

/// In quotes, escaped. Bytes above 0x7f are taken for UTF-8 and stay.
std::string json_text(std::string_view text);
/// "2022-02-24T02:59:08.160000Z" in quotes.
std::string json_instant(WallTime t);

}  // namespace chronofault::reports
