#include "row_values.hpp"

#include <algorithm>

#include <ports/assert.hpp>

namespace chronofault::sim {

db::Values complete_row(StoredTable& table, const db::Insert& insert, WallTime now,
                        std::optional<std::int64_t>& generated_id) {
  const std::vector<ColumnSpec>& columns = table.spec().columns;
  if (insert.columns.size() != insert.values.size()) {
    throw Failure(db::ErrorClass::bad_statement, "an insert into '" + table.spec().name + "' of " +
                                                     std::to_string(insert.columns.size()) + " columns and " +
                                                     std::to_string(insert.values.size()) + " values");
  }
  db::Values values(columns.size());
  for (std::size_t i = 0; i < insert.columns.size(); ++i) {
    const std::size_t column = table.column(insert.columns[i]);
    values[column] = table.stored(column, insert.values[i]);
  }
  if (const auto& generated = table.generated()) {
    Value& id = values[*generated];
    if (std::holds_alternative<Null>(id)) {
      id = table.next_id();
      generated_id = std::get<std::int64_t>(id);
    }
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto given = [&] {
      return std::find(insert.columns.begin(), insert.columns.end(), columns[i].name) != insert.columns.end();
    };
    if (columns[i].default_now && !given()) values[i] = table.stored(i, now);
    if (std::holds_alternative<Null>(values[i]) && !columns[i].nullable) {
      throw Failure(db::ErrorClass::not_null, columns[i].name);
    }
  }
  return values;
}

db::Values assigned(const StoredTable& table, const db::Values& before, const db::Assignments& set, WallTime now) {
  const std::vector<ColumnSpec>& columns = table.spec().columns;
  db::Values values = before;
  std::vector<bool> named(values.size());
  for (const db::Assignment& a : set) {
    const std::size_t column = table.column(a.column);
    Value& value = values[column];
    named[column] = true;
    switch (a.kind) {
      case db::Assignment::Kind::constant:
        value = table.stored(column, a.value);
        break;
      case db::Assignment::Kind::add:
        if (std::int64_t* number = std::get_if<std::int64_t>(&value)) {
          *number += std::get<std::int64_t>(a.value);
        } else if (!std::holds_alternative<Null>(value)) {
          throw Failure(db::ErrorClass::bad_statement, "an addition to '" + columns[column].name + "'");
        }
        break;
      case db::Assignment::Kind::by_case: {
        const std::size_t key = table.column(a.key);
        for (const auto& [when, then] : a.cases) {
          if (before[key] != table.comparable(key, when)) continue;
          value = table.stored(column, then);
          break;
        }
      }
    }
    if (std::holds_alternative<Null>(value) && !columns[column].nullable) {
      throw Failure(db::ErrorClass::not_null, columns[column].name);
    }
  }
  if (values != before) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (columns[i].on_update_now && !named[i]) values[i] = table.stored(i, now);
    }
    if (!table.same_key(0, values, before)) {
      throw Failure(db::ErrorClass::bad_statement, "an update of the primary key of '" + table.spec().name + "'");
    }
  }
  return values;
}

void answer_rows(const StoredTable& table, const db::Select& select, std::vector<ImagePtr> images, db::Result& result) {
  if (!select.order_by.empty()) {
    std::vector<std::pair<std::size_t, bool>> columns;
    for (const db::Order& order : select.order_by) columns.emplace_back(table.column(order.column), order.descending);
    std::stable_sort(images.begin(), images.end(), [&](const ImagePtr& a, const ImagePtr& b) {
      for (const auto& [column, descending] : columns) {
        const int order = compare(a->values[column], b->values[column]);
        if (order != 0) return descending ? order > 0 : order < 0;
      }
      return false;
    });
  }
  if (select.limit && images.size() > *select.limit) images.resize(*select.limit);
  result.count = static_cast<std::int64_t>(images.size());
  if (select.count_only) return;
  result.rows.reserve(images.size());
  for (ImagePtr& image : images) result.rows.emplace_back(table.columns(), std::move(image));
}

}  // namespace chronofault::sim
