#include "row_locks.hpp"

#include <algorithm>

#include <ports/assert.hpp>

namespace chronofault::sim::postgresql {

namespace {

PgTransaction& transaction_of(const StatementRun& run) { return static_cast<PgTransaction&>(run.transaction()); }

}  // namespace

std::vector<TransactionId> RowLocks::conflicts(const PgTransaction& transaction, const HeapVersion& version,
                                               bool exclusive) {
  std::vector<TransactionId> all;
  for (const HeapVersion::Locker& locker : version.lockers) {
    if (locker.transaction != &transaction && (exclusive || locker.exclusive)) all.push_back(locker.transaction->xid);
  }
  if (version.being_removed() && version.xmax != transaction.xid) all.push_back(version.xmax);
  return all;
}

void RowLocks::join(PgTransaction& transaction, HeapVersion& version, bool exclusive) {
  for (HeapVersion::Locker& locker : version.lockers) {
    if (locker.transaction != &transaction) continue;
    locker.exclusive = locker.exclusive || exclusive;
    return;
  }
  version.lockers.push_back({&transaction, exclusive});
  transaction.locked.push_back(&version);
  ++locked_;
}

void RowLocks::ended(PgTransaction& transaction) {
  for (HeapVersion* version : transaction.locked) {
    std::erase_if(version->lockers, [&](const auto& locker) { return locker.transaction == &transaction; });
  }
  locked_ -= transaction.locked.size();
  transaction.locked.clear();
  open_.erase(transaction.xid);
}

void RowLocks::wait_for(PgTransaction& transaction, TransactionId xid) {
  if (const auto other = open_.find(xid); other != open_.end()) waits_.wait_for_end(transaction, *other->second);
}

Task<Fate> RowLocks::lock(StatementRun* run, HeapVersion* version, bool exclusive, db::Wait wait, bool chain) {
  PgTransaction& transaction = transaction_of(*run);
  bool with_tuple = true;
  Fate fate = Fate::ok;
  for (bool first = true;; first = false) {
    if (version->xmax == transaction.xid) {  // 1
      fate = Fate::self;
      break;
    }
    if (version->removed != 0) {
      fate = version->next != nullptr ? Fate::updated : Fate::deleted;
      break;
    }
    if (first) {  // 2
      if (transaction.locks(*version, exclusive)) break;
      if (exclusive && transaction.locks(*version, false) && version->lockers.size() > 1) with_tuple = false;
    }
    const std::vector<TransactionId> others = conflicts(transaction, *version, exclusive);  // 3
    if (others.empty()) {
      join(transaction, *version, exclusive);
      break;
    }
    HeapVersion* const newer = version->next;  // 4
    if (with_tuple && transaction.queued_at == nullptr) {
      if (wait != db::Wait::block && !Waits::tuple_is_free(transaction, *version, exclusive)) {
        fate = Fate::blocked;
        break;
      }
      waits_.take_tuple(transaction, *version, exclusive);
      co_await run->wait();
    }
    if (wait != db::Wait::block &&
        std::any_of(others.begin(), others.end(), [this](auto x) { return open(x); })) {  // 5
      fate = Fate::blocked;
      break;
    }
    for (const TransactionId other : others) {
      wait_for(transaction, other);
      co_await run->wait();
    }
    if (!chain || newer == nullptr) continue;
    const Fate of_newer = co_await lock_chain(run, newer, exclusive);  // 6
    if (of_newer == Fate::ok) continue;
    fate = of_newer;
    break;
  }
  waits_.leave_tuple(transaction);
  co_return fate;
}

Task<Fate> RowLocks::lock_chain(StatementRun* run, HeapVersion* version, bool exclusive) {
  PgTransaction& transaction = transaction_of(*run);
  while (version != nullptr && !version->aborted) {
    if (version->xmax != transaction.xid && !transaction.locks(*version, exclusive)) {
      const std::vector<TransactionId> others = conflicts(transaction, *version, exclusive);
      if (!others.empty()) {
        wait_for(transaction, others.front());
        co_await run->wait();
        continue;
      }
      if (version->removed != 0) co_return version->next != nullptr ? Fate::updated : Fate::deleted;
      join(transaction, *version, exclusive);
    }
    version = version->next;
  }
  co_return Fate::ok;
}

Task<Fate> RowLocks::lock_newest(StatementRun* run, HeapVersion** version, bool exclusive, db::Wait wait, bool chain) {
  PgTransaction& transaction = transaction_of(*run);
  HeapVersion* newest = (*version)->next;
  for (;;) {
    if (newest == nullptr) co_return Fate::deleted;
    if (newest->removed != 0) {
      newest = newest->next;
      continue;
    }
    if (newest->being_removed() && newest->xmax != transaction.xid) {
      if (wait != db::Wait::block) co_return Fate::blocked;
      wait_for(transaction, newest->xmax);
      co_await run->wait();
      continue;
    }
    const Fate fate = co_await lock(run, newest, exclusive, wait, chain);
    if (fate == Fate::updated) continue;
    *version = newest;
    co_return fate;
  }
}

Task<Fate> RowLocks::modify(StatementRun* run, HeapVersion* version) {
  PgTransaction& transaction = transaction_of(*run);
  Fate fate = Fate::ok;
  for (;;) {
    if (version->xmax == transaction.xid) {
      fate = Fate::self;
      break;
    }
    if (version->removed != 0) {
      fate = version->next != nullptr ? Fate::updated : Fate::deleted;
      break;
    }
    const std::vector<TransactionId> others = conflicts(transaction, *version, true);
    if (others.empty()) break;
    if (transaction.queued_at == nullptr && !transaction.locks(*version, false)) {
      waits_.take_tuple(transaction, *version, true);
      co_await run->wait();
    }
    for (const TransactionId other : others) {
      wait_for(transaction, other);
      co_await run->wait();
    }
  }
  waits_.leave_tuple(transaction);
  co_return fate;
}

}  // namespace chronofault::sim::postgresql
