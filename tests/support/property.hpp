// Property-based tests: RapidCheck inside a Catch2 test case.
//
//   TEST_CASE("a queue gives back what it was given") {
//     support::check_property("in order", [](const std::vector<int>& values) {
//       RC_ASSERT(drained(values) == values);
//     });
//   }
//
// Two environment variables: CHRONOFAULT_CASES is the number of cases (default 100), CHRONOFAULT_SEED where they
// are drawn from (default fixed: the same cases on every machine). Inside a property use RC_ASSERT and RC_FAIL: a
// REQUIRE there would count each failing case of the shrinking as a failure of its own.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include <rapidcheck.h>

namespace support {

struct PropertyOptions {
  int cases_percent = 100;  // of CHRONOFAULT_CASES, at least one case: for properties that cost much
  int size_max = 100;       // RapidCheck's size: the last cases are the largest
};

int property_cases(const PropertyOptions& options = {});
std::uint64_t property_seed();

// RapidCheck's report of the first case that fails, as it was drawn; empty: the property holds in all of them.
std::string first_failure(const rc::detail::Property& property, int cases);

template <typename Testable>
  requires(!std::same_as<std::remove_cvref_t<Testable>, rc::detail::Property>)
std::string first_failure(Testable&& testable, int cases) {
  return first_failure(rc::detail::toProperty(std::forward<Testable>(testable)), cases);
}

// Fails the running test case (and ends it) with RapidCheck's report if the property does not hold.
void check_property(const std::string& name, const rc::detail::Property& property, const PropertyOptions& options = {});

template <typename Testable>
  requires(!std::same_as<std::remove_cvref_t<Testable>, rc::detail::Property>)
void check_property(const std::string& name, Testable&& testable, const PropertyOptions& options = {}) {
  check_property(name, rc::detail::toProperty(std::forward<Testable>(testable)), options);
}

}  // namespace support
