#include <algorithm>

#include <ports/assert.hpp>
#include <sim/database/statement_run.hpp>
#include <sim/database/storage.hpp>

#include "innodb/table.hpp"
#include "postgresql/heap.hpp"

namespace chronofault::sim {

std::string_view name_of(Dialect dialect) noexcept { return dialect == Dialect::innodb ? "innodb" : "postgresql"; }

StoredTable::StoredTable(TableSpec spec, Fractions fractions) : spec_(std::move(spec)), fractions_(fractions) {
  db::Columns names;
  for (std::size_t i = 0; i < spec_.columns.size(); ++i) {
    names.push_back(spec_.columns[i].name);
    if (!spec_.columns[i].generated) continue;
    CF_ASSERT(!generated_ && spec_.columns[i].type == ColumnType::integer);
    generated_ = i;
  }
  columns_ = std::make_shared<const db::Columns>(std::move(names));
  CF_ASSERT(!spec_.primary_key.empty());
  const auto numbers = [this](const std::vector<std::string>& columns) {
    std::vector<std::size_t> all;
    for (const std::string& name : columns) {
      const std::optional<std::size_t> known = find_column(name);
      CF_ASSERT(known.has_value());
      all.push_back(*known);
    }
    return all;
  };
  shapes_.emplace_back("PRIMARY", numbers(spec_.primary_key), true);
  for (const IndexSpec& index : spec_.indexes) shapes_.emplace_back(index.name, numbers(index.columns), index.unique);
}

std::optional<std::size_t> StoredTable::find_column(std::string_view name) const noexcept {
  for (std::size_t i = 0; i < spec_.columns.size(); ++i) {
    if (spec_.columns[i].name == name) return i;
  }
  return std::nullopt;
}

namespace {

[[noreturn]] void bad_statement(std::string what) { throw Failure(db::ErrorClass::bad_statement, std::move(what)); }

std::string_view name_of(ColumnType type) noexcept {
  switch (type) {
    case ColumnType::integer:
      return "integer";
    case ColumnType::real:
      return "real";
    case ColumnType::text:
      return "text";
    case ColumnType::boolean:
      return "boolean";
    case ColumnType::datetime:
      return "datetime";
  }
  return "";
}

}  // namespace

std::size_t StoredTable::column(std::string_view name) const {
  if (const std::optional<std::size_t> known = find_column(name)) return *known;
  std::string what = "the table '" + spec_.name + "' has no column '";
  what += name;
  what += "'; it has";
  for (const ColumnSpec& column : spec_.columns) what += (&column == &spec_.columns.front() ? " " : ", ") + column.name;
  bad_statement(std::move(what));
}

std::size_t StoredTable::index(std::string_view via) const {
  if (via == "pk" || via == "scan") return 0;
  for (std::size_t i = 1; i < shapes_.size(); ++i) {
    if (shapes_[i].name == via) return i;
  }
  std::string what = "the table '" + spec_.name + "' has no index '";
  what += via;
  what += "'; it has pk, scan";
  for (const IndexSpec& index : spec_.indexes) what += ", " + index.name;
  bad_statement(std::move(what));
}

Value StoredTable::comparable(std::size_t column, Value value) const {
  if (std::holds_alternative<Null>(value)) return value;
  const std::int64_t* const whole = std::get_if<std::int64_t>(&value);
  const bool* const flag = std::get_if<bool>(&value);
  switch (spec_.columns[column].type) {
    case ColumnType::integer:
      if (whole != nullptr) return value;
      if (flag != nullptr) return std::int64_t{*flag};
      break;
    case ColumnType::real:
      if (std::holds_alternative<double>(value)) return value;
      if (whole != nullptr) return static_cast<double>(*whole);
      break;
    case ColumnType::text:
      if (std::holds_alternative<std::string>(value)) return value;
      break;
    case ColumnType::boolean:
      if (flag != nullptr) return value;
      if (whole != nullptr) return *whole != 0;
      break;
    case ColumnType::datetime:
      if (std::holds_alternative<WallTime>(value)) return value;
      break;
  }
  std::string what = "the column '" + spec_.name + "." + spec_.columns[column].name + "' is ";
  what += name_of(spec_.columns[column].type);
  what += ", and '" + to_string(value) + "' is not";
  bad_statement(std::move(what));
}

Value StoredTable::stored(std::size_t column, Value value) const {
  Value fitting = comparable(column, std::move(value));
  if (WallTime* time = std::get_if<WallTime>(&fitting)) {
    std::int64_t unit = 1'000'000;
    for (int i = 0; i < spec_.columns[column].precision && unit > 1; ++i) unit /= 10;
    const std::int64_t us = time->us() + (fractions_ == Fractions::round ? unit / 2 : 0);
    *time = WallTime::from_us(us - ((us % unit) + unit) % unit);
  }
  return fitting;
}

Key StoredTable::key_of(std::size_t index, const db::Values& values) const {
  const std::vector<std::size_t>& columns = shapes_[index].columns;
  Key key;
  key.reserve(columns.size());
  for (std::size_t column : columns) key.push_back(values[column]);
  return key;
}

KeyBytes StoredTable::key_bytes(std::size_t index, const db::Values& values) const {
  KeyBytes key;
  for (std::size_t column : shapes_[index].columns) append(key, values[column]);
  return key;
}

bool StoredTable::same_key(std::size_t index, const db::Values& a, const db::Values& b) const noexcept {
  const std::vector<std::size_t>& columns = shapes_[index].columns;
  return std::all_of(columns.begin(), columns.end(), [&](std::size_t c) { return compare(a[c], b[c]) == 0; });
}

bool StoredTable::can_conflict(std::size_t index, const db::Values& values) const noexcept {
  const std::vector<std::size_t>& columns = shapes_[index].columns;
  return shapes_[index].unique && std::none_of(columns.begin(), columns.end(),
                                               [&](std::size_t c) { return std::holds_alternative<Null>(values[c]); });
}

DatabaseStorage::DatabaseStorage(std::vector<TableSpec> tables, Dialect dialect, Fractions fractions)
    : dialect_(dialect) {
  for (TableSpec& spec : tables) {
    const std::string name = spec.name;
    std::unique_ptr<StoredTable> table;
    if (dialect == Dialect::innodb) {
      table = std::make_unique<innodb::Table>(std::move(spec), fractions);
    } else {
      table = std::make_unique<postgresql::Heap>(std::move(spec), fractions);
    }
    const bool made = tables_.emplace(name, std::move(table)).second;
    CF_ASSERT(made);
  }
}

StoredTable* DatabaseStorage::table(std::string_view name) {
  const auto at = tables_.find(name);
  return at == tables_.end() ? nullptr : at->second.get();
}

const StoredTable* DatabaseStorage::table(std::string_view name) const {
  const auto at = tables_.find(name);
  return at == tables_.end() ? nullptr : at->second.get();
}

StoredTable& DatabaseStorage::table_of(const db::Statement& statement) {
  const std::string_view name = db::table_of(statement);
  if (StoredTable* const known = table(name)) return *known;
  std::string what = "there is no table '";
  what += name;
  what += "'; there are";
  for (const auto& [other, stored] : tables_) what += (stored == tables_.begin()->second ? " " : ", ") + other;
  bad_statement(std::move(what));
}

void DatabaseStorage::load(const InitialRow& row) {
  StoredTable* to = table(row.table);
  CF_ASSERT(to != nullptr);
  db::Values values(to->spec().columns.size());
  for (const auto& [name, value] : row.values) {
    const std::size_t column = to->column(name);
    values[column] = to->stored(column, value);
  }
  if (const auto& generated = to->generated()) {
    Value& id = values[*generated];
    if (std::holds_alternative<Null>(id)) id = to->next_id();
    to->seen_id(std::get<std::int64_t>(id));
  }
  to->load(std::make_shared<const db::Image>(std::move(values)), next_commit());
}

std::vector<db::Row> DatabaseStorage::committed(std::string_view name) const {
  return committed_at(name, last_commit_);
}

std::vector<db::Row> DatabaseStorage::committed_at(std::string_view name, CommitNumber commit) const {
  std::vector<db::Row> rows;
  const StoredTable* of = table(name);
  if (of == nullptr) return rows;
  for (ImagePtr& image : of->committed(commit)) rows.emplace_back(of->columns(), std::move(image));
  return rows;
}

std::vector<std::map<std::string, Value>> DatabaseStorage::rows(std::string_view name) const {
  std::vector<std::map<std::string, Value>> all;
  for (const db::Row& row : committed(name)) {
    std::map<std::string, Value>& named = all.emplace_back();
    for (std::size_t i = 0; i < row.columns().size(); ++i) named.emplace(row.columns()[i], row.values()[i]);
  }
  return all;
}

std::vector<std::string> DatabaseStorage::tables() const {
  std::vector<std::string> names;
  for (const auto& [name, table] : tables_) names.push_back(name);
  return names;
}

void DatabaseStorage::recover() {
  const CommitNumber until = std::exchange(lost_after_, std::nullopt).value_or(last_commit_);
  for (auto& [name, table] : tables_) {
    table->recover(until);
    if (until == last_commit_ || !table->generated()) continue;
    table->set_coming_id(1);
    for (const ImagePtr& image : table->committed(until)) {
      table->seen_id(std::get<std::int64_t>(image->values[*table->generated()]));
    }
  }
  if (binlog_) binlog_->lose_after(until);
  kept_.clear();
}

void DatabaseStorage::copy_from(const DatabaseStorage& primary) {
  CF_ASSERT(primary.binlog_ != nullptr);
  for (auto& [name, table] : tables_) {
    const StoredTable* from = primary.table(name);
    CF_ASSERT(from != nullptr);
    table->clear();
    table->set_coming_id(from->coming_id());
    for (ImagePtr& image : from->committed(primary.last_commit_)) table->load(std::move(image), next_commit());
  }
  keep_binlog();
  binlog_->restart(primary.binlog_->last_committed());
}

void DatabaseStorage::keep_from(std::string_view who, CommitNumber commit) {
  const auto at = kept_.find(who);
  if (at == kept_.end()) {
    kept_.emplace(who, commit);
  } else {
    at->second = commit;
  }
}

void DatabaseStorage::keep_no_more(std::string_view who) {
  if (const auto at = kept_.find(who); at != kept_.end()) kept_.erase(at);
}

CommitNumber DatabaseStorage::oldest_kept() const noexcept {
  CommitNumber oldest = last_commit_;
  for (const auto& [who, commit] : kept_) oldest = std::min(oldest, commit);
  return oldest;
}

std::string DatabaseStorage::flaw() const {
  for (const auto& [name, table] : tables_) {
    if (std::string found = table->flaw(); !found.empty()) return name + ": " + found;
  }
  return {};
}

}  // namespace chronofault::sim
