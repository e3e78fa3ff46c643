// shardingItemParameters "0=a,1=b" (elasticjob 6.1).
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace chronofault::elastic_job {

/// Integer.parseInt. Throws JavaError (NumberFormatException).
int parse_java_int(std::string_view text);

/// Empty text: an empty map. Throws JobConfigurationError.
std::map<int, std::string> parse_item_parameters(const std::string& text);

}  // namespace chronofault::elastic_job
