// The rules of a server that need no network: tree, preparation, watches, sessions.
#include <algorithm>

#include <catch2/catch.hpp>

#include <sim/zookeeper/preparer.hpp>
#include <sim/zookeeper/storage.hpp>
#include <sim/zookeeper/watch_manager.hpp>

namespace {

using namespace chronofault;
using namespace chronofault::literals;
using sim::Preparer;
using sim::Txn;
using zk::Code;
using zk::CreateMode;
using zk::EventType;
using zk::Op;

constexpr zk::SessionId me = 7;
constexpr zk::SessionId other = 8;

// A standalone server's head: what is ordered is applied when the test says so.
struct Head {
  explicit Head(sim::ZooKeeperOptions settings = sim::ZooKeeperOptions())
      : options(settings), sessions(options.tick), preparer(tree, sessions, options) {
    for (const zk::SessionId id : {me, other}) sessions.track(id, 10'000, MonoTime());
  }
  Preparer::Order next(zk::SessionId session) {
    Preparer::Order order;
    order.zxid = ++zxid;
    order.time_ms = 1'000 + zxid;
    order.session = session;
    order.server = 1;
    return order;
  }
  Code order(const Op& op, zk::SessionId session = me) {
    ordered.push_back(preparer.operation(op, next(session)));
    return error_of(ordered.back());
  }
  void apply_all() {
    for (const Txn& txn : ordered) tree.apply(txn, nullptr, nullptr);
    ordered.clear();
    preparer.applied(zxid);
  }
  Code now(const Op& op, zk::SessionId session = me) {
    const Code code = order(op, session);
    apply_all();
    return code;
  }
  zk::Stat stat(std::string_view path) { return tree.find(path)->stat(); }

  sim::ZooKeeperOptions options;
  sim::DataTree tree{1};
  sim::SessionTracker sessions;
  Preparer preparer;
  std::vector<Txn> ordered;
  sim::Zxid zxid = 0;
};

Op make(const std::string& path, CreateMode mode = CreateMode::persistent) { return Op::create(path, "x", mode); }

TEST_CASE("the stat of the root before anything happened", "[zookeeper:1]") {
  Head head;
  const zk::Stat root = head.stat("/");
  CHECK(root.cversion == -1);
  CHECK(root.num_children == 1);
  head.now(make("/s", CreateMode::persistent_sequential));
  CHECK(head.tree.find("/s0000000000") != nullptr);
}

TEST_CASE("what changes in a node and in its parent", "[zookeeper:1]") {
  Head head;
  head.now(make("/a"));
  head.now(make("/a/b"));
  head.now(Op::set_data("/a/b", "yy"));
  head.now(Op::set_acl("/a/b", std::vector<zk::Acl>{zk::Acl()}));
  const zk::Stat b = head.stat("/a/b");
  CHECK(b.czxid == 2);
  CHECK(b.mzxid == 3);
  CHECK(b.mtime_ms == 1'003);
  CHECK(b.version == 1);
  CHECK(b.aversion == 1);
  CHECK(b.data_length == 2);
  head.now(Op::del("/a/b"));
  const zk::Stat a = head.stat("/a");
  CHECK(a.pzxid == 5);
  CHECK(a.mzxid == 1);
  CHECK(a.version == 0);
  CHECK(a.cversion == 2);
  CHECK(a.num_children == 0);
}

TEST_CASE("sequential suffixes: shared, not given back, not moved by failures, wrapping", "[zookeeper:1]") {
  Head head;
  head.now(make("/a"));
  head.now(make("/a/p"));
  head.now(make("/a/q-", CreateMode::persistent_sequential));
  CHECK(head.tree.find("/a/q-0000000001") != nullptr);
  head.now(Op::del("/a/p"));
  CHECK(head.now(make("/a/q-0000000002")) == Code::ok);
  CHECK(head.now(make("/a/", CreateMode::ephemeral_sequential)) == Code::ok);
  CHECK(head.tree.find("/a/0000000003") != nullptr);
  head.now(make("/a/r-0000000005"));
  CHECK(head.now(make("/a/r-", CreateMode::persistent_sequential)) == Code::node_exists);
  CHECK(head.now(make("/a/r-", CreateMode::persistent_sequential)) == Code::node_exists);
}

TEST_CASE("create: the first check that fails decides", "[zookeeper:3]") {
  Head head;
  head.now(make("/a"));
  head.now(make("/a/e", CreateMode::ephemeral));
  CHECK(head.now(make("/r//a")) == Code::no_node);
  CHECK(head.now(make("//a")) == Code::bad_arguments);
  CHECK(head.now(make("/a/.")) == Code::bad_arguments);
  CHECK(head.now(make("a")) == Code::bad_arguments);
  CHECK(head.now(make("/")) == Code::node_exists);
  CHECK(head.now(make("/a")) == Code::node_exists);
  CHECK(head.now(make("/a/e/x")) == Code::no_children_for_ephemerals);
  CHECK(head.now(Op::create_ttl("/t", "", CreateMode::ttl, 5)) == Code::unimplemented);
  CHECK(head.now(Op::create_ttl("/t", "", CreateMode::persistent, 5)) == Code::bad_arguments);
  Op no_acl = make("/b");
  no_acl.acl.emplace();
  CHECK(head.now(no_acl) == Code::invalid_acl);
  no_acl.path = "/none/b";
  CHECK(head.now(no_acl) == Code::invalid_acl);  // before the parent is looked for
  Op unknown = make("/b");
  unknown.mode = static_cast<CreateMode>(9);
  CHECK(head.now(unknown) == Code::bad_arguments);
  CHECK(head.now(Op::multi({unknown})) == Code::ok);  // persistent, inside a multi
  CHECK(head.now(make("/c"), 99) == Code::session_expired);
  CHECK(head.zxid == 16);  // each took one, whatever became of it
}

TEST_CASE("TTL nodes where they are enabled", "[zookeeper:1][zookeeper:3]") {
  sim::ZooKeeperOptions options;
  options.extended_types = true;
  Head head(options);
  CHECK(head.now(Op::create_ttl("/t", "", CreateMode::ttl, 0)) == Code::bad_arguments);
  CHECK(head.now(Op::create_ttl("/t", "", CreateMode::ttl, std::int64_t{1} << 40)) == Code::bad_arguments);
  CHECK(head.now(Op::create_ttl("/t", "", CreateMode::ttl, (std::int64_t{1} << 40) - 1)) == Code::ok);
  CHECK(head.tree.ttls().size() == 1);
}

TEST_CASE("delete: version before emptiness, special paths never", "[zookeeper:3]") {
  Head head;
  head.now(make("/a"));
  head.now(make("/a/b"));
  CHECK(head.now(Op::del("/a", 3)) == Code::bad_version);
  CHECK(head.now(Op::del("/a", 0)) == Code::not_empty);
  CHECK(head.now(Op::del("/none/b")) == Code::no_node);
  for (const char* path : {"/", "/zookeeper", "/zookeeper/quota", "/zookeeper/config", "b"}) {
    CHECK(head.now(Op::del(path)) == Code::bad_arguments);
  }
}

TEST_CASE("writes are checked against what is ordered and not yet applied", "[zookeeper:3][zookeeper:5]") {
  Head head;
  CHECK(head.order(make("/a")) == Code::ok);
  CHECK(head.order(make("/a")) == Code::node_exists);
  CHECK(head.order(make("/a/b")) == Code::ok);
  CHECK(head.order(Op::set_data("/a", "1", 0)) == Code::ok);
  CHECK(head.order(Op::set_data("/a", "2", 0)) == Code::bad_version);
  CHECK(head.order(Op::del("/a")) == Code::not_empty);
  CHECK(head.order(Op::del("/a/b")) == Code::ok);
  CHECK(head.order(Op::del("/a")) == Code::ok);
  CHECK(head.order(Op::set_data("/a", "")) == Code::no_node);
  CHECK(head.order(make("/a")) == Code::ok);
  head.apply_all();
  CHECK(head.stat("/a").czxid == 10);
}

TEST_CASE("multi: all or nothing, one zxid, errors member by member", "[zookeeper:3]") {
  Head head;
  head.now(make("/a"));
  const std::vector<Op> members{make("/a/q-", CreateMode::persistent_sequential), Op::check("/a", 5), Op::del("/a")};
  head.order(Op::multi(members));
  const Txn failed = head.ordered.back();
  head.apply_all();
  CHECK(error_of(failed) == Code::bad_version);
  CHECK(failed.members[0].error == Code::ok);
  CHECK(failed.members[2].error == Code::runtime_inconsistency);
  CHECK(head.stat("/a").cversion == 0);
  head.now(make("/a/q-", CreateMode::persistent_sequential));
  CHECK(head.tree.find("/a/q-0000000000") != nullptr);  // the counter was rolled back, too
  const std::vector<Op> steps{make("/m"), make("/m/n"), Op::set_data("/m", "1", 0), Op::del("/m/n"), Op::del("/m", 1)};
  CHECK(head.now(Op::multi(steps)) == Code::ok);
  CHECK(head.now(Op::multi({Op::get_data("/a")})) == Code::marshalling_error);
}

TEST_CASE("the end of a session takes all its ephemerals, ordered ones too", "[zookeeper:4]") {
  Head head;
  head.now(make("/a"));
  head.now(make("/a/e1", CreateMode::ephemeral));
  head.now(make("/a/e2", CreateMode::ephemeral));
  head.order(make("/a/e3", CreateMode::ephemeral));
  head.order(Op::del("/a/e1"), other);
  head.order(make("/a/e1", CreateMode::ephemeral), other);  // somebody else's from here on
  Txn close = head.preparer.close_session(head.next(me));
  std::sort(close.paths.begin(), close.paths.end());
  CHECK(close.paths == std::vector<std::string>{"/a/e2", "/a/e3"});
  head.ordered.push_back(close);
  head.apply_all();
  CHECK(head.tree.find("/a/e1")->owner == other);
  CHECK(head.stat("/a").pzxid == close.zxid);
}

TEST_CASE("a touch moves a session to the end of its tick; buckets are polled one by one", "[zookeeper:4]") {
  sim::SessionTracker sessions(2'000_ms);
  const auto at = [](std::int64_t ms) { return MonoTime::from_ms(ms); };
  sessions.track(1, 10'000, at(500));
  sessions.track(2, 10'000, at(2'500));
  CHECK(*sessions.next_expiry() == at(12'000));
  CHECK(sessions.poll(at(11'999)).empty());
  CHECK(sessions.touch(1, 10'000, at(4'100)));
  CHECK(*sessions.next_expiry() == at(14'000));
  CHECK(sessions.poll(at(20'000)) == std::vector<zk::SessionId>{2});
  CHECK(sessions.poll(at(20'000)) == std::vector<zk::SessionId>{1});
  CHECK_FALSE(sessions.touch(1, 10'000, at(20'000)));  // closing
  CHECK(sessions.check(1, 1) == Code::session_expired);
}

TEST_CASE("the first server to ask owns a session; from another it has moved", "[zookeeper:4]") {
  sim::SessionTracker sessions(2'000_ms);
  sessions.track(1, 10'000, MonoTime());
  CHECK(sessions.check(1, 2) == Code::ok);
  CHECK(sessions.check(1, 3) == Code::session_moved);
  sessions.set_owner(1, 3);
  CHECK(sessions.check(1, 3) == Code::ok);
}

TEST_CASE("what a server grants", "[zookeeper:4]") {
  const sim::ZooKeeperOptions options;
  CHECK(options.granted_ms(0) == 4'000);
  CHECK(options.granted_ms(-5) == 4'000);
  CHECK(options.granted_ms(30'000) == 30'000);
  CHECK(options.granted_ms(60'000) == 40'000);
}

struct Sink final : sim::EventSink {
  void event(sim::ConnectionId connection, EventType type, std::string_view path) override {
    told.push_back(std::to_string(connection) + " " + std::string(name_of(type)) + " " + std::string(path));
  }
  std::vector<std::string> told;
  std::vector<std::string> take() { return std::exchange(told, {}); }
};
using Told = std::vector<std::string>;

TEST_CASE("one-shot, persistent and recursive watches", "[zookeeper:6]") {
  Sink sink;
  sim::WatchManager watches(sink);
  watches.watch_data("/a", 1);
  watches.watch_children("/a", 1);
  watches.add("/", 2, zk::AddWatchMode::persistent_recursive);
  watches.add("/a", 3, zk::AddWatchMode::persistent);
  watches.created("/a/b");
  CHECK(sink.take() == Told{"2 NodeCreated /a/b", "1 NodeChildrenChanged /a", "3 NodeChildrenChanged /a"});
  watches.deleted("/a");
  CHECK(sink.take() == Told{"1 NodeDeleted /a", "3 NodeDeleted /a", "2 NodeDeleted /a"});
  watches.created("/a");
  CHECK(sink.take() == Told{"3 NodeCreated /a", "2 NodeCreated /a"});
  watches.drop(3);
  watches.data_changed("/a");
  CHECK(sink.take() == Told{"2 NodeDataChanged /a"});
}

TEST_CASE("a standard watch makes a persistent one of its table fire once", "[zookeeper:6]") {
  Sink sink;
  sim::WatchManager watches(sink);
  watches.add("/a", 1, zk::AddWatchMode::persistent);
  watches.watch_data("/a", 1);
  watches.data_changed("/a");
  watches.data_changed("/a");
  CHECK(sink.take() == Told{"1 NodeDataChanged /a"});
  watches.created("/a/b");  // the child table's entry is as it was
  watches.created("/a/c");
  CHECK(sink.take() == Told{"1 NodeChildrenChanged /a", "1 NodeChildrenChanged /a"});
  CHECK(watches.remove("/a", 1, zk::WatcherType::any));
  CHECK_FALSE(watches.remove("/a", 1, zk::WatcherType::any));
}

TEST_CASE("a disk gives back what was logged, with a checkpoint in place of old entries", "[zookeeper:8]") {
  sim::ZooKeeperStorage disk;
  Head head;
  for (int i = 0; i < 95; ++i) {
    head.order(make("/n" + std::to_string(i)));
    disk.append(std::make_shared<const Txn>(head.ordered.back()), 20, 1);
    head.apply_all();
  }
  CHECK(disk.log().size() <= 40);
  CHECK(disk.recover(1)->size() == head.tree.size());
  disk.truncate(90);
  const auto earlier = disk.recover(1);
  CHECK(earlier->last_zxid() == 90);
  CHECK(earlier->find("/n89") != nullptr);
  CHECK(earlier->find("/n90") == nullptr);
}

}  // namespace
