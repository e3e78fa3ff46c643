#include "database_trace.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

namespace chronofault::verify::database {
namespace {

std::string_view text_of(const json& value) { return value.get_ref<const std::string&>(); }

Value value_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  throw BadTrace{"a value is neither a number nor a text: " + value.dump()};
}

db::Values values_of(const json& values) {
  db::Values all;
  for (const json& value : values) all.push_back(value_of(value));
  return all;
}

json to_json(const Value& value) {
  if (const std::int64_t* number = std::get_if<std::int64_t>(&value)) return *number;
  return std::get<std::string>(value);
}

json to_json(const std::vector<db::Row>& rows) {
  std::vector<json> all;
  for (const db::Row& row : rows) {
    json& values = all.emplace_back(json::array());
    for (const Value& value : row.values()) values.push_back(to_json(value));
  }
  std::sort(all.begin(), all.end());
  return all;
}

const json& table_of(const json& trace, const json& step) {
  for (const json& table : trace.at("tables")) {
    if (table.at("name") == step.at("t")) return table;
  }
  throw BadTrace{"no such table: " + step.at("t").dump()};
}

db::Test test_of(const json& condition) {
  using Kind = db::Test::Kind;
  static const std::vector<std::pair<std::string_view, Kind>> kinds = {
      {"=", Kind::eq}, {"<>", Kind::ne}, {"<", Kind::lt},    {"<=", Kind::le},
      {">", Kind::gt}, {">=", Kind::ge}, {"%", Kind::modulo}};
  for (const auto& [name, kind] : kinds) {
    if (condition.at(1) != name) continue;
    db::Values values;
    for (std::size_t i = 2; i < condition.size(); ++i) values.push_back(value_of(condition.at(i)));
    return {kind, text_of(condition.at(0)), std::move(values)};
  }
  throw BadTrace{"no such comparison: " + condition.dump()};
}

db::Where where_of(const json& step) {
  db::Where where;
  if (!step.contains("where")) return where;
  const json& from = step.at("where");
  where.via = text_of(from.at("via"));
  if (from.contains("eq")) where.eq = values_of(from.at("eq"));
  if (from.contains("in")) where.in = values_of(from.at("in"));
  for (const char* bound : {"gt", "ge"}) {
    if (from.contains(bound)) where.low.emplace(value_of(from.at(bound)), bound == std::string_view("ge"));
  }
  for (const char* bound : {"lt", "le"}) {
    if (from.contains(bound)) where.high.emplace(value_of(from.at(bound)), bound == std::string_view("le"));
  }
  if (from.contains("and")) {
    std::vector<db::Test> all;
    for (const json& condition : from.at("and")) all.push_back(test_of(condition));
    where.residual = db::Test(db::Test::Kind::all_of, std::move(all));
  }
  return where;
}

db::Assignments set_of(const json& step) {
  db::Assignments all;
  for (const auto& [column, value] : step.at("set").items()) {
    if (value.is_array()) {
      all.push_back(db::Assignment::add(column, value.at(1).get<std::int64_t>()));
    } else {
      all.emplace_back(column, value_of(value));
    }
  }
  return all;
}

db::Insert insert_of(const json& step) {
  db::Insert insert(text_of(step.at("t")));
  for (const auto& [column, value] : step.at("row").items()) {
    insert.columns.push_back(column);
    insert.values.push_back(value_of(value));
  }
  return insert;
}

std::string_view unique_index_of(const json& table, const json& columns) {
  if (table.at("pk") == columns) return "pk";
  for (const json& index : table.at("idx")) {
    if (index.at(1) == columns) return text_of(index.at(0));
  }
  throw BadTrace{"no index on " + columns.dump()};
}

}  // namespace

namespace {

/// Names of columns that are among the table's.
std::vector<std::string> columns_of(const json& table, const json& names) {
  std::vector<std::string> all;
  for (const json& name : names) {
    const auto is_it = [&](const json& column) { return column.at(0) == name; };
    if (!std::any_of(table.at("cols").begin(), table.at("cols").end(), is_it)) {
      throw BadTrace{"no such column: " + name.dump()};
    }
    all.push_back(name.get<std::string>());
  }
  return all;
}

ColumnType type_of(const json& type) {
  if (type == "int") return ColumnType::integer;
  if (type == "str") return ColumnType::text;
  throw BadTrace{"no such type: " + type.dump()};
}

/// Each row has a value of the right kind per column, and no two have the same unique key.
void check_rows(const json& table) {
  const json& columns = table.at("cols");
  const auto check_unique = [&](const json& key) {
    std::set<json> seen;
    for (const json& row : table.at("rows")) {
      json values = json::array();
      for (std::size_t i = 0; i < columns.size(); ++i) {
        if (std::find(key.begin(), key.end(), columns.at(i).at(0)) != key.end()) values.push_back(row.at(i));
      }
      if (!seen.insert(values).second) throw BadTrace{"two rows of the key " + values.dump()};
    }
  };
  for (const json& row : table.at("rows")) {
    bool fits = row.size() == columns.size();
    for (std::size_t i = 0; fits && i < columns.size(); ++i) {
      fits =
          type_of(columns.at(i).at(1)) == ColumnType::integer ? row.at(i).is_number_integer() : row.at(i).is_string();
    }
    if (!fits) throw BadTrace{"a row that does not fit its table: " + row.dump()};
  }
  check_unique(table.at("pk"));
  for (const json& index : table.at("idx")) {
    if (index.at(2).get<bool>()) check_unique(index.at(1));
  }
}

}  // namespace

std::vector<TableSpec> tables_of(const json& trace) {
  std::vector<TableSpec> all;
  for (const json& table : trace.at("tables")) {
    TableSpec spec(table.at("name").get<std::string>());
    for (const TableSpec& other : all) {
      if (other.name == spec.name) throw BadTrace{"two tables " + table.at("name").dump()};
    }
    for (const json& column : table.at("cols")) {
      spec.columns.emplace_back(column.at(0).get<std::string>(), type_of(column.at(1)));
      ColumnSpec& added = spec.columns.back();
      added.generated = table.contains("auto") && table.at("auto") == column.at(0);
      if (added.generated && added.type != ColumnType::integer) throw BadTrace{"a generated text: " + column.dump()};
    }
    spec.primary_key = columns_of(table, table.at("pk"));
    if (spec.primary_key.empty()) throw BadTrace{"no primary key: " + table.at("name").dump()};
    for (const json& index : table.at("idx")) {
      spec.indexes.emplace_back(index.at(0).get<std::string>(), columns_of(table, index.at(1)),
                                index.at(2).get<bool>());
    }
    check_rows(table);
    all.push_back(std::move(spec));
  }
  return all;
}

std::vector<InitialRow> rows_of(const json& trace) {
  std::vector<InitialRow> all;
  for (const json& table : trace.at("tables")) {
    for (const json& row : table.at("rows")) {
      std::map<std::string, Value> values;
      for (std::size_t i = 0; i < row.size(); ++i) {
        values.emplace(table.at("cols").at(i).at(0).get<std::string>(), value_of(row.at(i)));
      }
      all.emplace_back(table.at("name").get<std::string>(), std::move(values));
    }
  }
  return all;
}

db::Isolation level_of(const json& step) {
  const std::string_view level = text_of(step.at("level"));
  if (level == "RU") return db::Isolation::read_uncommitted;
  if (level == "RC") return db::Isolation::read_committed;
  if (level == "RR") return db::Isolation::repeatable_read;
  if (level == "SER") return db::Isolation::serializable;
  throw BadTrace{"no such level: " + std::string(level)};
}

namespace {

db::Lock lock_of(const json& lock) {
  if (lock == "share") return db::Lock::share;
  if (lock == "update") return db::Lock::update;
  throw BadTrace{"no such lock: " + lock.dump()};
}

db::Wait wait_of(const json& wait) {
  if (wait == "skip") return db::Wait::skip_locked;
  if (wait == "nowait") return db::Wait::no_wait;
  throw BadTrace{"no such wait: " + wait.dump()};
}

}  // namespace

db::Statement statement_of(const json& trace, const json& step) {
  const std::string_view op = text_of(step.at("op"));
  static constexpr std::array<std::string_view, 5> known{"insert", "update", "delete", "upsert", "select"};
  if (std::find(known.begin(), known.end(), op) == known.end()) {
    throw BadTrace{"no such operation: " + std::string(op)};
  }
  const json& table = table_of(trace, step);
  const std::string_view name = text_of(table.at("name"));
  if (op == "insert") return insert_of(step);
  if (op == "update") return db::Update(name, where_of(step), set_of(step));
  if (op == "delete") return db::Delete(name, where_of(step));
  if (op == "upsert") return db::Upsert(insert_of(step), unique_index_of(table, step.at("on")), set_of(step));
  db::Select select(name, where_of(step));
  if (step.contains("lock")) select.lock = lock_of(step.at("lock"));
  if (step.contains("wait")) select.wait = wait_of(step.at("wait"));
  if (step.contains("limit")) select.limit = step.at("limit").get<std::size_t>();
  return select;
}

json to_json(const sim::Answer& answer, const json& trace, const json& step) {
  if (answer.error != db::ErrorClass::none) return {{"err", db::name_of(answer.error)}};
  if (step.at("op") == "select") return {{"rows", to_json(answer.result.rows)}};
  json result = {{"n", answer.result.count}};
  const json& table = table_of(trace, step);
  if (step.at("op") == "insert" && table.contains("auto") && answer.result.generated_id) {
    result["id"] = *answer.result.generated_id;
  }
  return result;
}

json final_of(const sim::DatabaseStorage& storage, const json& trace) {
  json all = json::object();
  for (const json& table : trace.at("tables")) {
    all[table.at("name").get<std::string>()] = to_json(storage.committed(text_of(table.at("name"))));
  }
  return all;
}

}  // namespace chronofault::verify::database
