#include <algorithm>

#include <ports/assert.hpp>
#include <sim/database/plan.hpp>

namespace chronofault::sim {

using Kind = db::Test::Kind;

RowTest::RowTest(const StoredTable& table, const db::Test& test) : kind_(test.kind) {
  for (const db::Test& child : test.children) children_.emplace_back(table, child);
  if (kind_ == Kind::always || kind_ == Kind::all_of || kind_ == Kind::any_of) return;
  column_ = table.column(test.column);
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

Cursor::Cursor(StoredTable& table, const db::Where& where) : table_(&table), index_(table.index(where.via)) {
  const std::vector<std::size_t>& columns =
      index_ < 0 ? table.key_columns() : table.indexes()[static_cast<std::size_t>(index_)].columns;
  CF_ASSERT(where.via != "scan" || (where.eq.empty() && !where.low && !where.high && !where.in));
  CF_ASSERT(where.eq.size() <= columns.size());
  Range range;
  bool never = false;  // a comparison with NULL
  auto bind = [&](std::size_t position, const Value& value) {
    CF_ASSERT(position < columns.size());
    never = never || std::holds_alternative<Null>(value);
    return table.comparable(columns[position], value);
  };
  for (std::size_t i = 0; i < where.eq.size(); ++i) range.prefix.push_back(bind(i, where.eq[i]));
  if (where.low) range.low.emplace(bind(where.eq.size(), where.low->value), where.low->inclusive);
  if (where.high) range.high.emplace(bind(where.eq.size(), where.high->value), where.high->inclusive);
  if (never) return;
  const bool unique = index_ < 0 || table.indexes()[static_cast<std::size_t>(index_)].spec.unique;
  unique_lookup_ = unique && where.eq.size() == columns.size();
  if (!where.in) {
    ranges_.push_back(std::move(range));
    return;
  }
  CF_ASSERT(!where.low && !where.high);
  db::Values points;
  for (const Value& v : *where.in) {
    if (!std::holds_alternative<Null>(v)) points.push_back(bind(where.eq.size(), v));
  }
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  for (Value& point : points) {
    ranges_.push_back(range);
    ranges_.back().prefix.push_back(std::move(point));
  }
}

Cursor::Fit Cursor::fit(const Range& range, const Key& entry) const {
  const std::size_t n = range.prefix.size();
  for (std::size_t i = 0; i < n; ++i) {
    if (entry[i] != range.prefix[i]) return Fit::past;
  }
  if (!range.low && !range.high) return Fit::inside;
  if (std::holds_alternative<Null>(entry[n])) return Fit::skip;
  if (range.low && !range.low->inclusive && entry[n] == range.low->value) return Fit::skip;
  if (range.high && (range.high->inclusive ? entry[n] > range.high->value : entry[n] >= range.high->value)) {
    return Fit::past;
  }
  return Fit::inside;
}

template <class Map>
StoredRow* Cursor::seek(Map& entries, typename Map::iterator& at) {
  while (range_ < ranges_.size()) {
    const Range& range = ranges_[range_];
    if (saved_) {
      at = fresh_ ? entries.lower_bound(*saved_) : entries.upper_bound(*saved_);
      saved_.reset();
    } else if (!started_) {
      Key start = range.prefix;
      if (range.low) start.push_back(range.low->value);
      at = entries.lower_bound(start);
    } else if (!fresh_) {
      ++at;
    }
    started_ = fresh_ = true;
    while (at != entries.end() && fit(range, at->first) == Fit::skip) ++at;
    if (at != entries.end() && fit(range, at->first) == Fit::inside) {
      if constexpr (std::is_pointer_v<typename Map::mapped_type>) {
        return at->second;
      } else {
        return &at->second;
      }
    }
    ++range_;
    started_ = fresh_ = false;
  }
  return nullptr;
}

StoredRow* Cursor::record() {
  if (range_ >= ranges_.size()) return nullptr;
  if (index_ < 0) return seek(table_->rows(), row_);
  return seek(table_->indexes()[static_cast<std::size_t>(index_)].entries, entry_);
}

void Cursor::suspend() {
  if (started_ && !saved_) saved_ = key();
}

bool Cursor::current(const db::Image& image) const {
  if (index_ < 0) return true;
  return StoredTable::matches(table_->indexes()[static_cast<std::size_t>(index_)], entry_->first, image);
}

}  // namespace chronofault::sim
