// Settings as a system declares them (SystemInfo), one line each: key, default, bounds, meaning.
#pragma once

#include <ports/system.hpp>

namespace chronofault::setting {

/// Without bounds or choices. Null: no default.
Setting of(const char* key, SettingType type, Value standard, const char* meaning);
Setting flag(const char* key, bool standard, const char* meaning);
Setting whole(const char* key, std::int64_t standard, std::int64_t low, std::int64_t high, const char* meaning);
/// None: no default.
Setting span(const char* key, std::optional<Duration> standard, Duration low, Duration high, const char* meaning);
/// Free text; none: no default.
Setting text(const char* key, std::optional<std::string> standard, const char* meaning);
/// The first choice is the default.
Setting choice(const char* key, std::vector<std::string> choices, const char* meaning);
/// The same without a default.
Setting one_of(const char* key, std::vector<std::string> choices, const char* meaning);

}  // namespace chronofault::setting
