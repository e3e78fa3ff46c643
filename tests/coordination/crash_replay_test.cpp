// A process with all recipes is killed at many steps: nothing of it may be left, and the servers go on.
#include <coordination/curator_cache.hpp>
#include <coordination/interprocess_mutex.hpp>
#include <coordination/leader_latch.hpp>
#include <coordination/leader_selector.hpp>
#include <coordination/path_children_cache.hpp>
#include <coordination/tree_cache.hpp>

#include "curator_world.hpp"

namespace {

using namespace zoo;

class Idle final : public LeaderSelectorListener {
 public:
  Task<> take_leadership() override { return for_ever(); }
};

struct Stories {
  static Task<> busy(Ports* ports, Client* client, Zoo*, std::string name) {
    TreeCache tree(*client, "/r");
    CuratorCache flat(*client, "/r");
    PathChildrenCache children(*client, "/r");
    LeaderLatch latch(*client, "/latch", name);
    LeaderSelector selector(*client, "/selector", std::make_shared<Idle>(), name);
    tree.add_listener([](TreeCacheEvent) -> Task<> { co_return; });
    flat.add_listener([](CuratorCacheEvent) -> Task<> { co_return; });
    co_await tree.start();
    co_await flat.start();
    co_await children.start(PathChildrenCache::StartMode::post_initialized_event);
    latch.start();
    selector.auto_requeue();
    selector.start();
    Create how;
    how.parents = Parents::containers;
    how.or_set_data = true;
    for (int i = 0;; ++i) {
      InterProcessMutex mutex(*client, "/lock");
      try {
        co_await mutex.acquire();
        std::string path = "/r/" + std::to_string(i % 3);
        co_await client->create(path, name, how);
        co_await mutex.release();
      } catch (const zk::KeeperError&) {
      }
      co_await ports->clock.sleep_for(100_ms);
    }
  }
};

// The servers are away for a while, longer than a session: all that is replaced and repeated is in the sweep.
std::string play(Duration kill_at) {
  Zoo zoo(1);
  sim::Process& a = add_curator(zoo, "a", Stories::busy);
  add_curator(zoo, "b", Stories::busy);
  zoo.cluster.at(2_s, [&] { zoo.kill(1); });
  zoo.cluster.at(16_s, [&] { zoo.start(1); });
  zoo.cluster.at(kill_at, [&] { a.request_kill(sim::Ending::crash); });
  zoo.cluster.run_until(35_s);
  CHECK_FALSE(a.alive());
  CHECK(zoo.up(1).tree().find("/r/0") != nullptr);
  return to_string(zoo.cluster.kernel.digest().value());
}

TEST_CASE("a crash at many instants leaves nothing behind", "[zookeeper:10]") {
  for (std::int64_t ms = 1; ms < 20'000; ms += 397) play(Duration::us(ms * 1000 + ms % 7 * 100));
}

TEST_CASE("the same run twice", "[zookeeper:10]") { CHECK(play(5_s) == play(5_s)); }

}  // namespace
