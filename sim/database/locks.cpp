#include <algorithm>

#include <ports/assert.hpp>
#include <sim/database/locks.hpp>

namespace chronofault::sim {

namespace {

bool conflict(const LockRequest& before, const Transaction& transaction, bool exclusive) noexcept {
  return before.transaction != &transaction && (before.exclusive || exclusive);
}

}  // namespace

bool LockManager::held(const Transaction& transaction, const StoredRow& record, bool exclusive) noexcept {
  return std::any_of(record.locks.begin(), record.locks.end(), [&](const LockRequest& r) {
    return r.transaction == &transaction && !r.waiting && (r.exclusive || !exclusive);
  });
}

bool LockManager::would_wait(const Transaction& transaction, const StoredRow& record, bool exclusive) noexcept {
  if (held(transaction, record, exclusive)) return false;
  return std::any_of(record.locks.begin(), record.locks.end(),
                     [&](const LockRequest& r) { return conflict(r, transaction, exclusive); });
}

LockManager::Outcome LockManager::acquire(Transaction& transaction, StoredTable& table, StoredRow& record,
                                          bool exclusive) {
  CF_ASSERT(transaction.waits_at == nullptr);
  if (held(transaction, record, exclusive)) return Outcome::held;
  const bool waits = would_wait(transaction, record, exclusive);
  const bool known = std::any_of(record.locks.begin(), record.locks.end(),
                                 [&](const LockRequest& r) { return r.transaction == &transaction; });
  record.locks.push_back(LockRequest{&transaction, exclusive, waits});
  if (waits) {
    transaction.waits_at = &record;
    if (closes_cycle(transaction)) {
      record.locks.pop_back();
      transaction.waits_at = nullptr;
      throw Failure{db::ErrorClass::deadlock, table.spec().name};
    }
  }
  if (!known) transaction.locked.push_back({&table, &record});
  if (waits) return Outcome::waits;
  return known ? Outcome::held : Outcome::granted;
}

bool LockManager::closes_cycle(const Transaction& start) {
  std::vector<const Transaction*> reached;
  std::vector<const Transaction*> open{&start};
  while (!open.empty()) {
    const Transaction* waiter = open.back();
    open.pop_back();
    if (waiter->waits_at == nullptr) continue;
    const std::vector<LockRequest>& queue = waiter->waits_at->locks;
    const auto own = std::find_if(queue.begin(), queue.end(),
                                  [&](const LockRequest& r) { return r.transaction == waiter && r.waiting; });
    CF_ASSERT(own != queue.end());
    for (auto r = queue.begin(); r != own; ++r) {
      if (!conflict(*r, *waiter, own->exclusive)) continue;
      if (r->transaction == &start) return true;
      if (std::find(reached.begin(), reached.end(), r->transaction) != reached.end()) continue;
      reached.push_back(r->transaction);
      open.push_back(r->transaction);
    }
  }
  return false;
}

void LockManager::regrant(StoredRow& record) {
  for (auto r = record.locks.begin(); r != record.locks.end(); ++r) {
    if (!r->waiting) continue;
    const bool blocked = std::any_of(record.locks.begin(), r, [&](const LockRequest& before) {
      return conflict(before, *r->transaction, r->exclusive);
    });
    if (blocked) continue;
    r->waiting = false;
    r->transaction->waits_at = nullptr;
    granted_.push_back(r->transaction->session);
  }
}

void LockManager::remove(const Transaction& transaction, StoredRow& record) {
  std::erase_if(record.locks, [&](const LockRequest& r) { return r.transaction == &transaction; });
}

void LockManager::release(Transaction& transaction, StoredTable& table, StoredRow& record) {
  CF_ASSERT(transaction.waits_at != &record);
  std::erase_if(transaction.locked, [&](const Transaction::At& at) { return at.record == &record; });
  remove(transaction, record);
  regrant(record);
  table.drop_if_empty(record);
}

void LockManager::release_all(Transaction& transaction) {
  if (transaction.waits_at != nullptr) cancel_wait(transaction);
  while (!transaction.locked.empty()) {
    const Transaction::At at = transaction.locked.back();
    transaction.locked.pop_back();
    remove(transaction, *at.record);
    regrant(*at.record);
    at.table->drop_if_empty(*at.record);
  }
}

void LockManager::cancel_wait(Transaction& transaction) {
  StoredRow& record = *transaction.waits_at;
  transaction.waits_at = nullptr;
  std::erase_if(record.locks, [&](const LockRequest& r) { return r.transaction == &transaction && r.waiting; });
  regrant(record);
  const bool holds = std::any_of(record.locks.begin(), record.locks.end(),
                                 [&](const LockRequest& r) { return r.transaction == &transaction; });
  if (holds) return;
  const auto at = std::find_if(transaction.locked.begin(), transaction.locked.end(),
                               [&](const Transaction::At& locked) { return locked.record == &record; });
  CF_ASSERT(at != transaction.locked.end());
  StoredTable& table = *at->table;
  transaction.locked.erase(at);
  table.drop_if_empty(record);
}

}  // namespace chronofault::sim
