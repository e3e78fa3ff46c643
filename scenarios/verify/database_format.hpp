// The format of a recorded schedule (tests/vectors/database/README.md), as far as it can be told before it is played:
// the engine asserts that tables are sound and that statements name what there is.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace chronofault::verify::database {

/// Throws Misfit or nlohmann::json::exception: id, sessions, tables, or what all steps have.
void check_format(const nlohmann::json& trace);

/// Throws Misfit: the table has no such column.
void check_column(const nlohmann::json& table, const std::string& name);

}  // namespace chronofault::verify::database
