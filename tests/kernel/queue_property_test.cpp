// EventQueue against std::multimap on random scripts of push, push_present, erase, pop and move.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include <sim/kernel/queue.hpp>
#include <support/property.hpp>

using namespace chronofault;
using namespace chronofault::sim;

namespace {

using Key = std::pair<TrueTime, std::uint64_t>;

class Both {
 public:
  explicit Both(std::int64_t times) : times_(times) {}
  ~Both() {
    while (!queue_.empty()) queue_.pop();
  }
  Both(const Both&) = delete;

  void push(std::uint64_t n) {
    auto wake = std::make_unique<Wake>();
    const TrueTime time = time_of(n);
    queue_.push(*wake, time, ++sequence_);
    model_.emplace(Key(time, sequence_), wake.get());
    all_.push_back(std::move(wake));
  }
  // As the kernel does: at the instant of what was popped last.
  void push_present() {
    auto wake = std::make_unique<Wake>();
    queue_.push_present(*wake, now_, ++sequence_);
    model_.emplace(Key(now_, sequence_), wake.get());
    present_.insert(wake.get());
    all_.push_back(std::move(wake));
  }
  void erase(std::uint64_t n) {
    if (model_.empty()) return;
    const auto at = pick(n);
    queue_.erase(*at->second);
    RC_ASSERT(!at->second->pending());
    model_.erase(at);
  }
  void move(std::uint64_t n) {
    if (model_.empty()) return;
    const auto at = pick(n);
    if (present_.contains(at->second)) return;
    auto node = model_.extract(at);
    node.key().first = time_of(n / 7);
    queue_.move(*node.mapped(), node.key().first);
    RC_ASSERT(queue_.time_of(*node.mapped()) == node.key().first);
    model_.insert(std::move(node));
  }
  void pop() {
    if (model_.empty()) return;
    const EventQueue::Entry entry = queue_.pop();
    RC_ASSERT(Key(entry.time, entry.sequence) == model_.begin()->first);
    RC_ASSERT(entry.wake == model_.begin()->second);
    RC_ASSERT(!entry.wake->pending());
    now_ = entry.time;
    model_.erase(model_.begin());
  }
  void check() {
    RC_ASSERT(queue_.size() == model_.size());
    RC_ASSERT(queue_.empty() == model_.empty());
    std::vector<EventQueue::Entry> due{{TrueTime{}, 0, nullptr}};
    queue_.due_at_top(due);
    if (model_.empty()) {
      RC_ASSERT(due.empty());
      return;
    }
    RC_ASSERT(Key(queue_.top().time, queue_.top().sequence) == model_.begin()->first);
    std::size_t i = 0;
    for (auto at = model_.begin(); at != model_.end() && at->first.first == model_.begin()->first.first; ++at, ++i) {
      RC_ASSERT(i < due.size());
      RC_ASSERT(due[i].sequence == at->first.second);
      RC_ASSERT(due[i].wake == at->second);
    }
    RC_ASSERT(i == due.size());
  }

 private:
  TrueTime time_of(std::uint64_t n) const {  // never in the past
    return now_ + Duration::us(static_cast<std::int64_t>(n % static_cast<std::uint64_t>(times_)));
  }
  std::multimap<Key, Wake*>::iterator pick(std::uint64_t n) {
    return std::next(model_.begin(), static_cast<std::ptrdiff_t>(n % model_.size()));
  }
  std::int64_t times_;
  TrueTime now_;
  std::uint64_t sequence_ = 0;
  EventQueue queue_;
  std::multimap<Key, Wake*> model_;
  std::set<const Wake*> present_;
  std::vector<std::unique_ptr<Wake>> all_;
};

}  // namespace

TEST_CASE("the queue is a map ordered by time and sequence number", "[kernel][property]") {
  support::check_property("queue",
                          [] {
                            // Few distinct times: many entries due at one instant.
                            Both both(*rc::gen::element<std::int64_t>(1, 3, 20, 1'000'000));
                            const auto pushes = *rc::gen::inRange(2, 6);  // of ten commands
                            const auto script =
                                *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::arbitrary<std::uint64_t>());
                            for (const std::uint64_t word : script) {
                              const std::uint64_t n = word / 10;
                              const auto kind = static_cast<int>(word % 10);
                              if (kind < pushes) {
                                both.push(n);
                              } else if (kind == 6) {
                                both.push_present();
                              } else if (kind == 7) {
                                both.erase(n);
                              } else if (kind == 8) {
                                both.move(n);
                              } else {
                                both.pop();
                              }
                              both.check();
                            }
                          },
                          {.cases_percent = 300, .size_max = 300});
}
