#include "postgresql.hpp"

#include <algorithm>

#include <ports/mutant.hpp>

#include "pg_engine.hpp"

namespace chronofault::sim::postgresql {

void PgEngine::take_snapshot(PgTransaction& transaction) {
  if (transaction.snapshot) return;
  transaction.snapshot = storage_.committed_until();
  snapshots_.insert(*transaction.snapshot);
}

void PgEngine::drop_snapshot(PgTransaction& transaction) noexcept {
  if (!transaction.snapshot) return;
  snapshots_.erase(snapshots_.find(*transaction.snapshot));
  transaction.snapshot.reset();
}

bool PgEngine::visible(const HeapVersion& version, const PgTransaction& reader) noexcept {
  const auto holds = [&](TransactionId xid, CommitNumber number) {
    return number != 0 ? number <= *reader.snapshot : xid != 0 && xid == reader.xid;
  };
  return !version.aborted && holds(version.xmin, version.created) && !holds(version.xmax, version.removed);
}

std::vector<RowImage> PgEngine::changes(const Transaction& changing) const {
  const auto& transaction = static_cast<const PgTransaction&>(changing);
  std::vector<RowImage> images;
  for (const auto& [heap, version] : transaction.ended) {
    if (version->next == nullptr) {
      images.emplace_back(heap->spec().name, heap->key_of(0, version->image->values), nullptr);
    }
  }
  for (const auto& [heap, version] : transaction.made) {
    if (version->aborted || version->xmax != 0) continue;
    images.emplace_back(heap->spec().name, heap->key_of(0, version->image->values), version->image);
  }
  return images;
}

void PgEngine::statement_ended(Transaction& ending) noexcept {
  PgTransaction& transaction = of(ending);
  waits_.leave_tuple(transaction);
  if (MUTANT("snapshot-per-statement-at-rr", !transaction.keeps_snapshot(), true)) drop_snapshot(transaction);
}

void PgEngine::commit(Transaction& ending) {
  PgTransaction& transaction = of(ending);
  if (!transaction.made.empty() || !transaction.ended.empty()) {
    const CommitNumber number = storage_.next_commit();
    for (const auto& [heap, version] : transaction.made) {
      if (version->aborted) {
        dead_.push_back({number, heap, version});
      } else {
        version->created = number;
      }
    }
    for (const auto& [heap, version] : transaction.ended) {
      version->removed = number;
      dead_.push_back({number, heap, version});
    }
    if (Binlog* binlog = storage_.binlog()) binlog->committed(number, changes(transaction));
  }
  end(transaction);
}

void PgEngine::rollback(Transaction& ending) {
  PgTransaction& transaction = of(ending);
  for (const auto& [heap, version] : transaction.ended) {
    version->xmax = 0;
    version->next = nullptr;
  }
  if (!transaction.made.empty()) {
    const CommitNumber number = storage_.next_commit();
    for (const auto& [heap, version] : transaction.made) {
      version->aborted = true;
      dead_.push_back({number, heap, version});
    }
  }
  end(transaction);
}

void PgEngine::end(PgTransaction& transaction) {
  drop_snapshot(transaction);
  if (transaction.xid != 0) rows_.ended(transaction);
  waits_.ended(transaction);
  prune();
}

void PgEngine::prune() {
  CommitNumber oldest = storage_.oldest_kept();
  if (!snapshots_.empty()) oldest = std::min(oldest, *snapshots_.begin());
  while (!dead_.empty() && dead_.front().since <= oldest) {
    const Dead dead = dead_.front();
    CF_ASSERT(dead.version->lockers.empty() && dead.version->queue.empty());
    dead_.pop_front();
    dead.heap->erase(*dead.version);
  }
}

std::unique_ptr<DialectEngine> make_engine(DatabaseStorage& storage) { return std::make_unique<PgEngine>(storage); }

}  // namespace chronofault::sim::postgresql
