// Random scripts of arrivals, releases, interrupts and deaths against simple models of a fair semaphore and of a queue.
// Several commands come between two runs, so that waiters die or are interrupted between hand-over and resume.
#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/task/sync.hpp>
#include <support/bench.hpp>
#include <support/property.hpp>

using namespace support;

namespace {

enum class Command { arrive, give, interrupt, die, run };
struct Step {
  Command command;
  int who;
};
using Script = std::vector<Step>;

Script arbitrary_script() {
  const auto numbers = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 100));
  Script script;
  for (const int n : numbers) {
    const Command command = n % 10 < 3   ? Command::arrive
                            : n % 10 < 5 ? Command::give
                            : n % 10 < 6 ? Command::interrupt
                            : n % 10 < 8 ? Command::die
                                         : Command::run;
    script.push_back(Step{command, n});
  }
  script.push_back(Step{Command::run, 0});
  return script;
}

/// A fiber with a scope of its own, so that it can die alone.
struct Actor {
  std::unique_ptr<Scope> scope;
  FiberHandle handle;
};

class Actors {
 public:
  explicit Actors(Bench& bench) : bench_(bench) {}
  template <class Make>
  int add(Make make) {
    const int id = static_cast<int>(all_.size());
    Actor actor{std::make_unique<Scope>(bench_.executor), FiberHandle()};
    actor.handle = actor.scope->start("actor", make(id));
    all_.push_back(std::move(actor));
    return id;
  }
  int pick(int n) const { return all_.empty() ? -1 : n % static_cast<int>(all_.size()); }
  void die(int id) {
    all_[static_cast<std::size_t>(id)].scope->cancel();
    bench_.kernel.settle();
  }
  void interrupt(int id) { all_[static_cast<std::size_t>(id)].handle.interrupt(); }

 private:
  Bench& bench_;
  std::vector<Actor> all_;
};

// Where a fiber is, as both models see it.
enum class At { starting, waiting, served, through, ended };
struct Modelled {
  At at = At::starting;
  bool flag = false;
  int item = -1;
};

class SemaphoreModel {
 public:
  explicit SemaphoreModel(int permits) : permits(permits) {}
  int permits;
  std::deque<int> waiting;
  std::vector<Modelled> fibers;
  std::deque<int> due;  // those that run next, in order

  void arrive() {
    due.push_back(static_cast<int>(fibers.size()));
    fibers.emplace_back();
  }
  void give() {
    if (waiting.empty()) {
      ++permits;
      return;
    }
    fibers[static_cast<std::size_t>(waiting.front())].at = At::served;
    due.push_back(waiting.front());
    waiting.pop_front();
  }
  void interrupt(int id) {
    Modelled& f = fibers[static_cast<std::size_t>(id)];
    if (f.at == At::waiting) {
      std::erase(waiting, id);
      f.at = At::ended;
    } else if (f.at == At::starting) {
      f.flag = true;
    }
  }
  void die(int id) {
    Modelled& f = fibers[static_cast<std::size_t>(id)];
    const At was = std::exchange(f.at, At::ended);
    std::erase(waiting, id);
    std::erase(due, id);
    if (was == At::served || was == At::through) give();
  }
  void run() {
    while (!due.empty()) {
      const int id = due.front();
      due.pop_front();
      Modelled& f = fibers[static_cast<std::size_t>(id)];
      if (f.at == At::served) f.at = At::through;
      if (f.at != At::starting) continue;
      if (f.flag) {
        f.at = At::ended;
      } else if (permits > 0) {
        --permits;
        f.at = At::through;
      } else {
        f.at = At::waiting;
        waiting.push_back(id);
      }
    }
  }
  std::vector<int> through() const {
    std::vector<int> ids;
    for (std::size_t i = 0; i < fibers.size(); ++i) {
      if (fibers[i].at == At::through) ids.push_back(static_cast<int>(i));
    }
    return ids;
  }
};

class QueueModel {
 public:
  std::deque<int> items;
  std::deque<int> waiting;
  std::vector<Modelled> fibers;
  std::deque<int> due;
  std::vector<int> received;

  void arrive() {
    due.push_back(static_cast<int>(fibers.size()));
    fibers.emplace_back();
  }
  void push(int item, bool front) {
    if (waiting.empty()) {
      if (front) {
        items.push_front(item);
      } else {
        items.push_back(item);
      }
      return;
    }
    Modelled& f = fibers[static_cast<std::size_t>(waiting.front())];
    f.at = At::served;
    f.item = item;
    due.push_back(waiting.front());
    waiting.pop_front();
  }
  void interrupt(int id) {
    Modelled& f = fibers[static_cast<std::size_t>(id)];
    if (f.at == At::waiting) {
      std::erase(waiting, id);
      f.at = At::ended;
    } else if (f.at == At::starting) {
      f.flag = true;
    }
  }
  void die(int id) {
    Modelled& f = fibers[static_cast<std::size_t>(id)];
    const At was = std::exchange(f.at, At::ended);
    std::erase(waiting, id);
    std::erase(due, id);
    if (was == At::served) push(f.item, true);
  }
  void run() {
    while (!due.empty()) {
      const int id = due.front();
      due.pop_front();
      Modelled& f = fibers[static_cast<std::size_t>(id)];
      if (f.at == At::starting && !f.flag) {
        if (items.empty()) {
          f.at = At::waiting;
          waiting.push_back(id);
          continue;
        }
        f.item = items.front();
        items.pop_front();
        f.at = At::served;
      }
      if (f.at == At::served) received.push_back(f.item);
      f.at = At::ended;
    }
  }
};

struct Permit {
  explicit Permit(Semaphore* semaphore) : semaphore(semaphore) {}
  Permit(const Permit&) = delete;
  ~Permit() { semaphore->release(); }
  Semaphore* semaphore;
};

}  // namespace

TEST_CASE("a semaphore is fair and conserves its permits", "[sync][property]") {
  check_property("semaphore", [] {
    const int permits = *rc::gen::inRange(0, 4);
    const Script script = arbitrary_script();
    Semaphore semaphore(permits);
    Latch never(1);
    Bench bench;
    std::set<int> through;
    Actors actors(bench);
    SemaphoreModel model(permits);
    int given = permits;
    for (const Step& step : script) {
      const int who = actors.pick(step.who);
      switch (step.command) {
        case Command::arrive:
          model.arrive();
          actors.add([&](int id) {
            return [](Semaphore* s, Latch* l, std::set<int>* in, int me) -> Task<> {
              struct Leave {
                Leave(std::set<int>* set, int id) : set(set), id(id) { set->insert(id); }
                ~Leave() { set->erase(id); }
                std::set<int>* set;
                int id;
              };
              co_await s->acquire();
              Permit permit(s);
              Leave leave(in, me);
              while (true) {
                try {
                  co_await l->wait();
                } catch (const Interrupted&) {
                  in->insert(me);  // a late interrupt ends no hold
                }
              }
            }(&semaphore, &never, &through, id);
          });
          break;
        case Command::give:
          model.give();
          semaphore.release();
          ++given;
          break;
        case Command::interrupt:
          if (who < 0) break;
          model.interrupt(who);
          actors.interrupt(who);
          break;
        case Command::die:
          if (who < 0) break;
          model.die(who);
          actors.die(who);
          break;
        case Command::run: {
          model.run();
          bench.run_for(1_us);
          const std::vector<int> holders(through.begin(), through.end());
          RC_ASSERT(holders == model.through());
          RC_ASSERT(semaphore.available() == model.permits);
          RC_ASSERT(static_cast<int>(holders.size()) + model.permits == given);
          break;
        }
      }
    }
    bench.executor.request_kill();
    bench.kernel.settle();
    RC_ASSERT(semaphore.available() == given);
  });
}

TEST_CASE("a queue hands each item to one receiver, in order", "[sync][property]") {
  check_property("queue", [] {
    const Script script = arbitrary_script();
    Queue<int> queue;
    Bench bench;
    std::vector<int> received;
    Actors actors(bench);
    QueueModel model;
    int pushed = 0;
    for (const Step& step : script) {
      const int who = actors.pick(step.who);
      switch (step.command) {
        case Command::arrive:
          model.arrive();
          actors.add([&](int) {
            return [](Queue<int>* q, std::vector<int>* out) -> Task<> {
              const int item = co_await q->receive();
              out->push_back(item);
            }(&queue, &received);
          });
          break;
        case Command::give:
          model.push(pushed, false);
          queue.push(pushed++);
          break;
        case Command::interrupt:
          if (who < 0) break;
          model.interrupt(who);
          actors.interrupt(who);
          break;
        case Command::die:
          if (who < 0) break;
          model.die(who);
          actors.die(who);
          break;
        case Command::run:
          model.run();
          bench.run_for(1_us);
          RC_ASSERT(received == model.received);
          RC_ASSERT(queue.size() == model.items.size());
          RC_ASSERT(queue.has_receivers() == !model.waiting.empty());
          break;
      }
    }
    std::vector<int> all = received;
    bench.executor.request_kill();
    bench.kernel.settle();
    while (const std::optional<int> item = queue.try_receive()) all.push_back(*item);
    std::sort(all.begin(), all.end());
    RC_ASSERT(static_cast<int>(all.size()) == pushed);
    RC_ASSERT(std::adjacent_find(all.begin(), all.end()) == all.end());
  });
}
