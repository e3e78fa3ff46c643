#include <charconv>

#include <faults/effect.hpp>

namespace chronofault::faults {

namespace {

using sim::DatabaseConditions;

std::optional<db::StatementKind> statement_kind(const std::string& name) {
  if (name == "select") return db::StatementKind::select;
  if (name == "insert") return db::StatementKind::insert;
  if (name == "update") return db::StatementKind::update;
  if (name == "delete") return db::StatementKind::remove;
  return std::nullopt;
}

class SlowStatements final : public Effect {
 public:
  SlowStatements(DatabaseConditions& conditions, std::vector<std::list<DatabaseConditions::Slow>::iterator> slow)
      : conditions_(conditions), slow_(std::move(slow)) {}
  void heal(RecordId) override {
    for (const auto& entry : slow_) conditions_.slow.erase(entry);
  }

 private:
  DatabaseConditions& conditions_;
  std::vector<std::list<DatabaseConditions::Slow>::iterator> slow_;
};

class ReadOnly final : public Effect {
 public:
  explicit ReadOnly(DatabaseConditions& conditions) : conditions_(conditions) { conditions_.read_only = true; }
  void heal(RecordId) override { conditions_.read_only = false; }

 private:
  DatabaseConditions& conditions_;
};

// A foreign transaction. A restart of the server ends it like any other, so healing asks for the life it began in.
class HeldLock final : public Effect {
 public:
  HeldLock(sim::World& world, std::vector<sim::SessionId> holds)
      : world_(world), life_(world.database_process()->life()), holds_(std::move(holds)) {}
  void heal(RecordId) override {
    if (world_.database_server() == nullptr || world_.database_process()->life() != life_) return;
    for (const sim::SessionId hold : holds_) world_.database_server()->release_hold(hold);
  }

 private:
  sim::World& world_;
  std::uint32_t life_;
  std::vector<sim::SessionId> holds_;
};

std::vector<std::string> tables_of(const Action& action, RandomStream& draws) {
  std::vector<std::string> tables;
  if (!action.target) return tables;
  const Selector& target = *action.target;
  if (target.kind == Selector::Kind::table) return {target.text};
  for (const Selector& part : target.parts) tables.push_back(part.text);
  if (target.kind == Selector::Kind::all) return tables;
  draws.shuffle(std::span<std::string>(tables));
  tables.resize(std::min<std::size_t>(tables.size(), target.kind == Selector::Kind::one_of ? 1 : 2));
  return tables;
}

// The text of the key as the table's first key column has it; empty: every row.
db::Values key_of(sim::World& world, const std::string& table, const Action& action) {
  if (!action.has("key") || action.text("key").empty()) return {};
  const std::string& text = action.text("key");
  const sim::StoredTable* stored = world.storage()->table(table);
  CF_ASSERT(stored != nullptr);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool numeric = stored->spec().columns[stored->key_columns()[0]].type == ColumnType::integer;
  if (numeric && error == std::errc{} && end == text.data() + text.size()) return {Value(number)};
  return {Value(text)};
}

}  // namespace

std::unique_ptr<Effect> database_effect(Strikeable& strike) {
  const Action& action = strike.action;
  sim::World& world = strike.world;
  if (world.database_process() == nullptr) return nullptr;
  DatabaseConditions& conditions = world.database_conditions();
  strike.targets = tables_of(action, strike.draws);
  switch (action.kind) {
    case FaultKind::slow_statement: {
      std::vector<std::string> tables = strike.targets;
      if (tables.empty()) tables.emplace_back();
      std::vector<std::list<DatabaseConditions::Slow>::iterator> entries;
      for (const std::string& table : tables) {
        entries.push_back(conditions.slow.insert(
            conditions.slow.end(),
            DatabaseConditions::Slow(table, statement_kind(action.text("statement")), action.duration("by"))));
      }
      return std::make_unique<SlowStatements>(conditions, std::move(entries));
    }
    case FaultKind::read_only:
      return std::make_unique<ReadOnly>(conditions);
    case FaultKind::hold_lock: {
      sim::DatabaseServer* server = world.database_server();
      if (server == nullptr) return nullptr;
      std::vector<sim::SessionId> holds;
      for (const std::string& table : strike.targets) {
        holds.push_back(server->hold_lock(table, key_of(world, table, action)));
      }
      return std::make_unique<HeldLock>(world, std::move(holds));
    }
    default:
      break;
  }
  CF_ASSERT(false);
  return nullptr;
}

}  // namespace chronofault::faults
