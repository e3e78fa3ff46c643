#include <ports/assert.hpp>
#include <ports/database/statement.hpp>

namespace chronofault::db {

namespace {

constexpr std::uint64_t mix(std::uint64_t h, std::uint64_t v) noexcept {
  h = (h ^ v) * 0x9e37'79b9'7f4a'7c15u;
  return h ^ (h >> 29);
}

std::uint64_t mix(std::uint64_t h, const Values& values) noexcept {
  h = mix(h, values.size());
  for (const Value& v : values) h = mix(h, chronofault::hash_of(v));
  return h;
}

std::uint64_t mix(std::uint64_t h, std::string_view text) noexcept { return mix(h, chronofault::hash_of(text)); }

std::uint64_t mix(std::uint64_t h, const Test& test) noexcept {
  h = mix(h, static_cast<std::uint64_t>(test.kind));
  if (test.kind == Test::Kind::always) return h;
  h = mix(mix(h, test.column), test.values);
  h = mix(h, test.children.size());
  for (const Test& child : test.children) h = mix(h, child);
  return h;
}

std::uint64_t mix(std::uint64_t h, const std::optional<Where::Bound>& bound) noexcept {
  return bound ? mix(mix(h, bound->inclusive ? 2u : 1u), chronofault::hash_of(bound->value)) : mix(h, 0u);
}

std::uint64_t mix(std::uint64_t h, const Where& where) noexcept {
  h = mix(mix(h, where.via), where.eq);
  h = mix(mix(h, where.low), where.high);
  h = where.in ? mix(h, *where.in) : mix(h, 0u);
  return mix(h, where.residual);
}

std::uint64_t mix(std::uint64_t h, const Assignments& set) noexcept {
  h = mix(h, set.size());
  for (const Assignment& a : set) {
    h = mix(mix(h, static_cast<std::uint64_t>(a.kind)), a.column);
    h = mix(mix(h, chronofault::hash_of(a.value)), a.key);
    for (const auto& [key, value] : a.cases) h = mix(mix(h, chronofault::hash_of(key)), chronofault::hash_of(value));
  }
  return h;
}

std::uint64_t mix(std::uint64_t h, const Insert& row) noexcept {
  h = mix(h, row.table);
  for (std::string_view column : row.columns) h = mix(h, column);
  return mix(h, row.values);
}

struct Hash {
  std::uint64_t h;
  std::uint64_t operator()(const Select& s) const noexcept {
    std::uint64_t x = mix(mix(h, s.table), s.where);
    x = mix(mix(x, static_cast<std::uint64_t>(s.lock)), static_cast<std::uint64_t>(s.wait));
    for (const Order& order : s.order_by) x = mix(mix(x, order.column), order.descending ? 1u : 0u);
    x = mix(x, s.limit ? *s.limit + 1 : 0);
    return mix(x, s.count_only ? 1u : 0u);
  }
  std::uint64_t operator()(const Insert& s) const noexcept { return mix(h, s); }
  std::uint64_t operator()(const Update& s) const noexcept { return mix(mix(mix(h, s.table), s.where), s.set); }
  std::uint64_t operator()(const Upsert& s) const noexcept { return mix(mix(mix(h, s.row), s.on), s.set); }
  std::uint64_t operator()(const Delete& s) const noexcept { return mix(mix(h, s.table), s.where); }
};

std::string list(const Values& values) {
  std::string text;
  for (const Value& v : values) {
    if (!text.empty()) text += ", ";
    text += to_string(v);
  }
  return text;
}

std::string text_of(const Test& test) {
  const std::string column(test.column);
  auto compare = [&](std::string_view op) { return column + std::string(op) + to_string(test.values.front()); };
  switch (test.kind) {
    case Test::Kind::always:
      return "true";
    case Test::Kind::eq:
      return compare("=");
    case Test::Kind::ne:
      return compare("<>");
    case Test::Kind::lt:
      return compare("<");
    case Test::Kind::le:
      return compare("<=");
    case Test::Kind::gt:
      return compare(">");
    case Test::Kind::ge:
      return compare(">=");
    case Test::Kind::in:
      return column + " in (" + list(test.values) + ")";
    case Test::Kind::is_null:
      return column + " is null";
    case Test::Kind::not_null:
      return column + " is not null";
    case Test::Kind::modulo:
      return column + "%" + to_string(test.values[0]) + "=" + to_string(test.values[1]);
    case Test::Kind::all_of:
    case Test::Kind::any_of: {
      std::string text;
      for (const Test& child : test.children) {
        if (!text.empty()) text += test.kind == Test::Kind::all_of ? " and " : " or ";
        text += text_of(child);
      }
      return "(" + text + ")";
    }
  }
  CF_ASSERT(false);
}

std::string text_of(const Where& where) {
  std::string text;
  if (where.via != "scan") {
    text += " via " + std::string(where.via) + "(" + list(where.eq);
    if (where.low) text += (where.low->inclusive ? " >=" : " >") + to_string(where.low->value);
    if (where.high) text += (where.high->inclusive ? " <=" : " <") + to_string(where.high->value);
    if (where.in) text += " in " + list(*where.in);
    text += ")";
  }
  if (where.residual.kind != Test::Kind::always) text += " where " + text_of(where.residual);
  return text;
}

std::string text_of(const Assignments& set) {
  std::string text;
  for (const Assignment& a : set) {
    text += text.empty() ? " set " : ", ";
    const std::string column(a.column);
    switch (a.kind) {
      case Assignment::Kind::constant:
        text += column + "=" + to_string(a.value);
        break;
      case Assignment::Kind::add:
        text += column + "=" + column + "+" + to_string(a.value);
        break;
      case Assignment::Kind::by_case: {
        text += column + "=case " + std::string(a.key);
        for (const auto& [key, value] : a.cases) text += " when " + to_string(key) + " then " + to_string(value);
        text += " end";
      }
    }
  }
  return text;
}

std::string text_of(const Insert& row) {
  std::string text = "insert " + std::string(row.table);
  for (std::size_t i = 0; i < row.columns.size(); ++i) {
    text += (i == 0 ? " " : ", ") + std::string(row.columns[i]) + "=";
    text += i < row.values.size() ? to_string(row.values[i]) : "?";
  }
  return text;
}

struct Text {
  std::string operator()(const Select& s) const {
    std::string text = (s.count_only ? "select count " : "select ") + std::string(s.table) + text_of(s.where);
    for (std::size_t i = 0; i < s.order_by.size(); ++i) {
      text += (i == 0 ? " order by " : ", ") + std::string(s.order_by[i].column);
      if (s.order_by[i].descending) text += " desc";
    }
    if (s.limit) text += " limit " + std::to_string(*s.limit);
    if (s.lock != Lock::none) text += s.lock == Lock::share ? " for share" : " for update";
    if (s.wait != Wait::block) text += s.wait == Wait::no_wait ? " nowait" : " skip locked";
    return text;
  }
  std::string operator()(const Insert& s) const { return text_of(s); }
  std::string operator()(const Update& s) const {
    return "update " + std::string(s.table) + text_of(s.where) + text_of(s.set);
  }
  std::string operator()(const Upsert& s) const {
    return text_of(s.row) + " on duplicate " + std::string(s.on) + text_of(s.set);
  }
  std::string operator()(const Delete& s) const { return "delete " + std::string(s.table) + text_of(s.where); }
};

Test join(Test::Kind kind, Test a, Test b) {
  if (a.kind == kind) {
    a.children.push_back(std::move(b));
    return a;
  }
  std::vector<Test> children;
  children.push_back(std::move(a));
  children.push_back(std::move(b));
  return Test(kind, std::move(children));
}

}  // namespace

std::uint64_t Image::hash() const noexcept {
  if (hash_ == 0) hash_ = mix(0x526f'7749'6d61'6765u, values) | 1u;
  return hash_;
}

const Value& Row::operator[](std::string_view column) const {
  for (std::size_t i = 0; i < columns_->size(); ++i) {
    if ((*columns_)[i] == column) return image_->values[i];
  }
  CF_ASSERT(false && "no such column");
}

Test operator&&(Test a, Test b) {
  if (a.kind == Test::Kind::always) return b;
  if (b.kind == Test::Kind::always) return a;
  return join(Test::Kind::all_of, std::move(a), std::move(b));
}

Test operator||(Test a, Test b) {
  if (a.kind == Test::Kind::always) return a;
  if (b.kind == Test::Kind::always) return b;
  return join(Test::Kind::any_of, std::move(a), std::move(b));
}

Where Where::any_of(std::string_view via, Values keys, Test residual) {
  Where where(via, {}, std::move(residual));
  where.in = std::move(keys);
  return where;
}

Assignment Assignment::add(std::string_view column, std::int64_t increment) {
  Assignment a(column, Value(increment));
  a.kind = Kind::add;
  return a;
}

Assignment Assignment::by_case(std::string_view column, std::string_view key,
                               std::vector<std::pair<Value, Value>> cases) {
  Assignment a(column, Value());
  a.kind = Kind::by_case;
  a.key = key;
  a.cases = std::move(cases);
  return a;
}

std::string_view name_of(StatementKind kind) noexcept {
  switch (kind) {
    case StatementKind::select:
      return "select";
    case StatementKind::insert:
      return "insert";
    case StatementKind::update:
      return "update";
    case StatementKind::upsert:
      return "upsert";
    case StatementKind::remove:
      return "delete";
  }
  return "";
}

StatementKind kind_of(const Statement& statement) noexcept { return static_cast<StatementKind>(statement.index()); }

std::string_view table_of(const Statement& statement) noexcept {
  return std::visit(
      [](const auto& s) {
        if constexpr (requires { s.row; }) {
          return s.row.table;
        } else {
          return s.table;
        }
      },
      statement);
}

std::string to_string(const Statement& statement) { return std::visit(Text{}, statement); }

std::uint64_t hash_of(const Statement& statement) noexcept {
  return std::visit(Hash{mix(0x5374'6174'656d'656eu, statement.index())}, statement);
}

}  // namespace chronofault::db
