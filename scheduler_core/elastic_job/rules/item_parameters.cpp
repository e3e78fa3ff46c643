#include <charconv>

#include <elastic_job/errors.hpp>
#include <elastic_job/rules/item_parameters.hpp>

#include "java_split.hpp"

namespace chronofault::elastic_job {

int parse_java_int(std::string_view text) {
  std::string_view digits = text;
  if (digits.size() > 1 && digits.front() == '+') digits.remove_prefix(1);
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  // from_chars takes a minus sign, as parseInt does, but would take one behind a plus.
  const bool whole = error == std::errc() && end == digits.data() + digits.size() &&
                     (digits.size() == text.size() || digits.front() != '-');
  if (!whole) throw JavaError("NumberFormatException", "For input string: \"" + std::string(text) + "\"");
  return value;
}

// spec: elasticjob 6.1
std::map<int, std::string> parse_item_parameters(const std::string& text) {
  std::map<int, std::string> result;
  if (text.empty()) return result;
  for (const std::string& each : java_split(text, ",")) {
    const std::vector<std::string> pair = java_split(java_trim(each), "=");
    if (pair.size() != 2) {
      throw JobConfigurationError("Sharding item parameters '" + text + "' format error, should be int=xx,int=xx");
    }
    int item = 0;
    try {
      item = parse_java_int(java_trim(pair[0]));
    } catch (const JavaError&) {
      throw JobConfigurationError("Sharding item parameters key '" + pair[0] + "' is not an integer.");
    }
    result.insert_or_assign(item, java_trim(pair[1]));
  }
  return result;
}

}  // namespace chronofault::elastic_job
