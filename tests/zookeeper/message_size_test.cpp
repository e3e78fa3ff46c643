// jute.maxbuffer: what a message may be long, at the server and at the client. A length is counted here byte by byte as
// upstream's records are laid out, and the code has to draw the line at the same byte.
#include <ports/coordination/errors.hpp>
#include <sim/zookeeper/messages.hpp>
#include <sim/zookeeper/wire_size.hpp>

#include "zoo.hpp"

namespace {

using namespace zoo;

constexpr std::size_t limit = 0xfffff;
// xid, type; path; length of the data; one ACL: count, perms, "world", "anyone"; flags.
constexpr std::size_t around_data_of_create = 8 + (4 + 2) + 4 + (4 + 4 + 4 + 5 + 4 + 6) + 4;
constexpr std::size_t around_data_of_set = 8 + (4 + 2) + 4 + 4;
// A member's header, its record without another header, and the header that ends it all.
constexpr std::size_t around_data_of_multi = 8 + 9 + (around_data_of_create - 8) + 9;

struct Stories {
  static Task<> say(zk::Handle* handle, Zoo* zoo, std::string what, Op given) {
    const Op op = std::move(given);
    const zk::Result result = co_await handle->request(zk::Request(op));
    zoo->note(what + " " + std::string(name_of(result.error)));
  }
  static Op multi(std::size_t bytes) {
    std::vector<Op> members;
    members.push_back(Op::create("/m", std::string(bytes, 'x'), CreateMode::persistent));
    return Op::multi(std::move(members));
  }

  static Task<> write(Ports* ports, zk::Handle* handle, Zoo* zoo) {
    const std::string most(limit - around_data_of_create, 'x');
    const std::string too_much(most + 'x');
    co_await say(handle, zoo, "create too much:", Op::create("/b", too_much, CreateMode::persistent));
    co_await ports->clock.sleep_for(5_s);
    co_await say(handle, zoo, "it is", Op::exists("/b"));
    co_await say(handle, zoo, "create:", Op::create("/a", most, CreateMode::persistent));
    const std::string set(limit - around_data_of_set, 'x');
    co_await say(handle, zoo, "set:", Op::set_data("/a", set));
    const std::string set_more(set + 'x');
    co_await say(handle, zoo, "set too much:", Op::set_data("/a", set_more));
    co_await ports->clock.sleep_for(5_s);
    co_await say(handle, zoo, "multi:", multi(limit - around_data_of_multi));
    co_await say(handle, zoo, "del:", Op::del("/m"));
    co_await say(handle, zoo, "multi too much:", multi(limit - around_data_of_multi + 1));
    co_await ports->clock.sleep_for(5_s);
    co_await say(handle, zoo, "it is", Op::exists("/m"));
    zoo->note(handle->state() == zk::HandleState::connected ? "same session" : "lost");
  }

  // Header: xid, zxid, error. Then the data with its length, and the stat.
  static Task<> read(Ports* ports, zk::Handle* handle, Zoo* zoo) {
    const std::string most(limit - 16 - 4 - 68, 'x');
    co_await say(handle, zoo, "create:", Op::create("/a", most, CreateMode::persistent));
    co_await say(handle, zoo, "get:", Op::get_data("/a"));
    co_await say(handle, zoo, "set:", Op::set_data("/a", most + 'x'));
    co_await say(handle, zoo, "get too much:", Op::get_data("/a"));
    co_await ports->clock.sleep_for(5_s);
    co_await say(handle, zoo, "it is", Op::exists("/a"));
  }
};

TEST_CASE("a request above jute.maxbuffer ends its connection and is not carried out", "[zookeeper:3][zookeeper:7]") {
  const int servers = GENERATE(1, 3);
  Zoo zoo(servers);
  add_client(zoo, "app", ClientOptions(),
             [&zoo](Ports* ports, zk::Handle* handle) { return Stories::write(ports, handle, &zoo); });
  zoo.cluster.run_until(60_s);
  CHECK(zoo.said == Lines{"create too much: CONNECTIONLOSS", "it is NONODE", "create: OK", "set: OK",
                          "set too much: CONNECTIONLOSS", "multi: OK", "del: OK", "multi too much: CONNECTIONLOSS",
                          "it is NONODE", "same session"});
}

TEST_CASE("a reply above the client's jute.maxbuffer ends the connection, every time", "[zookeeper:7]") {
  Zoo zoo(1);
  add_client(zoo, "app", ClientOptions(),
             [&zoo](Ports* ports, zk::Handle* handle) { return Stories::read(ports, handle, &zoo); });
  zoo.cluster.run_until(30_s);
  CHECK(zoo.said == Lines{"create: OK", "get: OK", "set: OK", "get too much: CONNECTIONLOSS", "it is OK"});
}

TEST_CASE("the limit is the server's setting", "[zookeeper:12]") {
  sim::ZooKeeperOptions options;
  options.jute_max_buffer = 4 << 20;
  Zoo zoo(1, options);
  add_client(zoo, "app", ClientOptions(), [&zoo](Ports*, zk::Handle* handle) {
    return Stories::say(handle, &zoo, "create:", Op::create("/b", std::string(2 << 20, 'x'), CreateMode::persistent));
  });
  zoo.cluster.run_until(10_s);
  CHECK(zoo.said == Lines{"create: OK"});
}

// Counted by hand from upstream's record definitions (zookeeper.jute).
TEST_CASE("how long messages are", "[zookeeper:3]") {
  const auto request = [](Op op) {
    return sim::wire_size(body_of(sim::ZkRequest(1, std::make_shared<const Op>(std::move(op)))));
  };
  CHECK(request(Op::create("/ab", "xyz", CreateMode::persistent)) == 8 + 7 + 7 + 27 + 4);
  CHECK(request(Op::create("/ab", std::nullopt, CreateMode::persistent)) == 8 + 7 + 4 + 27 + 4);
  CHECK(request(Op::create_ttl("/ab", "xyz", CreateMode::ttl, 5)) == 8 + 7 + 7 + 27 + 4 + 8);
  CHECK(request(Op::set_acl("/ab", std::vector<zk::Acl>{zk::Acl(31, "ip", "10.0.0.1")})) == 8 + 7 + 4 + 4 + 6 + 12 + 4);
  CHECK(request(Op::set_acl("/ab", std::vector<zk::Acl>())) == 8 + 7 + 4 + 4);
  CHECK(request(Op::del("/ab")) == 8 + 7 + 4);
  CHECK(request(Op::get_data("/ab")) == 8 + 7 + 1);
  CHECK(request(Op::sync("/ab")) == 8 + 7);
  CHECK(request(Op(zk::OpCode::close_session)) == 8);
  std::vector<Op> members;
  members.push_back(Op::check("/ab", 3));
  members.push_back(Op::del("/ab"));
  const Op multi = Op::multi(std::move(members));
  CHECK(request(multi) == 8 + (9 + 11) + (9 + 11) + 9);

  const auto reply = [](zk::Result result) { return sim::wire_size(body_of(sim::ZkReply(1, std::move(result)))); };
  zk::Result children(zk::OpCode::get_children);
  children.names = {"a", "bc"};
  CHECK(reply(children) == 16 + 4 + 5 + 6);
  children.error = Code::no_node;
  CHECK(reply(children) == 16);
  zk::Result made(zk::OpCode::create2);
  made.path = "/ab";
  CHECK(reply(made) == 16 + 7 + 68);
  zk::Result failed(zk::OpCode::multi);
  failed.results.emplace_back(zk::OpCode::check);
  failed.results.emplace_back(zk::OpCode::del, Code::no_node);
  CHECK(reply(failed) == 16 + 9 + (9 + 4) + 9);
  CHECK(sim::wire_size(body_of(sim::ZkEvent(zk::EventType::node_created, "/ab"))) == 16 + 4 + 4 + 7);
}

}  // namespace
