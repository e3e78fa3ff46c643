// Rows as structs. A row struct names its table and lists its columns once; everything else follows from that, and a
// column that does not exist does not compile:
//
//   struct AppInfo {
//     static constexpr std::string_view table = "app_info";
//     std::int64_t id = 0;
//     std::string app_name;
//     std::optional<std::string> current_server;
//     WallTime gmt_modified;
//     template <class V> static void columns(V&& v) {
//       v("id", &AppInfo::id, db::generated_key);
//       v("app_name", &AppInfo::app_name);
//       v("current_server", &AppInfo::current_server);
//       v("gmt_modified", &AppInfo::gmt_modified, db::precision(0));
//     }
//     static std::vector<IndexSpec> indexes() { return {{"uk_app_name", {"app_name"}, true}}; }
//   };
//
//   db::Table<AppInfo> apps(ports.database);
//   std::optional<AppInfo> app = co_await apps.find(id);
//   db::Where mine(db::eq(&AppInfo::current_server, me));
//   std::vector<AppInfo> owned = co_await apps.select(mine);
//   auto set = db::set(&AppInfo::current_server, me);
//   std::int64_t matched = co_await apps.update(mine, set);
//
// Integers and enums are integer columns, bool boolean, double real, std::string text, WallTime datetime; std::optional
// makes the column nullable.
#pragma once

#include <type_traits>

#include <ports/assert.hpp>
#include <ports/database.hpp>
#include <ports/message.hpp>

namespace chronofault::db {

struct ColumnTraits {
  bool key = false;
  bool generated = false;
  int precision = 0;
};
inline constexpr ColumnTraits primary_key{true, false, 0};
inline constexpr ColumnTraits generated_key{true, true, 0};
/// Decimals of a second that a datetime column keeps.
constexpr ColumnTraits precision(int decimals) { return ColumnTraits{false, false, decimals}; }

namespace detail {
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

template <class T>
constexpr ColumnType type_of() {
  if constexpr (IsOptional<T>::value) {
    return type_of<typename T::value_type>();
  } else if constexpr (std::is_same_v<T, bool>) {
    return ColumnType::boolean;
  } else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>) {
    return ColumnType::integer;
  } else if constexpr (std::is_same_v<T, double>) {
    return ColumnType::real;
  } else if constexpr (std::is_same_v<T, WallTime>) {
    return ColumnType::datetime;
  } else {
    static_assert(std::is_same_v<T, std::string>, "no column type for this member");
    return ColumnType::text;
  }
}

template <class T>
void from_value(const Value& value, T& member) {
  if constexpr (IsOptional<T>::value) {
    if (std::holds_alternative<Null>(value)) {
      member.reset();
    } else {
      from_value(value, member.emplace());
    }
  } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, double> || std::is_same_v<T, std::string> ||
                       std::is_same_v<T, WallTime>) {
    member = std::get<T>(value);
  } else {
    member = static_cast<T>(std::get<std::int64_t>(value));
  }
}

template <class R>
struct ColumnNames {
  ColumnNames() {
    R::columns([this](std::string_view name, auto, ColumnTraits = {}) { names.push_back(name); });
  }
  std::vector<std::string_view> names;
};
template <class R>
const std::vector<std::string_view>& column_names() {
  static const ColumnNames<R> columns;
  return columns.names;
}
}  // namespace detail

/// The column that a member stands for.
template <class R, class T>
std::string_view column(T R::*member) {
  std::string_view found;
  R::columns([&](std::string_view name, auto candidate, ColumnTraits = {}) {
    if constexpr (std::is_same_v<decltype(candidate), T R::*>) {
      if (candidate == member) found = name;
    }
  });
  CF_ASSERT(!found.empty());
  return found;
}

/// The table as the struct declares it.
template <class R>
TableSpec table_spec() {
  TableSpec spec{std::string(R::table)};
  R::columns([&spec]<class T>(std::string_view name, T R::*, ColumnTraits traits = {}) {
    ColumnSpec column(std::string(name), detail::type_of<T>());
    column.nullable = detail::IsOptional<T>::value;
    column.generated = traits.generated;
    column.precision = traits.precision;
    if (traits.key) spec.primary_key.push_back(column.name);
    spec.columns.push_back(std::move(column));
  });
  if constexpr (requires { R::indexes(); }) spec.indexes = R::indexes();
  return spec;
}

template <class R>
R from_row(const Row& row) {
  R result;
  const Columns& columns = row.columns();
  std::size_t next = 0;  // columns come in the struct's order unless the server's table has another
  R::columns([&](std::string_view name, auto member, ColumnTraits = {}) {
    for (std::size_t i = 0; i < columns.size(); ++i, ++next) {
      if (next >= columns.size()) next = 0;
      if (columns[next] == name) return detail::from_value(row.values()[next++], result.*member);
    }
  });
  return result;
}
template <class R>
std::vector<R> from_rows(const Result& result) {
  std::vector<R> all;
  all.reserve(result.rows.size());
  for (const Row& row : result.rows) all.push_back(from_row<R>(row));
  return all;
}

/// All columns. A generated key of 0 is left to the server.
template <class R>
Insert to_row(const R& row) {
  Insert insert(R::table, detail::column_names<R>(), Values());
  insert.values.reserve(insert.columns.size());
  R::columns([&]<class T>(std::string_view, T R::*member, ColumnTraits traits = {}) {
    Value value = chronofault::detail::to_value(row.*member);
    if (traits.generated && value == Value(std::int64_t{0})) value = Null{};
    insert.values.push_back(std::move(value));
  });
  return insert;
}

/// An argument that is compared with or stored into a member: what the member itself could hold, or NULL.
template <class T>
Value value_for(std::type_identity_t<T> value) {
  return chronofault::detail::to_value(value);
}

template <class R, class T>
Test eq(T R::*m, std::type_identity_t<T> v) {
  return {Test::Kind::eq, column(m), {value_for<T>(std::move(v))}};
}
template <class R, class T>
Test ne(T R::*m, std::type_identity_t<T> v) {
  return {Test::Kind::ne, column(m), {value_for<T>(std::move(v))}};
}
template <class R, class T>
Test lt(T R::*m, std::type_identity_t<T> v) {
  return {Test::Kind::lt, column(m), {value_for<T>(std::move(v))}};
}
template <class R, class T>
Test le(T R::*m, std::type_identity_t<T> v) {
  return {Test::Kind::le, column(m), {value_for<T>(std::move(v))}};
}
template <class R, class T>
Test gt(T R::*m, std::type_identity_t<T> v) {
  return {Test::Kind::gt, column(m), {value_for<T>(std::move(v))}};
}
template <class R, class T>
Test ge(T R::*m, std::type_identity_t<T> v) {
  return {Test::Kind::ge, column(m), {value_for<T>(std::move(v))}};
}
template <class R, class T>
Test is_null(T R::*m) {
  return {Test::Kind::is_null, column(m), {}};
}
template <class R, class T>
Test not_null(T R::*m) {
  return {Test::Kind::not_null, column(m), {}};
}
template <class R, class T>
Test modulo(T R::*m, std::int64_t divisor, std::int64_t rest) {
  return {Test::Kind::modulo, column(m), {divisor, rest}};
}
template <class R, class T, class Range>
Test in(T R::*m, const Range& values) {
  Test test(Test::Kind::in, column(m), {});
  for (const auto& v : values) test.values.push_back(value_for<T>(v));
  return test;
}

/// `auto set = db::set(&R::a, x).to(&R::b, y).add(&R::c, 1);`
class Setter {
 public:
  template <class R, class T>
  Setter&& to(T R::*member, std::type_identity_t<T> value) && {
    assignments_.emplace_back(column(member), value_for<T>(std::move(value)));
    return std::move(*this);
  }
  template <class R, class T>
  Setter&& add(T R::*member, std::int64_t increment) && {
    assignments_.push_back(Assignment::add(column(member), increment));
    return std::move(*this);
  }
  operator Assignments() const { return assignments_; }

 private:
  Assignments assignments_;
};
template <class R, class T>
Setter set(T R::*member, std::type_identity_t<T> value) {
  return Setter().to(member, std::move(value));
}

/// One table of a database, in structs. Each call is one autocommit statement, unless said.
template <class R>
class Table {
 public:
  explicit Table(Database& database) : database_(&database) {
    R::columns([this](std::string_view name, auto, ColumnTraits traits = {}) {
      if (!traits.key) return;
      key_ = name;
      generated_key_ = traits.generated;
    });
  }

  /// By its (single-column) primary key.
  Task<std::optional<R>> find(std::int64_t key) {
    Values keys(1, Value(key));
    Statement statement = Select(R::table, Where("pk", std::move(keys)));
    Result result = co_await database_->execute(std::move(statement));
    std::optional<R> found;
    if (!result.rows.empty()) found = from_row<R>(result.rows.front());
    co_return found;
  }
  Task<std::vector<R>> select(Where where) {
    Statement statement = Select(R::table, std::move(where));
    Result result = co_await database_->execute(std::move(statement));
    co_return from_rows<R>(result);
  }
  Task<std::vector<R>> select(Select options) {
    Statement statement = std::move(options);
    Result result = co_await database_->execute(std::move(statement));
    co_return from_rows<R>(result);
  }
  Task<std::int64_t> count(Where where) {
    Select options(R::table, std::move(where));
    options.count_only = true;
    Statement statement = std::move(options);
    Result result = co_await database_->execute(std::move(statement));
    co_return result.count;
  }
  /// In a transaction of its own. Returns the generated id, or 0.
  Task<std::int64_t> insert(const R& row) { return insert_all(to_row(row)); }
  /// Database::save: all columns, last writer wins, one transaction. Returns the generated id if it had to insert.
  Task<std::optional<std::int64_t>> save(const R& row) { return database_->save(to_row(row), key_, generated_key_); }
  /// A targeted update in a transaction of its own. Returns the number of matched rows.
  Task<std::int64_t> update(Where where, Assignments set) {
    Statement statement = Update(R::table, std::move(where), std::move(set));
    Result result = co_await database_->transact(std::move(statement));
    co_return result.count;
  }
  /// In a transaction of its own. Returns the number of rows deleted.
  Task<std::int64_t> remove(Where where) {
    Statement statement = Delete(R::table, std::move(where));
    Result result = co_await database_->transact(std::move(statement));
    co_return result.count;
  }

 private:
  Task<std::int64_t> insert_all(Insert row) {
    Statement statement = std::move(row);
    Result result = co_await database_->transact(std::move(statement));
    co_return result.generated_id.value_or(0);
  }
  Database* database_;
  std::string_view key_;
  bool generated_key_ = false;
};

}  // namespace chronofault::db
