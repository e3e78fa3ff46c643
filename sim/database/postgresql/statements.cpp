// What each statement does to the heap, and what it meets there when others were faster (database 4.4 to 4.6).
#include <algorithm>

#include <ports/mutant.hpp>

#include "../row_values.hpp"
#include "pg_engine.hpp"

namespace chronofault::sim::postgresql {

using db::ErrorClass;

namespace {

bool scans(const db::Where& where) noexcept { return where.via == "scan"; }

}  // namespace

void PgEngine::statement_begins(const StatementRun& run) {
  PgTransaction& transaction = of(run.transaction());
  take_snapshot(transaction);
  const db::Select* const select = std::get_if<db::Select>(&run.statement());
  if ((select != nullptr && select->lock == db::Lock::none) || transaction.xid != 0) return;
  transaction.xid = storage_.next_transaction();
  rows_.begun(transaction);
}

Task<> PgEngine::select(StatementRun* run) {
  return std::get<db::Select>(run->statement()).lock == db::Lock::none ? plain_select(run) : locking_select(run);
}

// Which rows a statement meets is fixed by its snapshot, whatever it waits for.
std::vector<HeapVersion*> PgEngine::found(const Heap& heap, const AccessPath& path, bool scan,
                                          const PgTransaction& reader, std::size_t limit) {
  std::vector<HeapVersion*> all;
  const auto consider = [&](HeapVersion& version) {
    if (visible(version, reader) && path.residual(version.image->values)) all.push_back(&version);
  };
  if (scan) {
    for (const auto& [tid, version] : heap.versions()) {
      if (all.size() >= limit) break;
      consider(*version);
    }
    return all;
  }
  const Heap::Entries& entries = heap.entries(path.index());
  for (const KeyRange& range : path.ranges()) {
    for (auto at = range.first(entries); at != entries.end() && all.size() < limit; ++at) {
      if (!range.whole() && range.place(at->first) == KeyRange::Place::beyond) break;
      for (HeapVersion* version : at->second->versions) consider(*version);
    }
  }
  return all;
}

Task<> PgEngine::plain_select(StatementRun* run) {
  const db::Select& select = std::get<db::Select>(run->statement());
  const Heap& heap = heap_of(*run);
  const AccessPath path(heap, select.where);
  std::vector<ImagePtr> images;
  const PgTransaction& reader = of(run->transaction());
  for (const HeapVersion* version : found(heap, path, scans(select.where), reader, scan_limit(select))) {
    run->cite(version->record);
    images.push_back(version->image);
  }
  answer_rows(heap, select, std::move(images), run->result());
  co_return;
}

// Database 4.4.
Task<> PgEngine::locking_select(StatementRun* run) {
  PgTransaction& transaction = of(run->transaction());
  const db::Select& select = std::get<db::Select>(run->statement());
  const Heap& heap = heap_of(*run);
  const AccessPath path(heap, select.where);
  const bool exclusive = select.lock == db::Lock::update;
  const std::size_t limit = scan_limit(select);
  const std::vector<HeapVersion*> shown = found(heap, path, scans(select.where), transaction, ~std::size_t{0});
  std::vector<ImagePtr> images;
  for (HeapVersion* const candidate : shown) {
    if (images.size() >= limit) break;
    HeapVersion* version = candidate;
    Fate fate = co_await rows_.lock(run, version, exclusive, select.wait, true);
    if ((fate == Fate::updated || fate == Fate::deleted) && transaction.keeps_snapshot()) {
      throw Failure(ErrorClass::serialization, "could not serialize access due to concurrent update");
    }
    if (fate == Fate::updated) {
      fate = co_await rows_.lock_newest(run, &version, exclusive, select.wait, true);
    }
    if (fate == Fate::blocked && select.wait == db::Wait::no_wait) throw Failure(ErrorClass::no_wait, heap.spec().name);
    if (fate != Fate::ok) continue;
    if (version != candidate && !path.matches(version->image->values)) continue;
    run->cite(version->record);
    images.push_back(version->image);
  }
  answer_rows(heap, select, std::move(images), run->result());
}

// Database 4.5.
Task<HeapVersion*> PgEngine::version_to_change(StatementRun* run, HeapVersion* shown, const AccessPath* path) {
  HeapVersion* version = shown;
  for (;;) {
    const Fate fate = co_await rows_.modify(run, version);
    if (fate == Fate::ok) co_return version;
    if (fate == Fate::self) co_return nullptr;
    if (MUTANT("lost-update-at-rr", of(run->transaction()).keeps_snapshot(), false)) {
      throw Failure(ErrorClass::serialization, "could not serialize access due to concurrent update");
    }
    if (fate == Fate::deleted) co_return nullptr;
    const Fate newest = co_await rows_.lock_newest(run, &version, true, db::Wait::block, false);
    if (newest != Fate::ok || !path->matches(version->image->values)) co_return nullptr;
  }
}

Task<> PgEngine::update(StatementRun* run) {
  const db::Update& statement = std::get<db::Update>(run->statement());
  Heap& heap = heap_of(*run);
  const AccessPath path(heap, statement.where);
  const std::vector<HeapVersion*> shown =
      found(heap, path, scans(statement.where), of(run->transaction()), ~std::size_t{0});
  for (HeapVersion* const candidate : shown) {
    HeapVersion* const version = co_await version_to_change(run, candidate, &path);
    if (version == nullptr) continue;
    run->cite(version->record);
    db::Values after = assigned(heap, version->image->values, statement.set, run->now());
    co_await supersede(run, &heap, version, std::make_shared<const db::Image>(std::move(after)));
    ++run->result().count;
  }
}

Task<> PgEngine::remove(StatementRun* run) {
  const db::Delete& statement = std::get<db::Delete>(run->statement());
  Heap& heap = heap_of(*run);
  PgTransaction& transaction = of(run->transaction());
  const AccessPath path(heap, statement.where);
  const std::vector<HeapVersion*> shown = found(heap, path, scans(statement.where), transaction, ~std::size_t{0});
  for (HeapVersion* const candidate : shown) {
    HeapVersion* const version = co_await version_to_change(run, candidate, &path);
    if (version == nullptr) continue;
    run->cite(version->record);
    run->record();
    version->xmax = transaction.xid;
    transaction.ended.emplace_back(&heap, version);
    ++run->result().count;
  }
}

Task<> PgEngine::supersede(StatementRun* run, Heap* heap, HeapVersion* version, ImagePtr image) {
  PgTransaction& transaction = of(run->transaction());
  HeapVersion& made = heap->append(image, version);
  made.xmin = transaction.xid;
  made.record = run->record();
  transaction.made.emplace_back(heap, &made);
  version->xmax = transaction.xid;
  version->next = &made;
  transaction.ended.emplace_back(heap, version);
  while (made.chain->entered < heap->size()) {
    const std::size_t index = made.chain->entered;
    if (heap->can_conflict(index, image->values) && !heap->same_key(index, version->image->values, image->values)) {
      const HeapVersion* taken = co_await find_duplicate(run, heap, index, image, &made);
      if (taken != nullptr) throw Failure(ErrorClass::duplicate_key, heap->indexes()[index].name);
    }
    heap->enter(made);
  }
}

Task<HeapVersion*> PgEngine::find_duplicate(StatementRun* run, Heap* heap, std::size_t index, ImagePtr image,
                                            const HeapVersion* self) {
  PgTransaction& transaction = of(run->transaction());
  const KeyBytes key = heap->key_bytes(index, image->values);
  for (;;) {  // from the start after every wait
    TransactionId awaited = 0;
    const Heap::Entries& entries = heap->entries(index);
    for (auto at = entries.lower_bound(key); at != entries.end() && awaited == 0; ++at) {
      if (!at->first.starts_with(key)) break;
      for (HeapVersion* version : at->second->versions) {
        if (version == self || version->aborted) continue;
        if (version->created == 0 && version->xmin != transaction.xid) {
          awaited = version->xmin;
          break;
        }
        if (version->removed != 0 || version->xmax == transaction.xid) continue;
        if (version->being_removed()) {
          awaited = version->xmax;
          break;
        }
        run->cite(version->record);
        co_return version;
      }
    }
    if (awaited == 0) co_return nullptr;
    rows_.wait_for(transaction, awaited);
    co_await run->wait();
  }
}

Task<HeapVersion*> PgEngine::append(StatementRun* run, Heap* heap, ImagePtr image, std::size_t* index) {
  PgTransaction& transaction = of(run->transaction());
  HeapVersion& made = heap->append(image, nullptr);
  made.xmin = transaction.xid;
  made.record = run->record();
  transaction.made.emplace_back(heap, &made);
  while (made.chain->entered < heap->size()) {
    *index = made.chain->entered;
    if (!heap->can_conflict(*index, image->values)) {
      heap->enter(made);
      continue;
    }
    const KeyBytes key = heap->key_bytes(*index, image->values);
    const auto place = heap->entries(*index).lower_bound(key);
    if (place == heap->entries(*index).end() || !place->first.starts_with(key)) {
      heap->enter(made, place);
      continue;
    }
    HeapVersion* const taken = co_await find_duplicate(run, heap, *index, image, &made);
    if (taken != nullptr) {
      made.aborted = true;
      co_return taken;
    }
    heap->enter(made);
  }
  co_return nullptr;
}

Task<> PgEngine::insert(StatementRun* run) {
  Heap& heap = heap_of(*run);
  const db::Insert& statement = std::get<db::Insert>(run->statement());
  db::Values values = complete_row(heap, statement, run->now(), run->result().generated_id);
  const ImagePtr image = std::make_shared<const db::Image>(std::move(values));
  std::size_t index = 0;
  const HeapVersion* taken = co_await append(run, &heap, image, &index);
  if (taken != nullptr) throw Failure(ErrorClass::duplicate_key, heap.indexes()[index].name);
  run->result().count = 1;
}

// Database 4.6: ON CONFLICT (columns) DO UPDATE.
Task<> PgEngine::upsert(StatementRun* run) {
  Heap& heap = heap_of(*run);
  PgTransaction& transaction = of(run->transaction());
  const db::Upsert& statement = std::get<db::Upsert>(run->statement());
  db::Values values = complete_row(heap, statement.row, run->now(), run->result().generated_id);
  const ImagePtr image = std::make_shared<const db::Image>(std::move(values));
  const std::size_t target = heap.index(statement.on);
  run->result().count = 1;
  for (;;) {
    HeapVersion* taken = nullptr;
    if (heap.can_conflict(target, image->values)) {
      taken = co_await find_duplicate(run, &heap, target, image, nullptr);
    }
    if (taken == nullptr) {
      std::size_t index = 0;
      taken = co_await append(run, &heap, image, &index);
      if (taken == nullptr) co_return;
      if (index != target) throw Failure(ErrorClass::duplicate_key, heap.indexes()[index].name);
      continue;
    }
    const Fate fate = co_await rows_.lock(run, taken, true, db::Wait::block, false);
    const bool gone = fate == Fate::updated || fate == Fate::deleted;
    if (transaction.keeps_snapshot() && (gone || !visible(*taken, transaction))) {
      throw Failure(ErrorClass::serialization, "could not serialize access due to concurrent update");
    }
    if (gone) continue;
    CF_ASSERT(fate == Fate::ok);
    run->result().generated_id.reset();
    db::Values after = assigned(heap, taken->image->values, statement.set, run->now());
    co_await supersede(run, &heap, taken, std::make_shared<const db::Image>(std::move(after)));
    co_return;
  }
}

}  // namespace chronofault::sim::postgresql
