// A recorded schedule as the port has it: JSON to tables, statements and levels, and answers back to JSON. Strings of
// the trace are named by views, so it must outlive what is made of it.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <ports/database.hpp>
#include <sim/database/engine.hpp>

namespace chronofault::verify::database {

using nlohmann::json;

std::vector<TableSpec> tables_of(const json& trace);
std::vector<InitialRow> rows_of(const json& trace);
db::Isolation level_of(const json& step);
/// Of select, insert, update, upsert or delete. Throws Misfit.
db::Statement statement_of(const json& trace, const json& step);

/// As the recording writes the result of this step.
json to_json(const sim::Answer& answer, const json& trace, const json& step);
/// The committed rows of all tables, sorted.
json final_of(const sim::DatabaseStorage& storage, const json& trace);

}  // namespace chronofault::verify::database
