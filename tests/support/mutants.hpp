// A check finds a seeded defect (ports/mutant.hpp) if it fails with it and holds without it in the very same cases.
#pragma once

#include <string>

#include <catch2/catch.hpp>

#include <ports/mutant.hpp>
#include <support/property.hpp>

namespace support {

class MutantInForce {
 public:
  explicit MutantInForce(std::string_view name) { chronofault::mutant_in_force = name; }
  MutantInForce(const MutantInForce&) = delete;
  MutantInForce& operator=(const MutantInForce&) = delete;
  ~MutantInForce() { chronofault::mutant_in_force = {}; }
};

/// The check is a property without parameters; one of `cases_max` cases must find the defect. `saying`: part of what it
/// reports then.
template <typename Check>
void check_finds(std::string_view mutant, const Check& check, int cases_max, const std::string& saying) {
  int cases = 0;
  const auto counted = [&] {
    ++cases;
    check();
  };
  std::string report;
  {
    const MutantInForce in_force(mutant);
    report = first_failure(counted, cases_max);
  }
  INFO("mutant " << mutant << ", after " << cases << " cases");
  CHECK_THAT(report, Catch::Contains(saying));
  const auto again = [&] {
    if (cases-- > 0) check();
  };
  CHECK(first_failure(again, cases_max) == "");
}

}  // namespace support
