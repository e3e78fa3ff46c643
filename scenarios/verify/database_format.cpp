#include "database_format.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "trace_json.hpp"

namespace chronofault::verify::database {

using nlohmann::json;

namespace {

constexpr std::int64_t sessions_max = 1'000;
constexpr std::int64_t sleep_max_ms = 24 * 60 * 60 * 1'000;

void check_columns(const json& table, const json& names) {
  if (!names.is_array() || names.empty()) throw Misfit("not a list of columns: " + names.dump());
  for (const json& name : names) check_column(table, name.get<std::string>());
}

void check_unique(const json& table, const json& key_columns) {
  const json& columns = table.at("cols");
  std::set<json> keys;
  for (const json& row : table.at("rows")) {
    json key = json::array();
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (std::find(key_columns.begin(), key_columns.end(), columns[i].at(0)) != key_columns.end()) {
        key.push_back(row[i]);
      }
    }
    if (!keys.insert(key).second) throw Misfit("two rows have the key " + key.dump());
  }
}

void check_rows(const json& table) {
  const json& columns = table.at("cols");
  for (const json& row : need_list(table, "rows")) {
    if (!row.is_array() || row.size() != columns.size()) throw Misfit("not a row of the table: " + row.dump());
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool number = columns[i].at(1) == "int";
      if (number ? !row[i].is_number_integer() : !row[i].is_string()) {
        throw Misfit(fmt::format("{} cannot be in column '{}'", row[i].dump(), columns[i].at(0).get<std::string>()));
      }
    }
  }
  check_unique(table, table.at("pk"));
  for (const json& index : table.at("idx")) {
    if (index.at(2).get<bool>()) check_unique(table, index.at(1));
  }
}

void check_table(const json& table) {
  static const std::map<std::string, bool> types{{"int", true}, {"str", true}};
  std::set<std::string> names;
  for (const json& column : need_list(table, "cols")) {
    if (!names.insert(column.at(0).get<std::string>()).second) throw Misfit("two columns have one name");
    named(types, column.at(1).get<std::string>(), "type");
  }
  check_columns(table, need(table, "pk"));
  if (table.contains("auto")) {
    const std::string generated = need_text(table, "auto");
    check_column(table, generated);
    for (const json& column : table.at("cols")) {
      if (column.at(0) == generated && column.at(1) != "int") throw Misfit("a generated text: " + column.dump());
    }
  }
  for (const json& index : need_list(table, "idx")) {
    index.at(0).get_ref<const std::string&>();
    check_columns(table, index.at(1));
    index.at(2).get<bool>();
  }
  check_rows(table);
}

void check_step(const json& step, std::int64_t sessions) {
  need_integer(step, "s", 0, sessions);
  if (need_text(step, "op") == "sleep") need_integer(step, "ms", 0, sleep_max_ms);
  need_object(step, "res");
  if (step.contains("woke")) need_list(step, "woke");
}

}  // namespace

void check_column(const json& table, const std::string& name) {
  std::map<std::string, bool> columns;
  for (const json& column : table.at("cols")) columns.emplace(column.at(0).get<std::string>(), true);
  named(columns, name, "column");
}

void check_format(const json& trace) {
  trace_id(trace);
  need_text(trace, "family");
  need_object(trace, "final");
  static const std::map<std::string, bool> purges{{"pinned", true}, {"settled", true}};
  if (trace.contains("purge")) named(purges, need_text(trace, "purge"), "purge");
  std::set<std::string> tables;
  for (const json& table : need_list(trace, "tables")) {
    const std::string name = need_text(table, "name");
    if (!tables.insert(name).second) throw Misfit("two tables are called '" + name + "'");
    try {
      check_table(table);
    } catch (const std::exception& error) {
      throw Misfit(fmt::format("table '{}': {}", name, plain_text(error)));
    }
  }
  const std::int64_t sessions = need_integer(trace, "sessions", 1, sessions_max);
  const json& steps = trace_steps(trace);
  for (std::size_t i = 0; i < steps.size(); ++i) in_step(i + 1, [&] { check_step(steps[i], sessions); });
}

}  // namespace chronofault::verify::database
