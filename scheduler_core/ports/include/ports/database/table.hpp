// Tables and rows as every side of the database port sees them: declared once, as data (database 1.1).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ports/value.hpp>

namespace chronofault {

enum class ColumnType { integer, real, text, boolean, datetime };

struct ColumnSpec {
  ColumnSpec(std::string name, ColumnType type) : name(std::move(name)), type(type) {}
  std::string name;
  ColumnType type;
  bool nullable = false;
  bool generated = false;      // auto-increment: at most one, an integer column of the primary key
  int precision = 0;           // datetime: decimals of a second that the column keeps, 0 to 6 (database 5.7)
  bool default_now = false;    // DEFAULT CURRENT_TIMESTAMP: the server's clock, when an insert leaves it out
  bool on_update_now = false;  // ON UPDATE CURRENT_TIMESTAMP: when an update changes another column
};

struct IndexSpec {
  IndexSpec(std::string name, std::vector<std::string> columns, bool unique)
      : name(std::move(name)), columns(std::move(columns)), unique(unique) {}
  std::string name;
  std::vector<std::string> columns;
  bool unique;  // an entry that contains NULL conflicts with nothing
};

/// Indexes are kept, checked and changed in this order, the primary key first.
struct TableSpec {
  TableSpec() = default;
  explicit TableSpec(std::string name) : name(std::move(name)) {}
  std::string name;
  std::vector<ColumnSpec> columns;
  std::vector<std::string> primary_key;
  std::vector<IndexSpec> indexes;
};

/// A row that is there before the first process starts. Columns that are left out are NULL, or generated.
struct InitialRow {
  InitialRow(std::string table, std::map<std::string, Value> values)
      : table(std::move(table)), values(std::move(values)) {}
  std::string table;
  std::map<std::string, Value> values;
};

namespace db {

/// Names of a table's columns, in its order.
using Columns = std::vector<std::string>;
/// Values of a row, in the table's column order.
using Values = std::vector<Value>;

/// The content of a row, immutable; its hash is computed once.
class Image {
 public:
  explicit Image(Values values) : values(std::move(values)) {}
  const Values values;
  std::uint64_t hash() const noexcept;

 private:
  mutable std::uint64_t hash_ = 0;
};

/// A row as it was read: cheap to copy, shared with whoever stores it.
class Row {
 public:
  Row(std::shared_ptr<const Columns> columns, std::shared_ptr<const Image> image)
      : columns_(std::move(columns)), image_(std::move(image)) {}
  const Columns& columns() const noexcept { return *columns_; }
  const Values& values() const noexcept { return image_->values; }
  /// The value of a column, which must exist.
  const Value& operator[](std::string_view column) const;
  std::uint64_t hash() const noexcept { return image_->hash(); }

 private:
  std::shared_ptr<const Columns> columns_;
  std::shared_ptr<const Image> image_;
};

}  // namespace db
}  // namespace chronofault
