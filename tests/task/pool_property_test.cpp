// ThreadPool against a second implementation of Java's rules: random arrivals, durations, sizes and policies.
#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <ports/task/pool.hpp>
#include <support/bench.hpp>
#include <support/property.hpp>

using namespace support;
using Rejection = ThreadPool::Rejection;

namespace {

struct Arrival {
  std::int64_t at;
  std::int64_t length;
};
struct Case {
  int core = 0;
  int max = 0;
  std::size_t capacity = 0;
  std::int64_t keep_alive = 0;
  Rejection rejection{};
  std::vector<Arrival> arrivals;
};
struct Sample {
  int workers;
  int active;
  std::size_t queued;
  friend bool operator==(const Sample&, const Sample&) = default;
};
struct Outcome {
  std::map<std::size_t, std::int64_t> started;  // job -> instant
  std::vector<std::size_t> rejected;
  std::vector<Sample> samples;  // after each arrival, and at the end
};

/// The rules over a sorted list of instants. Nothing when two things happen at one instant: their order is not defined.
class Model {
 public:
  explicit Model(const Case& c) : case_(c) {}

  std::optional<Outcome> run(std::int64_t end) {
    std::size_t next = 0;
    while (true) {
      std::int64_t when = next < case_.arrivals.size() ? case_.arrivals[next].at : end;
      int happenings = next < case_.arrivals.size() ? 1 : 0;
      std::size_t who = threads_.size();
      for (std::size_t i = 0; i < threads_.size(); ++i) {
        const std::int64_t own = threads_[i].until;
        if (own < 0 || own > when) continue;
        happenings = own == when ? happenings + 1 : 1;
        when = own;
        who = i;
      }
      if (when >= end) break;
      if (happenings > 1) return std::nullopt;
      now_ = when;
      if (who < threads_.size()) {
        wake(who);
      } else {
        submit(next++);
        sample();
      }
    }
    sample();
    return outcome_;
  }

 private:
  struct Thread {
    bool busy;
    std::int64_t until;  // end of the job, or of the patience; -1: waits for ever
    int turn;            // order of those that wait
  };
  void start(std::size_t job, Thread& thread) {
    thread.busy = true;
    thread.until = now_ + case_.arrivals[job].length;
    outcome_.started[job] = now_;
  }
  void wait(Thread& thread) {
    thread.busy = false;
    thread.turn = ++turns_;
    thread.until = static_cast<int>(threads_.size()) > case_.core ? now_ + case_.keep_alive : -1;
  }
  void add(std::size_t job) { start(job, threads_.emplace_back()); }
  void wake(std::size_t i) {
    Thread& thread = threads_[i];
    if (thread.busy) {
      if (!queue_.empty()) {
        const std::size_t job = queue_.front();
        queue_.pop_front();
        start(job, thread);
      } else {
        wait(thread);
      }
    } else if (static_cast<int>(threads_.size()) > case_.core) {
      threads_.erase(threads_.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      wait(thread);
    }
  }
  void submit(std::size_t job) {
    if (static_cast<int>(threads_.size()) < case_.core) return add(job);
    Thread* idle = nullptr;
    for (Thread& thread : threads_) {
      if (thread.busy) continue;
      if (idle == nullptr || (case_.capacity == 0 ? thread.turn > idle->turn : thread.turn < idle->turn))
        idle = &thread;
    }
    if (idle != nullptr) return start(job, *idle);
    if (queue_.size() < case_.capacity) {
      if (threads_.empty()) return add(job);  // queued, and at once taken by the first thread
      queue_.push_back(job);
      return;
    }
    if (static_cast<int>(threads_.size()) < case_.max) return add(job);
    switch (case_.rejection) {
      case Rejection::abort:
        outcome_.rejected.push_back(job);
        break;
      case Rejection::discard:
        break;
      case Rejection::discard_oldest:
        queue_.pop_front();
        queue_.push_back(job);
        break;
      case Rejection::caller_runs:
      case Rejection::new_thread:
        outcome_.started[job] = now_;
        break;
    }
  }
  void sample() {
    const auto busy = std::count_if(threads_.begin(), threads_.end(), [](const Thread& t) { return t.busy; });
    outcome_.samples.push_back(Sample{static_cast<int>(threads_.size()), static_cast<int>(busy), queue_.size()});
  }

  const Case& case_;
  std::int64_t now_ = 0;
  int turns_ = 0;
  std::vector<Thread> threads_;
  std::deque<std::size_t> queue_;
  Outcome outcome_;
};

Outcome run_pool(const Case& c, std::int64_t end) {
  Bench bench;
  ThreadPool::Settings settings("p", c.core, c.max, c.capacity, c.rejection);
  settings.keep_alive = Duration::us(c.keep_alive);
  ThreadPool pool(bench.executor, settings);
  Outcome outcome;
  const auto sample = [&] { outcome.samples.push_back(Sample{pool.workers(), pool.active(), pool.queued()}); };
  for (std::size_t i = 0; i < c.arrivals.size(); ++i) {
    bench.start(
        [](Bench* b, ThreadPool* p, Outcome* out, std::size_t job, Arrival arrival) -> Task<> {
          co_await b->sleep(Duration::us(arrival.at));
          const ThreadPool::Job run = [b, out, job, arrival] {
            return [](Bench* bb, Outcome* o, std::size_t j, Arrival a) -> Task<> {
              o->started[j] = bb->now().count_us();
              co_await bb->sleep(Duration::us(a.length));
            }(b, out, job, arrival);
          };
          bool rejected = false;
          try {
            co_await p->submit(run);
          } catch (const RejectedExecution&) {
            rejected = true;
          }
          if (rejected) out->rejected.push_back(job);
        },
        &bench, &pool, &outcome, i, c.arrivals[i]);
  }
  for (const Arrival& arrival : c.arrivals) {
    bench.kernel.run_until(TrueTime::from_us(arrival.at));
    sample();
  }
  bench.kernel.run_until(TrueTime::from_us(end - 1));
  sample();
  return outcome;
}

Case arbitrary_case() {
  Case c;
  c.core = *rc::gen::inRange(0, 4);
  c.max = std::max(1, c.core + *rc::gen::inRange(0, 4));
  c.capacity = *rc::gen::element<std::size_t>(0, 1, 2, 5, ThreadPool::unlimited);
  c.keep_alive = *rc::gen::inRange<std::int64_t>(1, 3'000'000);
  c.rejection = *rc::gen::element(Rejection::abort, Rejection::discard, Rejection::discard_oldest,
                                  Rejection::caller_runs, Rejection::new_thread);
  if (c.capacity == 0 && c.rejection == Rejection::discard_oldest) c.rejection = Rejection::discard;
  const auto gaps = *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(1, 500'000));
  std::int64_t at = 0;
  for (const std::int64_t gap : gaps) {
    at += gap;
    c.arrivals.push_back(Arrival{at, *rc::gen::inRange<std::int64_t>(1, 2'000'000)});
  }
  return c;
}

}  // namespace

TEST_CASE("a pool does what the model does", "[pool][property]") {
  check_property("pool", [] {
    const Case c = arbitrary_case();
    const std::int64_t end = c.arrivals.empty() ? 1'000 : c.arrivals.back().at + 3'000'000;
    const std::optional<Outcome> expected = Model(c).run(end);
    RC_PRE(expected.has_value());
    const Outcome actual = run_pool(c, end);
    RC_ASSERT(actual.started == expected->started);
    RC_ASSERT(actual.rejected == expected->rejected);
    RC_ASSERT(actual.samples == expected->samples);
    RC_CLASSIFY(!expected->rejected.empty(), "rejects");
    RC_CLASSIFY(c.capacity == 0, "no queue");
  });
}
