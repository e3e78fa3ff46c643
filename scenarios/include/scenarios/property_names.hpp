// The properties that an expectation may name, as the format writes them (docs/properties.md says what each means).
#pragma once

#include <string>
#include <vector>

namespace chronofault::scenarios {

/// "no-lost-run" ... "settles", in the order of the documentation.
const std::vector<std::string>& property_names();

}  // namespace chronofault::scenarios
