#include "locks.hpp"

#include <algorithm>

#include <ports/assert.hpp>

namespace chronofault::sim::innodb {

void LockSystem::activate(InnodbTransaction& transaction, TransactionId id) {
  CF_ASSERT(active_.empty() || active_.back()->id < id);
  transaction.id = id;
  active_.push_back(&transaction);
}

void LockSystem::lock_table(InnodbTransaction& transaction, const Table& table, bool exclusive) {
  for (const auto& [locked, ix] : transaction.table_locks) {
    if (locked == &table && (ix || !exclusive)) return;
  }
  transaction.table_locks.emplace_back(&table, exclusive);
}

// --- conflict, has, add: database 3.3 -------------------------------------------------------------------------------

bool LockSystem::conflict(const InnodbTransaction& asking, Mode mode, Kind kind, bool insert_intention,
                          const Entry& entry, const LockObject& other) noexcept {
  if (other.owner == &asking || (mode == Mode::shared && other.mode == Mode::shared)) return false;
  if ((entry.supremum() || kind == Kind::gap) && !insert_intention) return false;
  if (!insert_intention && other.kind == Kind::gap) return false;
  if (kind == Kind::gap && other.kind == Kind::record) return false;
  return !other.insert_intention;
}

LockObject* LockSystem::first_conflict(const InnodbTransaction& asking, Mode mode, Kind kind, bool insert_intention,
                                       const Entry& entry) noexcept {
  for (LockObject* other : entry.locks) {
    if (conflict(asking, mode, kind, insert_intention, entry, *other)) return other;
  }
  return nullptr;
}

LockObject* LockSystem::has(const InnodbTransaction& transaction, const Entry& entry, Mode mode, Kind kind) noexcept {
  for (LockObject* object : entry.locks) {
    if (object->owner != &transaction || object->waiting || object->insert_intention) continue;
    if (object->mode < mode) continue;
    if (object->kind == Kind::next_key || object->kind == kind || entry.supremum()) return object;
  }
  return nullptr;
}

LockObject& LockSystem::make(InnodbTransaction& transaction, Index& index, Entry& entry, Mode mode, Kind kind) {
  auto made = std::make_unique<LockObject>();
  LockObject& object = *made;
  object.owner = &transaction;
  object.index = &index;
  object.mode = mode;
  object.kind = entry.supremum() ? Kind::next_key : kind;
  object.sequence = ++last_sequence_;
  ++objects_;
  index.queue.push_back(&object);
  transaction.objects.push_back(std::move(made));
  put(object, entry);
  return object;
}

void LockSystem::put(LockObject& object, Entry& entry) {
  auto at = entry.locks.end();
  while (at != entry.locks.begin() && (*(at - 1))->sequence >= object.sequence) --at;
  if (at != entry.locks.end() && *at == &object) return;
  entry.locks.insert(at, &object);
  object.records.push_back(&entry);
}

void LockSystem::take_out(LockObject& object, Entry& entry) noexcept {
  std::erase(entry.locks, &object);
  const auto at = std::find(object.records.rbegin(), object.records.rend(), &entry);
  CF_ASSERT(at != object.records.rend());
  *at = object.records.back();
  object.records.pop_back();
}

void LockSystem::add(InnodbTransaction& transaction, Index& index, Entry& entry, Mode mode, Kind kind) {
  if (entry.supremum()) kind = Kind::next_key;
  const bool awaited = index.waiting != 0 && std::any_of(entry.locks.begin(), entry.locks.end(),
                                                         [](const LockObject* object) { return object->waiting; });
  if (!awaited) {
    for (const auto& object : transaction.objects) {
      if (object->index == &index && object->granted_as(mode, kind)) return put(*object, entry);
    }
  }
  make(transaction, index, entry, mode, kind);
}

Grant LockSystem::acquire(InnodbTransaction& transaction, Index& index, Entry& entry, Mode mode, Kind kind, bool keep,
                          Else otherwise) {
  if (index.queue.empty()) {
    if (keep) make(transaction, index, entry, mode, kind);
    return Grant::fresh;
  }
  if (LockObject& only = *index.queue.front();
      index.queue.size() == 1 && only.owner == &transaction && only.granted_as(mode, kind)) {
    const bool contains = std::find(entry.locks.begin(), entry.locks.end(), &only) != entry.locks.end();
    if (!keep || contains) return Grant::held;
    put(only, entry);
    return Grant::fresh;
  }
  const Kind on_record = kind == Kind::next_key && !entry.supremum() ? Kind::record : kind;
  if (const LockObject* held = has(transaction, entry, mode, on_record)) {
    if (on_record != kind && held->kind == Kind::record && has(transaction, entry, mode, Kind::gap) == nullptr) {
      add(transaction, index, entry, mode, Kind::gap);
    }
    return Grant::held;
  }
  if (LockObject* blocker = first_conflict(transaction, mode, kind, false, entry)) {
    if (otherwise == Else::refuse) return Grant::refused;
    return enqueue(transaction, index, entry, mode, kind, false, *blocker->owner);
  }
  if (!keep) return Grant::held;
  add(transaction, index, entry, mode, kind);
  return Grant::fresh;
}

// --- implicit locks: database 3.4 -----------------------------------------------------------------------------------

InnodbTransaction* LockSystem::implicit_holder(const InnodbTransaction& asking, const Index& index, const Entry& entry,
                                               bool precise) const {
  if (active_.empty()) return nullptr;
  if (!index.clustered() && !precise && active_.front()->id > index.max_trx) return nullptr;
  const Versions& versions = entry.row->versions;
  if (versions.back().commit != 0) return nullptr;
  const TransactionId writer = versions.back().writer;
  const auto at = std::lower_bound(active_.begin(), active_.end(), writer,
                                   [](const InnodbTransaction* t, TransactionId id) { return t->id < id; });
  CF_ASSERT(at != active_.end() && (*at)->id == writer);
  InnodbTransaction* const holder = *at;
  if (index.clustered() || holder == &asking) return holder;
  for (std::size_t i = versions.size() - 1; i > 0; --i) {
    const Version& before = versions[i - 1];
    const bool same_key = index.table->has_key(index.number, *entry.key, before.image->values);
    if (same_key ? entry.deleted != before.deleted : !entry.deleted) return holder;
    if (before.commit != 0 || before.writer != writer) return nullptr;
  }
  return entry.deleted ? nullptr : holder;
}

InnodbTransaction* LockSystem::convert(InnodbTransaction& asking, Index& index, Entry& entry) {
  InnodbTransaction* holder = implicit_holder(asking, index, entry, false);
  if (holder != nullptr && holder != &asking && has(*holder, entry, Mode::exclusive, Kind::record) == nullptr) {
    add(*holder, index, entry, Mode::exclusive, Kind::record);
  }
  return holder;
}

Grant LockSystem::read_lock(InnodbTransaction& transaction, Index& index, Entry& entry, Mode mode, Kind kind,
                            Else otherwise) {
  if (!entry.supremum() && convert(transaction, index, entry) == &transaction && kind == Kind::record) {
    return Grant::held;
  }
  return acquire(transaction, index, entry, mode, kind, true, otherwise);
}

Grant LockSystem::modify_clustered(InnodbTransaction& transaction, Index& index, Entry& entry) {
  if (convert(transaction, index, entry) == &transaction) return Grant::held;
  return acquire(transaction, index, entry, Mode::exclusive, Kind::record, false, Else::wait);
}

Grant LockSystem::modify_secondary(InnodbTransaction& transaction, Index& index, Entry& entry) {
  const Grant grant = acquire(transaction, index, entry, Mode::exclusive, Kind::record, false, Else::wait);
  if (grant != Grant::waits) index.max_trx = std::max(index.max_trx, transaction.id);
  return grant;
}

// --- gaps when entries come and go: database 3.5 --------------------------------------------------------------------

Grant LockSystem::insert_check(InnodbTransaction& transaction, Index& index, Entry& next) {
  if (LockObject* blocker = first_conflict(transaction, Mode::exclusive, Kind::gap, true, next)) {
    return enqueue(transaction, index, next, Mode::exclusive, Kind::gap, true, *blocker->owner);
  }
  if (!index.clustered()) index.max_trx = std::max(index.max_trx, transaction.id);
  return Grant::held;
}

void LockSystem::inserted(Index& index, Entry& entry, Entry& next) {
  if (next.locks.empty()) return;
  const std::vector<LockObject*> before = next.locks;
  for (const LockObject* object : before) {
    if (object->insert_intention || (!next.supremum() && object->kind == Kind::record)) continue;
    add(*object->owner, index, entry, object->mode, Kind::gap);
  }
}

void LockSystem::removing(Index& index, Entry& entry, Entry& next) {
  if (entry.locks.empty()) return;
  const std::vector<LockObject*> before = entry.locks;
  for (const LockObject* object : before) {
    if (object->insert_intention) continue;
    const InnodbTransaction& owner = *object->owner;
    const Mode not_inherited = owner.upserting ? Mode::shared : Mode::exclusive;
    if (owner.read_committed() && object->mode == not_inherited) continue;
    add(*object->owner, index, next, object->mode, Kind::gap);
  }
  for (LockObject* object : before) {
    take_out(*object, entry);
    if (object->waiting) grant(*object);
  }
}

void LockSystem::unlock(InnodbTransaction& transaction, Index& index, Entry& entry, Mode mode) {
  const auto at = std::find_if(entry.locks.begin(), entry.locks.end(), [&](const LockObject* object) {
    return object->owner == &transaction && object->mode == mode;
  });
  CF_ASSERT(at != entry.locks.end());
  take_out(**at, entry);
  regrant(index, &entry, false);
}

// --- queues: database 3.6 -------------------------------------------------------------------------------------------

Grant LockSystem::enqueue(InnodbTransaction& transaction, Index& index, Entry& entry, Mode mode, Kind kind,
                          bool insert_intention, InnodbTransaction& blocker) {
  CF_ASSERT(!transaction.waiting);
  LockObject& object = make(transaction, index, entry, mode, kind);
  object.insert_intention = insert_intention;
  object.waiting = true;
  ++index.waiting;
  ++waiting_;
  transaction.request = &object;
  transaction.waits_for = &blocker;
  transaction.waiting = true;
  ++transaction.waited;
  requesting_ = &transaction;
  requester_died_ = false;
  resolve(transaction);
  check_others();
  requesting_ = nullptr;
  if (requester_died_) throw Failure(db::ErrorClass::deadlock, index.table->spec().name);
  return Grant::waits;
}

void LockSystem::grant(LockObject& object) {
  InnodbTransaction& owner = *object.owner;
  object.waiting = false;
  --object.index->waiting;
  --waiting_;
  owner.request = nullptr;
  owner.waits_for = nullptr;
  owner.waiting = false;
  if (&owner != requesting_) ended_.push_back(WaitEnd{owner.session, db::ErrorClass::none});
}

void LockSystem::regrant(Index& index, const Entry* only, bool check) {
  if (index.waiting == 0) return;
  for (LockObject* object : index.queue) {
    if (!object->waiting) continue;
    const Entry& entry = *object->records.front();
    if (only != nullptr && only != &entry) continue;
    InnodbTransaction& owner = *object->owner;
    LockObject* blocker = first_conflict(owner, object->mode, object->kind, object->insert_intention, entry);
    if (blocker == nullptr || blocker->sequence > object->sequence) {
      grant(*object);
      continue;
    }
    owner.waits_for = blocker->owner;
    if (check && blocker->owner->waiting &&
        std::find(to_check_.begin(), to_check_.end(), blocker->owner) == to_check_.end()) {
      to_check_.push_back(blocker->owner);
    }
  }
}

void LockSystem::remove(LockObject& object) {
  for (Entry* entry : object.records) std::erase(entry->locks, &object);
  std::vector<LockObject*>& queue = object.index->queue;
  queue.erase(std::find(queue.rbegin(), queue.rend(), &object).base() - 1);
  if (object.waiting) {
    --object.index->waiting;
    --waiting_;
    object.owner->request = nullptr;
    object.owner->waits_for = nullptr;
    object.owner->waiting = false;
  }
  --objects_;
  auto& own = object.owner->objects;
  const auto at = std::find_if(own.rbegin(), own.rend(), [&](const auto& o) { return o.get() == &object; });
  own.erase(at.base() - 1);
}

void LockSystem::cancel_wait(InnodbTransaction& transaction) {
  CF_ASSERT(transaction.waiting);
  Index& index = *transaction.request->index;
  remove(*transaction.request);
  regrant(index, nullptr, true);
  check_others();
}

void LockSystem::release(InnodbTransaction& transaction) {
  CF_ASSERT(!transaction.waiting);
  if (transaction.id != 0) std::erase(active_, &transaction);
  while (!transaction.objects.empty()) {
    Index& index = *transaction.objects.back()->index;
    remove(*transaction.objects.back());
    regrant(index, nullptr, true);
  }
  transaction.table_locks.clear();
  check_others();
}

}  // namespace chronofault::sim::innodb
