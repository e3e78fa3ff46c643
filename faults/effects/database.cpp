#include <charconv>

#include <faults/effect.hpp>
#include <faults/resolve.hpp>

namespace chronofault::faults {

namespace {

using sim::DatabaseConditions;
using sim::Process;

std::optional<db::StatementKind> statement_kind(const std::string& name) {
  if (name == "select") return db::StatementKind::select;
  if (name == "insert") return db::StatementKind::insert;
  if (name == "update") return db::StatementKind::update;
  if (name == "upsert") return db::StatementKind::upsert;
  if (name == "delete") return db::StatementKind::remove;
  return std::nullopt;
}

/// Entries in the servers' conditions, taken out again.
template <class Entry>
class Entries final : public Effect {
 public:
  void add(std::list<Entry>& conditions, Entry entry) {
    entries_.emplace_back(&conditions, conditions.insert(conditions.end(), std::move(entry)));
  }
  void heal(RecordId) override {
    for (const auto& [conditions, entry] : entries_) conditions->erase(entry);
  }

 private:
  std::vector<std::pair<std::list<Entry>*, typename std::list<Entry>::iterator>> entries_;
};

class ReadOnly final : public Effect {
 public:
  explicit ReadOnly(std::vector<DatabaseConditions*> servers) : servers_(std::move(servers)) {
    for (DatabaseConditions* server : servers_) server->read_only = true;
  }
  void heal(RecordId) override {
    for (DatabaseConditions* server : servers_) server->read_only = false;
  }

 private:
  std::vector<DatabaseConditions*> servers_;
};

// A foreign transaction. A restart of the server ends it like any other, so healing asks for the life it began in.
class HeldLock final : public Effect {
 public:
  HeldLock(sim::DatabaseCluster& cluster, std::vector<sim::SessionId> holds)
      : cluster_(cluster),
        server_(cluster.primary()),
        life_(cluster.process(server_).life()),
        holds_(std::move(holds)) {}
  void heal(RecordId) override {
    sim::DatabaseServer* const server = cluster_.running(server_);
    if (server == nullptr || cluster_.process(server_).life() != life_) return;
    for (const sim::SessionId hold : holds_) server->release_hold(hold);
  }

 private:
  sim::DatabaseCluster& cluster_;
  std::size_t server_;
  std::uint32_t life_;
  std::vector<sim::SessionId> holds_;
};

// A new life of the process has a pool of its own.
class SeizedPools final : public Effect {
 public:
  SeizedPools(sim::World& world, const std::vector<Process*>& processes) : world_(world) {
    for (Process* process : processes) {
      world_.database_client(*process)->pool().seize();
      seized_.emplace_back(process, process->life());
    }
  }
  void heal(RecordId) override {
    for (const auto& [process, life] : seized_) {
      sim::DatabaseClient* const client = world_.database_client(*process);
      if (client != nullptr && process->life() == life) client->pool().release();
    }
  }

 private:
  sim::World& world_;
  std::vector<std::pair<Process*, std::uint32_t>> seized_;
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

/// Those that live and are servers of no kind.
std::vector<Process*> clients_of(Strikeable& strike) {
  std::vector<Process*> clients =
      resolve_processes(*strike.action.target, strike.world, strike.directory, strike.draws);
  std::erase_if(clients,
                [](const Process* p) { return !p->alive() || p->role() == "database" || p->role() == "zookeeper"; });
  for (const Process* client : clients) strike.targets.push_back(client->name());
  return clients;
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

std::unique_ptr<Effect> slow_statements(Strikeable& strike, sim::DatabaseCluster& cluster) {
  const Action& action = strike.action;
  strike.targets = tables_of(action, strike.draws);
  const bool after = action.text("spent") == "after";
  auto effect = std::make_unique<Entries<DatabaseConditions::Slow>>();
  for (const std::string& table : strike.targets) {
    for (std::size_t server = 0; server < cluster.size(); ++server) {
      const auto kind = statement_kind(action.text("statement"));
      effect->add(cluster.conditions(server).slow, {table, kind, action.duration("by"), after});
    }
  }
  return effect;
}

std::unique_ptr<Effect> hold_locks(Strikeable& strike, sim::DatabaseCluster& cluster) {
  sim::DatabaseServer* const server = cluster.running(cluster.primary());
  if (server == nullptr) return nullptr;
  strike.targets = tables_of(strike.action, strike.draws);
  const db::Lock lock = strike.action.text("mode") == "shared" ? db::Lock::share : db::Lock::update;
  std::vector<sim::SessionId> holds;
  for (const std::string& table : strike.targets) {
    holds.push_back(server->hold_lock(table, key_of(strike.world, table, strike.action), lock));
  }
  return std::make_unique<HeldLock>(cluster, std::move(holds));
}

std::unique_ptr<Effect> lose_acknowledgements(Strikeable& strike, sim::DatabaseCluster& cluster) {
  std::vector<std::string> ips;
  for (const Process* client : clients_of(strike)) ips.push_back(client->machine().options().ip);
  if (ips.empty()) return nullptr;
  auto effect = std::make_unique<Entries<DatabaseConditions::LostAcknowledgements>>();
  for (std::size_t server = 0; server < cluster.size(); ++server) {
    effect->add(cluster.conditions(server).lost_acknowledgements,
                {ips, strike.action.integer("commits"), strike.record});
  }
  return effect;
}

std::unique_ptr<Effect> read_only(Strikeable& strike, sim::DatabaseCluster& cluster) {
  std::vector<DatabaseConditions*> servers;
  for (const std::size_t server : database_servers(strike, cluster)) {
    servers.push_back(&cluster.conditions(server));
    strike.targets.push_back(cluster.process(server).name());
  }
  if (servers.empty()) return nullptr;
  return std::make_unique<ReadOnly>(std::move(servers));
}

}  // namespace

std::vector<std::size_t> database_servers(Strikeable& strike, const sim::DatabaseCluster& cluster) {
  if (!strike.action.target) return {cluster.primary()};
  std::vector<std::size_t> servers;
  for (const Process* process :
       resolve_processes(*strike.action.target, strike.world, strike.directory, strike.draws)) {
    if (const auto server = cluster.server_in(*process)) servers.push_back(*server);
  }
  return servers;
}

std::unique_ptr<Effect> database_effect(Strikeable& strike) {
  sim::DatabaseCluster* const cluster = strike.world.database();
  if (cluster == nullptr) return nullptr;
  switch (strike.action.kind) {
    case FaultKind::slow_statement:
      return slow_statements(strike, *cluster);
    case FaultKind::read_only:
      return read_only(strike, *cluster);
    case FaultKind::hold_lock:
      return hold_locks(strike, *cluster);
    case FaultKind::lose_acknowledgement:
      return lose_acknowledgements(strike, *cluster);
    case FaultKind::exhaust_pool: {
      const std::vector<Process*> clients = clients_of(strike);
      if (clients.empty()) return nullptr;
      return std::make_unique<SeizedPools>(strike.world, clients);
    }
    case FaultKind::failover:
      return failover_effect(strike, *cluster);
    default:
      break;
  }
  CF_ASSERT(false);
  return nullptr;
}

}  // namespace chronofault::faults
