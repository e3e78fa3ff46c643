// What ZooKeeper costs: the data tree alone, writes decided and applied, and clients with sessions over the network
// with three servers, reading and writing without end.
#include <string>
#include <vector>

#include <sim/zookeeper/data_tree.hpp>
#include <sim/zookeeper/preparer.hpp>

#include "support/report.hpp"
#include "support/zookeeper_load.hpp"

namespace {

using namespace chronofault;
using namespace chronofault::sim;

/// Operations per CPU second: create, set, five reads and a delete of nodes below one parent, over and over.
double tree_operations(int rounds) {
  DataTree tree(1);
  Zxid zxid = 0;
  const auto apply = [&](TxnKind kind, const std::string& path) {
    Txn txn;
    txn.kind = kind;
    txn.path = path;
    txn.data = "0123456789";
    txn.zxid = ++zxid;
    tree.apply(txn, nullptr, nullptr);
  };
  apply(TxnKind::create, "/job");
  const double before = bench::cpu_seconds();
  std::int64_t versions = 0;
  for (int round = 0; round < rounds; ++round) {
    const std::string path = "/job/n" + std::to_string(round % 5'000);
    apply(TxnKind::create, path);
    apply(TxnKind::set_data, path);
    for (int read = 0; read < 5; ++read) versions += tree.find(path)->stat().version;
    apply(TxnKind::del, path);
  }
  CF_ASSERT(versions == std::int64_t{5} * rounds);
  return 8.0 * rounds / (bench::cpu_seconds() - before);
}

/// The same with the checks of the server that orders.
double decided_writes(int rounds) {
  DataTree tree(1);
  const ZooKeeperOptions options;
  SessionTracker sessions(options.tick);
  sessions.track(1, 30'000, MonoTime());
  Preparer preparer(tree, sessions, options);
  const std::vector<zk::Op> writes{zk::Op::create("/n", "x", zk::CreateMode::persistent), zk::Op::set_data("/n", "y"),
                                   zk::Op::del("/n")};
  Zxid zxid = 0;
  const double before = bench::cpu_seconds();
  for (int round = 0; round < rounds; ++round) {
    for (const zk::Op& op : writes) {
      Preparer::Order order;
      order.zxid = ++zxid;
      order.session = 1;
      order.server = 1;
      tree.apply(preparer.operation(op, order), nullptr, nullptr);
      preparer.applied(zxid);
    }
  }
  return 3.0 * rounds / (bench::cpu_seconds() - before);
}

void measure(bench::Report& report) {
  report.add("tree operations per CPU second", tree_operations(200'000) / 1e6, "M/s", "goal 2");
  report.add("writes decided and applied", decided_writes(200'000) / 1e6, "M/s");
  report.add("reads, three servers", bench::zookeeper_operations(false, Duration::seconds(1)) / 1e3, "k/s", "goal 400");
  report.add("writes, three servers", bench::zookeeper_operations(true, Duration::seconds(3)) / 1e3, "k/s", "goal 150");
}

const bench::Suite suite("zookeeper", measure);

}  // namespace
