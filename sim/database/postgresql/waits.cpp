#include "waits.hpp"

#include <algorithm>

#include <ports/assert.hpp>

#include "../wait_graph.hpp"

namespace chronofault::sim::postgresql {

namespace {

bool conflict(const HeapVersion::TupleRequest& earlier, const PgTransaction& transaction, bool exclusive) noexcept {
  return earlier.transaction != &transaction && (earlier.exclusive || exclusive);
}

}  // namespace

bool PgTransaction::locks(const HeapVersion& version, bool exclusive) const noexcept {
  return std::any_of(version.lockers.begin(), version.lockers.end(), [&](const HeapVersion::Locker& locker) {
    return locker.transaction == this && (locker.exclusive || !exclusive);
  });
}

void Waits::begin(PgTransaction& transaction) {
  CF_ASSERT(!transaction.waiting);
  transaction.waiting = true;
  transaction.wait_began = ++last_began_;
  ++transaction.waited;
  waiting_.push_back(&transaction);
}

void Waits::end(PgTransaction& transaction) {
  std::erase(waiting_, &transaction);
  transaction.waiting = false;
  transaction.waits_for_end = nullptr;
}

void Waits::wait_for_end(PgTransaction& transaction, const PgTransaction& other) {
  begin(transaction);
  transaction.waits_for_end = &other;
}

bool Waits::tuple_is_free(const PgTransaction& transaction, const HeapVersion& version, bool exclusive) noexcept {
  return std::none_of(version.queue.begin(), version.queue.end(),
                      [&](const auto& request) { return conflict(request, transaction, exclusive); });
}

void Waits::take_tuple(PgTransaction& transaction, HeapVersion& version, bool exclusive) {
  CF_ASSERT(transaction.queued_at == nullptr);
  const bool granted = tuple_is_free(transaction, version, exclusive);
  version.queue.push_back({&transaction, exclusive, granted});
  transaction.queued_at = &version;
  ++tuple_locks_;
  if (!granted) begin(transaction);
}

void Waits::leave_tuple(PgTransaction& transaction) {
  HeapVersion* const version = std::exchange(transaction.queued_at, nullptr);
  if (version == nullptr) return;
  --tuple_locks_;
  std::vector<HeapVersion::TupleRequest>& queue = version->queue;
  std::erase_if(queue, [&](const auto& request) { return request.transaction == &transaction; });
  for (auto request = queue.begin(); request != queue.end(); ++request) {
    if (request->granted) continue;
    const bool blocked = std::any_of(queue.begin(), request, [&](const auto& earlier) {
      return conflict(earlier, *request->transaction, request->exclusive);
    });
    if (blocked) continue;
    request->granted = true;
    ended_.push_back({request->transaction->wait_began, request->transaction->session});
    end(*request->transaction);
  }
}

void Waits::cancel(PgTransaction& transaction) {
  CF_ASSERT(transaction.waiting);
  const bool in_queue = transaction.waits_for_end == nullptr;
  end(transaction);
  if (in_queue) leave_tuple(transaction);
}

void Waits::ended(const PgTransaction& transaction) {
  const std::vector<PgTransaction*> waiting = waiting_;
  for (PgTransaction* waiter : waiting) {
    if (waiter->waits_for_end != &transaction) continue;
    ended_.push_back({waiter->wait_began, waiter->session});
    end(*waiter);
  }
}

std::vector<WaitEnd> Waits::take_ended() {
  std::sort(ended_.begin(), ended_.end(), [](const Ended& a, const Ended& b) { return a.began < b.began; });
  std::vector<WaitEnd> all;
  all.reserve(ended_.size());
  for (const Ended& e : ended_) all.push_back(WaitEnd{e.session, db::ErrorClass::none});
  ended_.clear();
  return all;
}

// Only those that wait have edges; whoever does not wait is numbered with those beyond.
bool Waits::closes_cycle(const PgTransaction& transaction) const {
  const auto number = [this](const PgTransaction* of) {
    return static_cast<std::size_t>(std::find(waiting_.begin(), waiting_.end(), of) - waiting_.begin());
  };
  WaitGraph graph;
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    const PgTransaction& waiter = *waiting_[i];
    if (waiter.waits_for_end != nullptr) {
      graph.add(i, number(waiter.waits_for_end));
      continue;
    }
    const std::vector<HeapVersion::TupleRequest>& queue = waiter.queued_at->queue;
    const auto own =
        std::find_if(queue.begin(), queue.end(), [&](const auto& request) { return request.transaction == &waiter; });
    for (auto earlier = queue.begin(); earlier != own; ++earlier) {
      if (conflict(*earlier, waiter, own->exclusive)) graph.add(i, number(earlier->transaction));
    }
  }
  return graph.cycle_through(number(&transaction));
}

}  // namespace chronofault::sim::postgresql
