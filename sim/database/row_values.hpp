// What a statement makes of values, whatever the dialect: the row of an insert, the row after a set clause, the rows of
// an answer.
#pragma once

#include <vector>

#include <sim/database/statement_run.hpp>

namespace chronofault::sim {

/// The row that is inserted; draws the generated id, if one is wanted, into `generated_id`. Throws not_null.
db::Values complete_row(StoredTable& table, const db::Insert& insert, WallTime now,
                        std::optional<std::int64_t>& generated_id);

/// The row as `set` makes it; equal to `before` if nothing changes. Throws not_null. Keys of primary keys stay.
db::Values assigned(const StoredTable& table, const db::Values& before, const db::Assignments& set, WallTime now);

/// Rows found, in the order of the access path, become the answer: ordered, cut, counted.
void answer_rows(const StoredTable& table, const db::Select& select, std::vector<ImagePtr> images, db::Result& result);

/// A limit ends a scan only where the scan has the order that is wanted.
inline std::size_t scan_limit(const db::Select& select) noexcept {
  return select.order_by.empty() && select.limit ? *select.limit : ~std::size_t{0};
}

}  // namespace chronofault::sim
