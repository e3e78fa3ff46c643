// `database:` with its replicas and the rows that are there before the first process starts, and `zookeeper:`.
#include <algorithm>

#include "reading.hpp"

namespace chronofault::scenarios {
namespace {

std::optional<Value> read_cell(Reading& r, const Node& node, const ColumnSpec& column, const std::string& path) {
  if (node.is_null()) return Value(Null{});
  switch (column.type) {
    case ColumnType::integer: {
      const auto value = r.values.integer(node, path);
      return value ? std::optional<Value>(*value) : std::nullopt;
    }
    case ColumnType::real: {
      const auto value = node.is_scalar() ? parse_real(node.text) : std::nullopt;
      if (value) return Value(*value);
      r.problems.add(node.place, described(node) + " is no number", "a number such as 0.5");
      return std::nullopt;
    }
    case ColumnType::text: {
      const auto value = r.values.text(node, path);
      return value ? std::optional<Value>(*value) : std::nullopt;
    }
    case ColumnType::boolean: {
      const auto value = r.values.boolean(node, path);
      return value ? std::optional<Value>(*value) : std::nullopt;
    }
    case ColumnType::datetime:
      break;
  }
  const auto value = r.values.instant(node, path);
  return value ? std::optional<Value>(WallTime::from_us(value->us())) : std::nullopt;
}

void read_rows(Reading& r, const Node& node) {
  const std::vector<TableSpec> tables = r.plan.target->tables(r.plan.cluster.profile);
  Fields fields(node, "`rows`", r.problems);
  for (const TableSpec& table : tables) {
    const Node* const list = fields.get(table.name);
    if (list == nullptr) continue;
    const auto& rows = entries_of(*list, "the rows of " + table.name, r.problems);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string path = "cluster/rows/" + table.name + "/" + std::to_string(i + 1);
      Fields cells(rows[i], "a row of " + table.name, r.problems);
      std::map<std::string, Value> row;
      for (const ColumnSpec& column : table.columns) {
        const Node* const cell = cells.get(column.name);
        if (cell == nullptr) continue;
        if (auto value = read_cell(r, *cell, column, path + "/" + column.name)) row[column.name] = std::move(*value);
      }
      cells.done();
      r.plan.cluster.rows[table.name].push_back(std::move(row));
    }
  }
  fields.done();
}

/// Puts a server of the cluster's own on a host; read_hosts gives the host its address.
std::string read_place(Reading& r, Fields& fields, const std::string& process, const std::string& path) {
  std::string host = process + ".host";
  if (const Node* given = fields.get("host")) host = r.values.text(*given, path + "/host").value_or(host);
  std::string zone = r.plan.zones.front().name;
  const Node* const given = fields.get("zone");
  if (given != nullptr) zone = r.values.name(*given, path + "/zone", "zone", r.zones()).value_or(zone);
  const auto known = r.hosts();
  if (std::find(known.begin(), known.end(), host) == known.end()) {
    HostPlan plan;
    plan.name = host;
    if (given != nullptr) plan.zone = zone;
    r.plan.hosts.push_back(std::move(plan));
  }
  return host;
}

constexpr std::int64_t replicas_max = 8;

/// A list, an entry per replica; a bare number stands for so many of them.
void read_replicas(Reading& r, const Node& node, DatabasePlan& database) {
  Node counted;
  if (!node.is_list()) {
    const auto count = r.values.integer(node, "cluster/database/replicas", 0, replicas_max);
    counted.items.resize(static_cast<std::size_t>(count.value_or(0)));
    for (Node& entry : counted.items) entry.place = node.place;
  }
  const std::vector<Node>& entries = node.is_list() ? node.items : counted.items;
  if (entries.size() > replicas_max) {
    r.problems.add(node.place, std::to_string(entries.size()) + " replicas", "at most " + std::to_string(replicas_max));
    return;
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    Fields fields(entries[i], "a replica", r.problems);
    const std::string name = database.name + "-" + std::to_string(i + 2);
    const std::string path = "cluster/database/replicas/" + std::to_string(i + 1);
    database.replicas.push_back({name, read_place(r, fields, name, path)});
    fields.done();
  }
}

void read_replication(Reading& r, Fields& fields, DatabasePlan& database) {
  if (const Node* replicas = fields.get("replicas")) read_replicas(r, *replicas, database);
  const Node* const replication = fields.get("replication");
  const Node* const lag = fields.get("replication_lag");
  const Node* const timeout = fields.get("semisync_timeout");
  for (const Node* node : {replication, lag, timeout}) {
    if (node == nullptr || !database.replicas.empty()) continue;
    r.problems.add(node->place, "replication without a replica", "replicas: 1");
    return;
  }
  if (replication != nullptr) {
    const std::vector<std::string> known =
        database.dialect == "innodb" ? std::vector<std::string>{"async", "semisync-after-commit", "semisync-after-sync"}
                                     : std::vector<std::string>{"async", "synchronous"};
    const std::string path = "cluster/database/replication";
    database.replication =
        r.values.name(*replication, path, "replication of " + database.dialect, known).value_or(database.replication);
  }
  if (lag != nullptr) {
    const auto value = r.values.duration(*lag, "cluster/database/replication_lag");
    database.replication_lag = value.value_or(Duration());
  }
  if (timeout == nullptr) return;
  if (!database.replication.starts_with("semisync")) {
    r.problems.add(timeout->place, "'semisync_timeout' with replication: " + database.replication,
                   "replication: semisync-after-commit or semisync-after-sync");
    return;
  }
  const auto value = r.values.duration(*timeout, "cluster/database/semisync_timeout", Duration::us(1));
  database.semisync_timeout = value.value_or(database.semisync_timeout);
}

}  // namespace

void read_database(Reading& r, Fields& cluster) {
  const Node* const node = cluster.get("database");
  if (node == nullptr && !r.info.uses_database) return;
  if (node != nullptr && !r.info.uses_database) {
    r.problems.add(node->place, r.info.name + " uses no database", "a cluster without `database:`");
    return;
  }
  static const Node nothing;
  Fields fields(node != nullptr ? *node : nothing, "the database", r.problems);
  DatabasePlan database;
  if (const Node* dialect = fields.get("dialect")) {
    database.dialect =
        r.values.name(*dialect, "cluster/database/dialect", "dialect", {"innodb", "postgresql"}).value_or("innodb");
  }
  database.host = read_place(r, fields, database.name, "cluster/database");
  read_replication(r, fields, database);
  r.plan.cluster.has_database = true;
  r.plan.cluster.database.port = database.dialect == "innodb" ? 3306 : 5432;
  r.plan.database = std::move(database);
  if (const Node* rows = fields.get("rows")) read_rows(r, *rows);
  fields.done();
}

namespace {

// A list, an entry per server; a bare number stands for so many of them.
void read_zookeeper_servers(Reading& r, const Node* node, ZookeeperPlan& ensemble) {
  Node counted;
  counted.kind = Node::Kind::list;
  if (node != nullptr) counted.place = node->place;
  std::int64_t count = 1;
  if (node != nullptr && !node->is_list()) {
    const auto given = r.values.integer(*node, "cluster/zookeeper/servers", 1, 5);
    if (!given) return;
    count = *given;
  }
  if (node == nullptr || !node->is_list()) {
    counted.items.resize(static_cast<std::size_t>(count));
    if (node != nullptr) {
      for (Node& entry : counted.items) entry.place = node->place;
    }
  }
  const Node& list = node != nullptr && node->is_list() ? *node : counted;
  if (const std::size_t size = list.items.size(); size != 1 && size != 3 && size != 5) {
    r.problems.add(list.place, "an ensemble of " + std::to_string(size) + " ZooKeeper servers", "1, 3 or 5 servers");
    return;
  }
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    Fields fields(list.items[i], "a ZooKeeper server", r.problems);
    const std::string name = "zookeeper-" + std::to_string(i + 1);
    const std::string path = "cluster/zookeeper/servers/" + std::to_string(i + 1);
    ensemble.servers.push_back({name, read_place(r, fields, name, path)});
    fields.done();
  }
}

}  // namespace

void read_zookeeper(Reading& r, Fields& cluster) {
  const Node* const node = cluster.get("zookeeper");
  if (node == nullptr && !r.info.uses_zookeeper) return;
  if (node != nullptr && !r.info.uses_zookeeper) {
    r.problems.add(node->place, r.info.name + " uses no ZooKeeper", "a cluster without `zookeeper:`");
    return;
  }
  ZookeeperPlan ensemble;
  if (node == nullptr || !node->is_map()) {
    read_zookeeper_servers(r, node, ensemble);
  } else {
    Fields fields(*node, "`zookeeper`", r.problems);
    read_zookeeper_servers(r, fields.get("servers"), ensemble);
    const auto duration = [&](std::string_view key, auto& into) {
      const Node* const given = fields.get(key);
      if (given == nullptr) return;
      const std::string path = "cluster/zookeeper/" + std::string(key);
      if (const auto value = r.values.duration(*given, path, Duration::us(1))) into = *value;
    };
    const auto count = [&](std::string_view key, std::int64_t& into) {
      const Node* const given = fields.get(key);
      if (given == nullptr) return;
      if (const auto value = r.values.integer(*given, "cluster/zookeeper/" + std::string(key), 1, 10'000))
        into = *value;
    };
    duration("tickTime", ensemble.tick_time);
    count("initLimit", ensemble.init_limit);
    count("syncLimit", ensemble.sync_limit);
    duration("minSessionTimeout", ensemble.min_session_timeout);
    duration("maxSessionTimeout", ensemble.max_session_timeout);
    duration("fsync", ensemble.fsync);
    fields.done();
  }
  r.plan.zookeeper = std::move(ensemble);
}

}  // namespace chronofault::scenarios
