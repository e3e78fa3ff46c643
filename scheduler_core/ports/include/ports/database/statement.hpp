// Statements: data, not text (database 1.2, 1.3). Names of tables, indexes and columns are views that must outlive the
// statement and its answer: string literals, or the columns of a row struct (ports/database/typed.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <ports/database/table.hpp>
#include <ports/value.hpp>

namespace chronofault::db {

/// A condition on a row: a comparison of one column, or and/or of conditions. Comparing with NULL is never true.
class Test {
 public:
  enum class Kind { always, eq, ne, lt, le, gt, ge, in, is_null, not_null, modulo, all_of, any_of };

  Test() = default;  // always true
  Test(Kind kind, std::string_view column, Values values) : kind(kind), column(column), values(std::move(values)) {}
  Test(Kind kind, std::vector<Test> children) : kind(kind), children(std::move(children)) {}

  Kind kind = Kind::always;
  std::string_view column;
  Values values;               // eq..ge: one; in: any number; modulo: m, r (column % m = r)
  std::vector<Test> children;  // all_of, any_of
};
Test operator&&(Test a, Test b);
Test operator||(Test a, Test b);

/// Which rows: an access path with a key condition, then a condition on each row fetched. There is no optimizer: the
/// caller names the path, and the path decides the order of rows and what gets locked.
class Where {
 public:
  struct Bound {
    Bound(Value value, bool inclusive) : value(std::move(value)), inclusive(inclusive) {}
    Value value;
    bool inclusive;
  };

  Where() = default;  // every row, by scan
  /// Every row, by scan, that passes.
  explicit Where(Test residual) : residual(std::move(residual)) {}
  /// `eq` = values of a prefix (or all) of the columns of `via`: "pk" or the name of a secondary index.
  Where(std::string_view via, Values eq, Test residual = Test())
      : via(via), eq(std::move(eq)), residual(std::move(residual)) {}
  /// Point lookups of a single-column key, in ascending order.
  static Where any_of(std::string_view via, Values keys, Test residual = Test());

  std::string_view via = "scan";
  Values eq;
  std::optional<Bound> low;  // on the index column after `eq`; not together with in
  std::optional<Bound> high;
  std::optional<Values> in;  // on the index column after `eq`
  Test residual;
};

enum class Lock { none, share, update };
enum class Wait { block, no_wait, skip_locked };

struct Order {
  explicit Order(std::string_view column, bool descending = false) : column(column), descending(descending) {}
  std::string_view column;
  bool descending;
};

struct Select {
  explicit Select(std::string_view table, Where where = Where()) : table(table), where(std::move(where)) {}
  std::string_view table;
  Where where;
  Lock lock = Lock::none;
  Wait wait = Wait::block;
  std::vector<Order> order_by;       // over all matches, before limit; empty: order of the access path
  std::optional<std::size_t> limit;  // without order_by: ends the scan
  bool count_only = false;           // no rows, Result::count alone
};

/// Columns that are left out are NULL; a generated column that is left out or NULL is generated.
struct Insert {
  explicit Insert(std::string_view table) : table(table) {}
  Insert(std::string_view table, std::vector<std::string_view> columns, Values values)
      : table(table), columns(std::move(columns)), values(std::move(values)) {}
  std::string_view table;
  std::vector<std::string_view> columns;
  Values values;  // one per column
};

/// One `column = ...` of a set clause.
struct Assignment {
  enum class Kind { constant, add, by_case };
  Assignment(std::string_view column, Value value) : column(column), value(std::move(value)) {}
  static Assignment add(std::string_view column, std::int64_t increment);
  /// `case key when k then v ... end`: rows whose `key` is none of these keep their value.
  static Assignment by_case(std::string_view column, std::string_view key, std::vector<std::pair<Value, Value>> cases);

  Kind kind = Kind::constant;
  std::string_view column;
  Value value;           // constant; add: the increment
  std::string_view key;  // by_case
  std::vector<std::pair<Value, Value>> cases;
};
using Assignments = std::vector<Assignment>;

struct Update {
  Update(std::string_view table, Where where, Assignments set)
      : table(table), where(std::move(where)), set(std::move(set)) {}
  std::string_view table;
  Where where;
  Assignments set;  // not of primary key columns
};

/// Insert, or `set` on the row that has the same values in the unique index `on` ("pk" or a name).
struct Upsert {
  Upsert(Insert row, std::string_view on, Assignments set) : row(std::move(row)), on(on), set(std::move(set)) {}
  Insert row;
  std::string_view on;
  Assignments set;
};

struct Delete {
  Delete(std::string_view table, Where where) : table(table), where(std::move(where)) {}
  std::string_view table;
  Where where;
};

using Statement = std::variant<Select, Insert, Update, Upsert, Delete>;

/// Part of the digest: numbers are never reused.
enum class StatementKind { select = 0, insert = 1, update = 2, upsert = 3, remove = 4 };
std::string_view name_of(StatementKind kind) noexcept;
StatementKind kind_of(const Statement& statement) noexcept;
std::string_view table_of(const Statement& statement) noexcept;
/// For people: "update app_info via pk(1) set current_server=...".
std::string to_string(const Statement& statement);
/// Differs when anything in the statement differs; builds no text.
std::uint64_t hash_of(const Statement& statement) noexcept;

struct Result {
  Result() = default;
  std::vector<Row> rows;  // select
  /// select: number of rows. update, delete: *matched* rows, also those that had the new values already. insert: 1.
  /// upsert on innodb: 1 inserted or unchanged, 2 changed.
  std::int64_t count = 0;
  std::optional<std::int64_t> generated_id;  // insert, upsert
};

enum class Isolation { read_uncommitted, read_committed, repeatable_read, serializable };

}  // namespace chronofault::db
