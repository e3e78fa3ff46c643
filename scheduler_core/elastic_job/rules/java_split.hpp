// java.lang.String as upstream's parsers use it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace chronofault::elastic_job {

/// split(): at each delimiter; empty texts at the end are dropped, and a text without a delimiter stays whole.
std::vector<std::string> java_split(std::string_view text, std::string_view delimiter);
/// trim(): characters up to the blank go at both ends.
std::string java_trim(std::string_view text);

}  // namespace chronofault::elastic_job
