#include "property.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <unordered_map>

#include <catch2/catch.hpp>
#include <rapidcheck/detail/TestListenerAdapter.h>

namespace support {
namespace {

constexpr std::uint64_t default_seed = 20220224;
constexpr std::uint64_t default_cases = 100;

std::uint64_t number_from_environment(const char* name, std::uint64_t fallback) {
  const char* const value = std::getenv(name);
  if (value == nullptr || *value == '\0') return fallback;
  const std::string_view text = value;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    throw std::invalid_argument(std::string(name) + " is not a whole number: " + value);
  }
  return number;
}

// Empty: it holds.
std::string report_of(const std::string& name, const rc::detail::Property& property,
                      const rc::detail::TestParams& params) {
  rc::detail::TestMetadata metadata;
  metadata.id = name;
  metadata.description = name;
  // RapidCheck's own listener and reproduce map come from its environment variable and a random seed.
  rc::detail::TestListenerAdapter listener;
  const std::unordered_map<std::string, rc::detail::Reproduce> reproduce_nothing;
  const auto result = rc::detail::checkProperty(property, metadata, params, listener, reproduce_nothing);
  if (result.is<rc::detail::SuccessResult>()) return {};
  std::ostringstream report;
  rc::detail::printResultMessage(result, report);
  return report.str();
}

}  // namespace

int property_cases(const PropertyOptions& options) {
  const std::uint64_t cases = number_from_environment("CHRONOFAULT_CASES", default_cases);
  const std::uint64_t scaled = cases * static_cast<std::uint64_t>(options.cases_percent) / 100;
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<int>::max());
  return static_cast<int>(std::clamp<std::uint64_t>(scaled, 1, most));
}

std::uint64_t property_seed() { return number_from_environment("CHRONOFAULT_SEED", default_seed); }

std::string first_failure(const rc::detail::Property& property, int cases) {
  rc::detail::TestParams params;
  params.seed = property_seed();
  params.maxSuccess = cases;
  params.disableShrinking = true;
  return report_of("first failure", property, params);
}

void check_property(const std::string& name, const rc::detail::Property& property, const PropertyOptions& options) {
  rc::detail::TestParams params;
  params.seed = property_seed();
  params.maxSuccess = property_cases(options);
  params.maxSize = options.size_max;
  const std::string report = report_of(name, property, params);
  if (report.empty()) {
    SUCCEED(name);
    return;
  }
  FAIL("property: " << name << '\n'
                    << report << "\nagain: CHRONOFAULT_SEED=" << params.seed
                    << " CHRONOFAULT_CASES=" << property_cases());
}

}  // namespace support
