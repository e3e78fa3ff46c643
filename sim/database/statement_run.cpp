#include <algorithm>

#include <ports/assert.hpp>
#include <sim/database/statement_run.hpp>

namespace chronofault::sim {

namespace {

bool uncommitted_of_another(const Version* version, const Transaction& transaction) noexcept {
  return version != nullptr && version->commit == 0 && version->writer != transaction.id;
}

}  // namespace

StatementRun::StatementRun(DatabaseStorage& storage, LockManager& locks, StatementObserver* observer,
                           Transaction& transaction, bool autocommit, std::shared_ptr<const db::Statement> statement,
                           WallTime now)
    : storage_(&storage),
      locks_(&locks),
      observer_(observer),
      transaction_(&transaction),
      autocommit_(autocommit),
      statement_(std::move(statement)),
      now_(now),
      undo_mark_(transaction.undo.size()),
      table_(storage.table(db::table_of(*statement_))) {
  CF_ASSERT(table_ != nullptr);
}

bool StatementRun::advance() {
  return std::visit([this](const auto& s) { return advance(s); }, *statement_);
}

void StatementRun::cite(const Version& version) {
  if (observer_ != nullptr && version.record != 0) observer_->read(version.record);
}

void StatementRun::write(StoredRow& record, std::shared_ptr<const db::Image> image) {
  if (!writes_ && observer_ != nullptr) wrote_ = observer_->wrote(*statement_);
  writes_ = true;
  Version version;
  version.writer = transaction_->id;
  version.image = std::move(image);
  version.record = wrote_;
  table_->push(record, std::move(version));
  transaction_->undo.push_back({table_, &record});
}

// --- reading ------------------------------------------------------------------------------------------------------

bool StatementRun::advance(const db::Select& select) {
  const bool serializable = transaction_->level == db::Isolation::serializable && !autocommit_;
  if (select.lock == db::Lock::none && !serializable) {
    read_plain(select);
    return true;
  }
  const std::optional<std::size_t> stop = select.order_by.empty() ? select.limit : std::nullopt;
  if (!lock_matches(select.where, select.lock == db::Lock::update, select.wait, stop, false)) return false;
  std::vector<std::shared_ptr<const db::Image>> images;
  for (const StoredRow* record : matches_) images.push_back(record->newest()->image);
  order_and_cut(select, images);
  return true;
}

void StatementRun::read_plain(const db::Select& select) {
  CommitNumber snapshot = storage_->committed_until();
  if (transaction_->level >= db::Isolation::repeatable_read) {
    if (!transaction_->view) transaction_->view = snapshot;
    snapshot = *transaction_->view;
  }
  const bool dirty = transaction_->level == db::Isolation::read_uncommitted;
  cursor_.emplace(*table_, select.where);
  residual_ = RowTest(*table_, select.where.residual);
  std::vector<std::shared_ptr<const db::Image>> images;
  for (; const StoredRow* record = cursor_->record(); cursor_->next()) {
    if (select.order_by.empty() && select.limit && images.size() >= *select.limit) break;
    const Version* version = dirty ? record->newest() : record->visible(snapshot, transaction_->id);
    if (version == nullptr || !version->image || !cursor_->current(*version->image)) continue;
    if (!residual_(version->image->values)) continue;
    cite(*version);
    images.push_back(version->image);
  }
  order_and_cut(select, images);
}

void StatementRun::order_and_cut(const db::Select& select, std::vector<std::shared_ptr<const db::Image>>& images) {
  if (!select.order_by.empty()) {
    std::vector<std::pair<std::size_t, bool>> columns;
    for (const db::Order& order : select.order_by) columns.emplace_back(table_->column(order.column), order.descending);
    std::stable_sort(images.begin(), images.end(), [&](const auto& a, const auto& b) {
      for (const auto& [column, descending] : columns) {
        const Value& x = a->values[column];
        const Value& y = b->values[column];
        if (x != y) return descending ? y < x : x < y;
      }
      return false;
    });
  }
  if (select.limit && images.size() > *select.limit) images.resize(*select.limit);
  result_.count = static_cast<std::int64_t>(images.size());
  if (select.count_only) return;
  result_.rows.reserve(images.size());
  for (auto& image : images) result_.rows.emplace_back(table_->columns(), std::move(image));
}

bool StatementRun::lock_matches(const db::Where& where, bool exclusive, db::Wait wait, std::optional<std::size_t> limit,
                                bool semi_consistent) {
  if (scanned_) return true;
  if (!cursor_) {
    cursor_.emplace(*table_, where);
    residual_ = RowTest(*table_, where.residual);
  }
  const bool primary = cursor_->index() < 0;
  while (StoredRow* record = cursor_->record()) {
    if (limit && matches_.size() >= *limit) break;
    const Version* newest = record->newest();
    const bool foreign = uncommitted_of_another(newest, *transaction_);
    if (!foreign && (newest == nullptr || !newest->image || !cursor_->current(*newest->image))) {
      waited_ = false;
      cursor_->next();
      continue;
    }
    if (LockManager::would_wait(*transaction_, *record, exclusive)) {
      if (wait == db::Wait::no_wait) throw Failure{db::ErrorClass::no_wait, table_->spec().name};
      bool pass = wait == db::Wait::skip_locked;
      if (semi_consistent && primary && read_committed() && !cursor_->unique_lookup() && !waited_) {
        const Version* committed = record->newest_committed();
        pass = committed == nullptr || !committed->image || !residual_(committed->image->values);
      }
      if (pass) {
        cursor_->next();
        continue;
      }
      cursor_->suspend();
      waited_ = true;
      const LockManager::Outcome outcome = locks_->acquire(*transaction_, *table_, *record, exclusive);
      CF_ASSERT(outcome == LockManager::Outcome::waits);
      return false;
    }
    waited_ = false;
    const LockManager::Outcome outcome = locks_->acquire(*transaction_, *table_, *record, exclusive);
    CF_ASSERT(outcome != LockManager::Outcome::waits && !foreign);
    if (residual_(newest->image->values)) {
      matches_.push_back(record);
    } else if (primary && read_committed() && outcome == LockManager::Outcome::granted) {
      cursor_->suspend();
      locks_->release(*transaction_, *table_, *record);
    }
    cursor_->next();
  }
  scanned_ = true;
  for (const StoredRow* record : matches_) cite(*record->newest());
  return true;
}

// --- writing ------------------------------------------------------------------------------------------------------

bool StatementRun::advance(const db::Update& update) {
  if (!lock_matches(update.where, true, db::Wait::block, std::nullopt, true)) return false;
  for (; applied_ < matches_.size(); ++applied_) {
    bool changed = false;
    if (!assign(*matches_[applied_], update.set, changed)) return false;
  }
  result_.count = static_cast<std::int64_t>(matches_.size());
  return true;
}

bool StatementRun::advance(const db::Delete& statement) {
  if (!lock_matches(statement.where, true, db::Wait::block, std::nullopt, false)) return false;
  for (StoredRow* record : matches_) write(*record, nullptr);
  result_.count = static_cast<std::int64_t>(matches_.size());
  return true;
}

bool StatementRun::assign(StoredRow& record, const db::Assignments& set, bool& changed) {
  const db::Values& before = record.newest()->image->values;
  db::Values values = before;
  std::vector<bool> assigned(values.size());
  for (const db::Assignment& a : set) {
    const std::size_t column = table_->column(a.column);
    Value& value = values[column];
    assigned[column] = true;
    switch (a.kind) {
      case db::Assignment::Kind::constant:
        value = table_->stored(column, a.value);
        break;
      case db::Assignment::Kind::add:
        if (std::int64_t* number = std::get_if<std::int64_t>(&value))
          *number += std::get<std::int64_t>(a.value);
        else
          CF_ASSERT(std::holds_alternative<Null>(value));
        break;
      case db::Assignment::Kind::by_case: {
        const std::size_t key = table_->column(a.key);
        for (const auto& [when, then] : a.cases) {
          if (before[key] != table_->comparable(key, when)) continue;
          value = table_->stored(column, then);
          break;
        }
      }
    }
    if (std::holds_alternative<Null>(value) && !table_->spec().columns[column].nullable) {
      throw Failure{db::ErrorClass::not_null, table_->spec().columns[column].name};
    }
  }
  changed = values != before;
  if (changed) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (table_->spec().columns[i].on_update_now && !assigned[i]) values[i] = table_->stored(i, now_);
    }
    CF_ASSERT(table_->primary_key_of(values) == *record.key);
    const std::optional<Duplicate> duplicate = find_duplicate(values, &record, &before, false);
    if (!duplicate) return false;
    if (duplicate->record != nullptr) throw Failure{db::ErrorClass::duplicate_key, duplicate->index};
  }
  if (changed) write(record, std::make_shared<const db::Image>(std::move(values)));
  return true;
}

std::optional<StatementRun::Duplicate> StatementRun::find_duplicate(const db::Values& values, const StoredRow* self,
                                                                    const db::Values* before, bool exclusive) {
  for (const SecondaryIndex& index : table_->indexes()) {
    if (!index.spec.unique) continue;
    const std::optional<Key> key = StoredTable::unique_key(index, values);
    if (!key || (before != nullptr && StoredTable::unique_key(index, *before) == key)) continue;
    for (auto at = index.entries.lower_bound(*key); at != index.entries.end(); ++at) {
      if (!std::equal(key->begin(), key->end(), at->first.begin())) break;
      StoredRow* other = at->second;
      if (other == self) continue;
      const Version* newest = other->newest();
      const bool foreign = uncommitted_of_another(newest, *transaction_);
      const bool alive = newest != nullptr && newest->image && StoredTable::matches(index, at->first, *newest->image);
      if (!foreign && !alive) continue;
      if (locks_->acquire(*transaction_, *table_, *other, exclusive) == LockManager::Outcome::waits) return {};
      CF_ASSERT(!foreign);
      return Duplicate{other, index.spec.name};
    }
  }
  return Duplicate{nullptr, {}};
}

void StatementRun::prepare_insert(const db::Insert& insert) {
  if (row_) return;
  const std::vector<ColumnSpec>& columns = table_->spec().columns;
  CF_ASSERT(insert.columns.size() == insert.values.size());
  db::Values values(columns.size());
  std::vector<bool> given(columns.size());
  for (std::size_t i = 0; i < insert.columns.size(); ++i) {
    const std::size_t column = table_->column(insert.columns[i]);
    given[column] = true;
    values[column] = table_->stored(column, insert.values[i]);
  }
  if (const auto& generated = table_->generated()) {
    Value& id = values[*generated];
    if (std::holds_alternative<Null>(id)) {
      id = table_->next_id();
      result_.generated_id = std::get<std::int64_t>(id);
    }
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].default_now && !given[i]) values[i] = table_->stored(i, now_);
    if (std::holds_alternative<Null>(values[i]) && !columns[i].nullable) {
      throw Failure{db::ErrorClass::not_null, columns[i].name};
    }
  }
  row_ = std::move(values);
}

bool StatementRun::try_insert(bool exclusive, std::optional<Duplicate>& duplicate) {
  const Key key = table_->primary_key_of(*row_);
  if (const auto at = table_->rows().find(key); at != table_->rows().end()) {
    StoredRow& same = at->second;
    const bool foreign = uncommitted_of_another(same.newest(), *transaction_);
    const bool alive = same.newest() != nullptr && same.newest()->image;
    if (foreign || alive) {
      if (locks_->acquire(*transaction_, *table_, same, exclusive) == LockManager::Outcome::waits) return false;
      duplicate = Duplicate{&same, "PRIMARY"};
      return true;
    }
  }
  std::optional<Duplicate> other = find_duplicate(*row_, nullptr, nullptr, exclusive);
  if (!other) return false;
  if (other->record != nullptr) {
    duplicate = std::move(other);
    return true;
  }
  StoredRow& record = table_->record(key);
  if (locks_->acquire(*transaction_, *table_, record, true) == LockManager::Outcome::waits) return false;
  if (const auto& generated = table_->generated()) table_->seen_id(std::get<std::int64_t>((*row_)[*generated]));
  if (const Version* deleted = record.newest()) cite(*deleted);
  write(record, std::make_shared<const db::Image>(std::move(*row_)));
  result_.count = 1;
  return true;
}

bool StatementRun::advance(const db::Insert& insert) {
  prepare_insert(insert);
  std::optional<Duplicate> duplicate;
  if (!try_insert(false, duplicate)) return false;
  if (!duplicate) return true;
  // The failure rests on the row that is in the way.
  cite(*duplicate->record->newest());
  throw Failure{db::ErrorClass::duplicate_key, duplicate->index};
}

bool StatementRun::advance(const db::Upsert& upsert) {
  if (upsert_target_ == nullptr) {
    prepare_insert(upsert.row);
    std::optional<Duplicate> duplicate;
    if (!try_insert(true, duplicate)) return false;
    if (!duplicate) return true;
    upsert_target_ = duplicate->record;
    cite(*upsert_target_->newest());
    result_.generated_id.reset();
  }
  bool changed = false;
  if (!assign(*upsert_target_, upsert.set, changed)) return false;
  result_.count = changed ? 2 : 1;
  return true;
}

}  // namespace chronofault::sim
