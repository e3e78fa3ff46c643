#include <algorithm>

#include <ports/assert.hpp>
#include <sim/database/plan.hpp>
#include <sim/database/statement_run.hpp>

namespace chronofault::sim {

using Kind = db::Test::Kind;

RowTest::RowTest(const StoredTable& table, const db::Test& test) : kind_(test.kind) {
  for (const db::Test& child : test.children) children_.emplace_back(table, child);
  if (kind_ == Kind::always || kind_ == Kind::all_of || kind_ == Kind::any_of) return;
  column_ = table.column(test.column);
  const auto whole = [](const Value& v) { return std::holds_alternative<std::int64_t>(v); };
  if (kind_ == Kind::modulo &&
      (table.spec().columns[column_].type != ColumnType::integer || test.values.size() != 2 ||
       !std::all_of(test.values.begin(), test.values.end(), whole) || test.values.front() == Value(std::int64_t{0}))) {
    throw Failure(db::ErrorClass::bad_statement, "a remainder of '" + table.spec().columns[column_].name + "'");
  }
  for (const Value& v : test.values) {
    values_.push_back(kind_ == Kind::modulo ? v : table.comparable(column_, v));
  }
}

bool RowTest::operator()(const db::Values& row) const {
  switch (kind_) {
    case Kind::always:
      return true;
    case Kind::all_of:
      return std::all_of(children_.begin(), children_.end(), [&](const RowTest& t) { return t(row); });
    case Kind::any_of:
      return std::any_of(children_.begin(), children_.end(), [&](const RowTest& t) { return t(row); });
    default:
      break;
  }
  const Value& value = row[column_];
  const bool null = std::holds_alternative<Null>(value);
  if (kind_ == Kind::is_null) return null;
  if (kind_ == Kind::not_null) return !null;
  if (null) return false;
  if (kind_ == Kind::in) return std::find(values_.begin(), values_.end(), value) != values_.end();
  const Value& other = values_.front();
  if (std::holds_alternative<Null>(other)) return false;
  switch (kind_) {
    case Kind::eq:
      return value == other;
    case Kind::ne:
      return value != other;
    case Kind::lt:
      return value < other;
    case Kind::le:
      return value <= other;
    case Kind::gt:
      return value > other;
    case Kind::ge:
      return value >= other;
    case Kind::modulo:
      return std::get<std::int64_t>(value) % std::get<std::int64_t>(other) == std::get<std::int64_t>(values_[1]);
    default:
      break;
  }
  CF_ASSERT(false);
}

KeyRange::Place KeyRange::place(std::string_view key) const noexcept {
  if (const int order = compare_common(key, prefix); order != 0) return order < 0 ? Place::before : Place::beyond;
  if (!bounded()) return Place::inside;
  if (null_follows(key, prefix)) return Place::before;
  if (low) {
    const int order = compare_common(key, low->key);
    if (low->inclusive ? order < 0 : order <= 0) return Place::before;
  }
  if (high) {
    const int order = compare_common(key, high->key);
    if (high->inclusive ? order > 0 : order >= 0) return Place::beyond;
  }
  return Place::inside;
}

AccessPath::AccessPath(const StoredTable& table, const db::Where& where)
    : table_(&table), index_(table.index(where.via)), residual_(table, where.residual) {
  const IndexShape& shape = table.indexes()[index_];
  const bool keyed = where.low || where.high || where.in;
  if ((where.via == "scan" && (keyed || !where.eq.empty())) || where.eq.size() + keyed > shape.columns.size()) {
    throw Failure(db::ErrorClass::bad_statement,
                  "more key values than the path '" + std::string(where.via) + "' of '" + table.spec().name + "' has");
  }
  KeyRange range;
  bool never = false;  // a comparison with NULL
  auto bind = [&](std::size_t position, const Value& value) {
    CF_ASSERT(position < shape.columns.size());
    never = never || std::holds_alternative<Null>(value);
    return table.comparable(shape.columns[position], value);
  };
  for (const Value& value : where.eq) append(range.prefix, bind(range.columns++, value));
  const auto bound = [&](const db::Where::Bound& of) {
    KeyBytes key = range.prefix;
    append(key, bind(range.columns, of.value));
    return KeyRange::Bound(std::move(key), of.inclusive);
  };
  if (where.low) range.low = bound(*where.low);
  if (where.high) range.high = bound(*where.high);
  if (never) return;
  unique_lookup_ = shape.unique && where.eq.size() + (where.in ? 1 : 0) == shape.columns.size();
  if (!where.in) {
    ranges_.push_back(std::move(range));
    return;
  }
  CF_ASSERT(!range.bounded());
  db::Values points;
  for (const Value& v : *where.in) {
    if (!std::holds_alternative<Null>(v)) points.push_back(bind(where.eq.size(), v));
  }
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  for (const Value& point : points) {
    ranges_.push_back(range);
    append(ranges_.back().prefix, point);
    ++ranges_.back().columns;
  }
}

bool AccessPath::matches(const db::Values& row) const {
  const auto holds = [&](const KeyRange& range) {
    return range.whole() || range.place(table_->key_bytes(index_, row)) == KeyRange::Place::inside;
  };
  return std::any_of(ranges_.begin(), ranges_.end(), holds) && residual_(row);
}

}  // namespace chronofault::sim
