// The column `wf_context` and other flat string maps: {"taskId": "1999"} (powerjob 7.8.2, 7.8.6).
#pragma once

#include <map>
#include <optional>
#include <string>

namespace chronofault::powerjob {

using StringMap = std::map<std::string, std::string>;

/// A flat JSON object of strings, keys in order.
std::string to_json(const StringMap& map);
/// None: not a JSON object of scalars. Numbers and booleans become their text.
std::optional<StringMap> parse_string_map(const std::string& json);

/// 7.8.6: the context with all entries of `added` put into it.
std::string merged_context(const std::string& context, const StringMap& added);

}  // namespace chronofault::powerjob
