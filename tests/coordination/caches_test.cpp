// What the caches hold, and on which thread their listeners run. The order of events is in caches_vectors_test.cpp.
#include <coordination/curator_cache.hpp>
#include <coordination/path_children_cache.hpp>
#include <coordination/tree_cache.hpp>

#include "curator_world.hpp"

namespace {

using namespace zoo;

Task<> fill(Client* client) {
  Create how;
  how.parents = Parents::persistent;
  for (const char* path : {"/r/a/x", "/r/b", "/r/c/y/z"}) {
    std::string own = path;
    co_await client->create(own, own, how);
  }
}

struct Stories {
  static Task<> tree(Ports* ports, Client* client, Zoo* zoo, std::string) {
    co_await fill(client);
    TreeCache cache(*client, "/r", 1);
    co_await cache.start();
    co_await ports->clock.sleep_for(1_s);
    zoo->note(*cache.current_data("/r/b")->data);
    const auto children = cache.current_children("/r");
    for (const auto& [name, data] : *children) zoo->note(name + " " + data.path);
    zoo->note(cache.current_data("/r/c/y") ? "deep" : "not deep");
    zoo->note(cache.current_children("/other") ? "other" : "nothing");
    co_await client->remove("/r/b", Delete());
    co_await ports->clock.sleep_for(1_s);
    zoo->note(cache.current_data("/r/b") ? "there" : "gone");
    co_await cache.close();
  }

  /// Both listeners block; the copies go on.
  static Task<> threads(Ports* ports, Client* client, Zoo* zoo, std::string) {
    co_await fill(client);
    TreeCache tree(*client, "/r");
    tree.add_listener([ports](TreeCacheEvent) -> Task<> { co_await ports->clock.sleep_for(1_h); });
    co_await tree.start();
    CuratorCache flat(*client, "/r");
    flat.add_listener([ports](CuratorCacheEvent) -> Task<> { co_await ports->clock.sleep_for(1_h); });
    co_await flat.start();
    CuratorCache other(*client, "/r");
    other.add_listener([zoo](CuratorCacheEvent) -> Task<> {
      zoo->note("told");  // never: it waits for the same thread
      co_return;
    });
    co_await other.start();
    co_await ports->clock.sleep_for(1_s);
    co_await client->set_data("/r/b", "new", -1);
    co_await ports->clock.sleep_for(1_s);
    zoo->note(*tree.current_data("/r/b")->data + " " + *flat.get("/r/b")->data);
    zoo->note(std::to_string(flat.size()) + " " + flat.stream().at(0).path);
    co_await other.close();
    zoo->note(std::to_string(other.size()));
  }

  static Task<> children(Ports* ports, Client* client, Zoo* zoo, std::string) {
    PathChildrenCache cache(*client, "/made/by/cache");
    cache.add_listener([zoo](PathChildrenCacheEvent event) -> Task<> {
      zoo->note(std::string(name_of(event.type)) + (event.data ? " " + event.data->path : ""));
      co_return;
    });
    co_await cache.start(PathChildrenCache::StartMode::normal);
    co_await ports->clock.sleep_for(1_s);
    co_await client->create("/made/by/cache/x", "1", Create());
    co_await ports->clock.sleep_for(1_s);
    for (const ChildData& child : cache.current_data()) zoo->note(child.path + " " + *child.data);
    cache.close();
    co_await client->remove("/made/by/cache/x", Delete());
    co_await ports->clock.sleep_for(1_s);
  }
};

TEST_CASE("TreeCache: data, children, depth", "[zookeeper:11]") {
  Zoo zoo(1);
  add_curator(zoo, "app", Stories::tree);
  zoo.cluster.run_until(10_s);
  CHECK(zoo.said == Lines{"/r/b", "a /r/a", "b /r/b", "c /r/c", "not deep", "nothing", "gone"});
}

TEST_CASE("listeners hold up listeners, not the copies; CuratorCaches of a client share their thread",
          "[zookeeper:10][zookeeper:11][elastic-job:1.1]") {
  Zoo zoo(1);
  add_curator(zoo, "app", Stories::threads);
  zoo.cluster.run_until(10_s);
  CHECK(zoo.said == Lines{"new new", "7 /r/c", "0"});
}

TEST_CASE("PathChildrenCache makes its path, as containers", "[zookeeper:11]") {
  Zoo zoo(1);
  add_curator(zoo, "app", Stories::children);
  zoo.cluster.run_until(10_s);
  // It was started before the first connection: that counts as a reconnection.
  REQUIRE(zoo.said.size() == 3);
  CHECK(zoo.said == Lines{"CONNECTION_RECONNECTED", "CHILD_ADDED /made/by/cache/x", "/made/by/cache/x 1"});
  CHECK(zoo.up(1).tree().find("/made/by")->container);
}

}  // namespace
