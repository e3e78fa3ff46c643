#include "database_trace.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "database_format.hpp"
#include "trace_json.hpp"

namespace chronofault::verify::database {
namespace {

std::string_view text_of(const json& value) { return value.get_ref<const std::string&>(); }

Value value_of(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return value.get<std::int64_t>();
  throw Misfit("a value is neither a number nor a text: " + value.dump());
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
  throw Misfit("no such table: " + step.at("t").dump());
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
  throw Misfit("no such comparison: " + condition.dump());
}

std::string_view path_of(const json& table, const json& from) {
  std::map<std::string, bool> paths{{"pk", true}, {"scan", true}};
  for (const json& index : table.at("idx")) paths.emplace(index.at(0).get<std::string>(), true);
  named(paths, need_text(from, "via"), "access path");
  return text_of(from.at("via"));
}

db::Where where_of(const json& table, const json& step) {
  db::Where where;
  if (!step.contains("where")) return where;
  const json& from = step.at("where");
  where.via = path_of(table, from);
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
    for (const json& condition : from.at("and")) {
      check_column(table, condition.at(0).get<std::string>());
      all.push_back(test_of(condition));
    }
    where.residual = db::Test(db::Test::Kind::all_of, std::move(all));
  }
  return where;
}

db::Assignments set_of(const json& table, const json& step) {
  db::Assignments all;
  for (const auto& [column, value] : need_object(step, "set").items()) {
    check_column(table, column);
    if (value.is_array()) {
      all.push_back(db::Assignment::add(column, value.at(1).get<std::int64_t>()));
    } else {
      all.emplace_back(column, value_of(value));
    }
  }
  return all;
}

db::Insert insert_of(const json& table, const json& step) {
  db::Insert insert(text_of(step.at("t")));
  for (const auto& [column, value] : need_object(step, "row").items()) {
    check_column(table, column);
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
  throw Misfit("no index on " + columns.dump());
}

}  // namespace

std::vector<TableSpec> tables_of(const json& trace) {
  std::vector<TableSpec> all;
  for (const json& table : trace.at("tables")) {
    TableSpec& spec = all.emplace_back(table.at("name").get<std::string>());
    for (const json& column : table.at("cols")) {
      const bool number = column.at(1) == "int";
      spec.columns.emplace_back(column.at(0).get<std::string>(), number ? ColumnType::integer : ColumnType::text);
      spec.columns.back().generated = table.contains("auto") && table.at("auto") == column.at(0);
    }
    spec.primary_key = table.at("pk").get<std::vector<std::string>>();
    for (const json& index : table.at("idx")) {
      spec.indexes.emplace_back(index.at(0).get<std::string>(), index.at(1).get<std::vector<std::string>>(),
                                index.at(2).get<bool>());
    }
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
  static const std::map<std::string, db::Isolation> levels{{"RU", db::Isolation::read_uncommitted},
                                                           {"RC", db::Isolation::read_committed},
                                                           {"RR", db::Isolation::repeatable_read},
                                                           {"SER", db::Isolation::serializable}};
  return named(levels, need_text(step, "level"), "level");
}

db::Statement statement_of(const json& trace, const json& step) {
  // Those that are no statements are taken elsewhere, and named here for the message.
  static const std::map<std::string, bool> operations{
      {"begin", true},  {"commit", true}, {"crash", true}, {"delete", true},   {"disconnect", true},
      {"expire", true}, {"insert", true}, {"kill", true},  {"rollback", true}, {"select", true},
      {"sleep", true},  {"update", true}, {"upsert", true}};
  static const std::map<std::string, db::Lock> locks{{"share", db::Lock::share}, {"update", db::Lock::update}};
  static const std::map<std::string, db::Wait> waits{{"nowait", db::Wait::no_wait}, {"skip", db::Wait::skip_locked}};
  const std::string op = need_text(step, "op");
  named(operations, op, "op");
  const json& table = table_of(trace, step);
  const std::string_view name = text_of(table.at("name"));
  if (op == "insert") return insert_of(table, step);
  if (op == "update") return db::Update(name, where_of(table, step), set_of(table, step));
  if (op == "delete") return db::Delete(name, where_of(table, step));
  if (op == "upsert")
    return db::Upsert(insert_of(table, step), unique_index_of(table, step.at("on")), set_of(table, step));
  db::Select select(name, where_of(table, step));
  if (step.contains("lock")) select.lock = named(locks, need_text(step, "lock"), "lock");
  if (step.contains("wait")) select.wait = named(waits, need_text(step, "wait"), "wait");
  if (step.contains("limit")) select.limit = static_cast<std::size_t>(need_integer(step, "limit", 0));
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
