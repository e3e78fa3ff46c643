// `database:` with the rows that are there before the first process starts, and `zookeeper:`.
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
  r.plan.cluster.has_database = true;
  r.plan.cluster.database.port = database.dialect == "innodb" ? 3306 : 5432;
  r.plan.database = std::move(database);
  if (const Node* rows = fields.get("rows")) read_rows(r, *rows);
  fields.done();
}

void read_zookeeper(Reading& r, Fields& cluster) {
  const Node* const node = cluster.get("zookeeper");
  if (node == nullptr && !r.info.uses_zookeeper) return;
  if (node != nullptr && !r.info.uses_zookeeper) {
    r.problems.add(node->place, r.info.name + " uses no ZooKeeper", "a cluster without `zookeeper:`");
    return;
  }
  ZookeeperPlan ensemble;
  static const Node one = [] {
    Node list;
    list.kind = Node::Kind::list;
    list.items.emplace_back();
    return list;
  }();
  // A list, an entry per server; a bare number stands for so many of them.
  Node counted;
  const Node* list = node != nullptr ? node : &one;
  if (!list->is_list()) {
    const auto count = r.values.integer(*list, "cluster/zookeeper", 1, 99);
    if (!count) return;
    counted.kind = Node::Kind::list;
    counted.items.resize(static_cast<std::size_t>(*count));
    for (Node& entry : counted.items) entry.place = list->place;
    list = &counted;
  }
  for (std::size_t i = 0; i < list->items.size(); ++i) {
    Fields fields(list->items[i], "a ZooKeeper server", r.problems);
    const std::string name = "zookeeper-" + std::to_string(i + 1);
    ensemble.servers.push_back({name, read_place(r, fields, name, "cluster/zookeeper/" + std::to_string(i + 1))});
    fields.done();
  }
  r.plan.zookeeper = std::move(ensemble);
}

}  // namespace chronofault::scenarios
