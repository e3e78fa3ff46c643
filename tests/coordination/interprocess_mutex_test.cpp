// InterProcessMutex and LeaderSelector (zookeeper 11).
#include <coordination/errors.hpp>
#include <coordination/interprocess_mutex.hpp>
#include <coordination/leader_selector.hpp>

#include "curator_world.hpp"

namespace {

using namespace zoo;

struct Stories {
  static Task<> three_times(Ports* ports, Client* client, Zoo* zoo, std::string name) {
    for (int i = 0; i < 3; ++i) {
      InterProcessMutex mutex(*client, "/lock");
      co_await mutex.acquire();
      zoo->note(name);
      co_await ports->clock.sleep_for(50_ms);
      zoo->note(name);
      co_await mutex.release();
    }
  }

  static Task<> holds(Ports* ports, Client* client, Zoo* zoo, std::string name) {
    InterProcessMutex mutex(*client, "/lock");
    co_await mutex.acquire();
    zoo->note(name + " has it");
    co_await ports->clock.sleep_for(60_s);
    zoo->note(name + (mutex.held() ? " believes it has it" : " lost it"));
    co_await mutex.release();
  }

  static Task<> limited(Ports*, Client* client, Zoo* zoo, std::string name) {
    InterProcessMutex mutex(*client, "/lock");
    const bool acquired = co_await mutex.acquire(3_s);
    zoo->say(name + (acquired ? " has it" : " gave up"));
  }

  static Task<> reentrant(Ports*, Client* client, Zoo* zoo, std::string) {
    InterProcessMutex mutex(*client, "/lock");
    co_await mutex.acquire();
    co_await mutex.acquire();
    co_await mutex.release();
    zoo->note(mutex.held() ? "held" : "free");
    co_await mutex.release();
    zoo->note(mutex.held() ? "held" : "free");
    try {
      co_await mutex.release();
    } catch (const IllegalMonitorState&) {
      zoo->note("not mine");
    }
  }

  static Task<> selector(Ports* ports, Client* client, Zoo* zoo, std::string name) {
    auto listener = std::make_shared<Leader>(ports, zoo, name);
    LeaderSelector selector(*client, "/leader", listener, name);
    selector.auto_requeue();
    selector.start();
    co_await for_ever();
  }

  class Leader final : public LeaderSelectorListener {
   public:
    Leader(Ports* ports, Zoo* zoo, std::string name) : ports_(ports), zoo_(zoo), name_(std::move(name)) {}
    Task<> take_leadership() override {
      zoo_->note(name_ + " leads");
      try {
        co_await ports_->clock.sleep_for(20_s);
        zoo_->note(name_ + " is done");
      } catch (const Interrupted&) {
        zoo_->note(name_ + " is interrupted");
        throw;
      }
    }

   private:
    Ports* ports_;
    Zoo* zoo_;
    std::string name_;
  };
};

std::size_t waiting(Zoo& zoo, const std::string& path) {
  const sim::Znode* parent = zoo.up(1).tree().find(path);
  return parent == nullptr ? 0 : parent->children.size();
}

TEST_CASE("a lock is held by one at a time, and comes to each in turn", "[zookeeper:11]") {
  Zoo zoo(1);
  for (const char* name : {"a", "b", "c"}) add_curator(zoo, name, Stories::three_times);
  zoo.cluster.run_until(20_s);
  REQUIRE(zoo.said.size() == 18);
  for (std::size_t i = 0; i < 18; i += 2) CHECK(zoo.said[i] == zoo.said[i + 1]);
  std::set<std::string> first{zoo.said[0], zoo.said[2], zoo.said[4]};
  CHECK(first.size() == 3);
  CHECK(waiting(zoo, "/lock") == 0);
}

TEST_CASE("a holder whose session is over is not told, and another one holds the lock beside it", "[zookeeper:11]") {
  Zoo zoo(1);
  Partition partition(zoo);
  sim::Process& a = add_curator(zoo, "a", Stories::holds);
  zoo.cluster.at(2_s, [&] { add_curator(zoo, "b", Stories::holds); });
  zoo.cluster.at(5_s, [&] { partition.cut(a.machine()); });
  zoo.cluster.run_until(61_s);
  CHECK(zoo.said == Lines{"a has it", "b has it", "a believes it has it"});
}

TEST_CASE("who gives up leaves no node", "[zookeeper:11]") {
  Zoo zoo(1);
  add_curator(zoo, "a", Stories::holds);
  zoo.cluster.at(1_s, [&] { add_curator(zoo, "b", Stories::limited); });
  zoo.cluster.run_until(10_s);
  REQUIRE(zoo.said.size() == 2);
  CHECK(zoo.said[1].ends_with("b gave up"));
  CHECK(waiting(zoo, "/lock") == 1);
}

TEST_CASE("re-entrance, and release without a lock", "[zookeeper:11]") {
  Zoo zoo(1);
  add_curator(zoo, "a", Stories::reentrant);
  zoo.cluster.run_until(5_s);
  CHECK(zoo.said == Lines{"held", "free", "not mine"});
}

TEST_CASE("selectors lead in turn; a suspended leader is interrupted and queues again", "[zookeeper:11]") {
  Zoo zoo(1);
  add_curator(zoo, "a", Stories::selector);
  zoo.cluster.at(1_s, [&] { add_curator(zoo, "b", Stories::selector); });
  zoo.cluster.run_until(41_s);
  REQUIRE(zoo.said.size() >= 5);
  CHECK(Lines(zoo.said.begin(), zoo.said.begin() + 5) ==
        Lines{"a leads", "a is done", "b leads", "b is done", "a leads"});
  zoo.kill(1);
  zoo.cluster.at(43_s, [&] { zoo.start(1); });
  zoo.cluster.run_until(60_s);
  REQUIRE(zoo.said.size() >= 7);
  CHECK(zoo.said[5] == "a is interrupted");
  CHECK(zoo.said[6].ends_with("leads"));
  CHECK(waiting(zoo, "/leader") == 2);
}

}  // namespace
