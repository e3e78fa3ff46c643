#include <algorithm>

#include <ports/assert.hpp>
#include <sim/database/storage.hpp>

namespace chronofault::sim {

const Version* StoredRow::newest_committed() const noexcept {
  for (auto v = versions.rbegin(); v != versions.rend(); ++v) {
    if (v->commit != 0) return &*v;
  }
  return nullptr;
}

const Version* StoredRow::visible(CommitNumber snapshot, TransactionId reader) const noexcept {
  for (auto v = versions.rbegin(); v != versions.rend(); ++v) {
    if (v->commit != 0 ? v->commit <= snapshot : v->writer == reader) return &*v;
  }
  return nullptr;
}

StoredTable::StoredTable(TableSpec spec, Fractions fractions) : spec_(std::move(spec)), fractions_(fractions) {
  db::Columns names;
  for (std::size_t i = 0; i < spec_.columns.size(); ++i) {
    names.push_back(spec_.columns[i].name);
    if (!spec_.columns[i].generated) continue;
    CF_ASSERT(!generated_ && spec_.columns[i].type == ColumnType::integer);
    generated_ = i;
  }
  columns_ = std::make_shared<const db::Columns>(std::move(names));
  CF_ASSERT(!spec_.primary_key.empty());
  for (const std::string& name : spec_.primary_key) key_columns_.push_back(column(name));
  for (const IndexSpec& index : spec_.indexes) {
    SecondaryIndex secondary{index, {}, {}};
    for (const std::string& name : index.columns) secondary.columns.push_back(column(name));
    indexes_.push_back(std::move(secondary));
  }
}

std::size_t StoredTable::column(std::string_view name) const {
  for (std::size_t i = 0; i < spec_.columns.size(); ++i) {
    if (spec_.columns[i].name == name) return i;
  }
  CF_ASSERT(false && "no such column");
}

int StoredTable::index(std::string_view via) const {
  if (via == "pk" || via == "scan") return -1;
  for (std::size_t i = 0; i < indexes_.size(); ++i) {
    if (indexes_[i].spec.name == via) return static_cast<int>(i);
  }
  CF_ASSERT(false && "no such index");
}

Value StoredTable::comparable(std::size_t column, Value value) const {
  if (std::holds_alternative<Null>(value)) return value;
  switch (spec_.columns[column].type) {
    case ColumnType::integer:
      if (const bool* flag = std::get_if<bool>(&value)) return std::int64_t{*flag};
      CF_ASSERT(std::holds_alternative<std::int64_t>(value));
      return value;
    case ColumnType::real:
      if (const std::int64_t* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
      CF_ASSERT(std::holds_alternative<double>(value));
      return value;
    case ColumnType::text:
      CF_ASSERT(std::holds_alternative<std::string>(value));
      return value;
    case ColumnType::boolean:
      if (const std::int64_t* whole = std::get_if<std::int64_t>(&value)) return *whole != 0;
      CF_ASSERT(std::holds_alternative<bool>(value));
      return value;
    case ColumnType::datetime:
      CF_ASSERT(std::holds_alternative<WallTime>(value));
      return value;
  }
  CF_ASSERT(false);
}

Value StoredTable::stored(std::size_t column, Value value) const {
  Value fitting = comparable(column, std::move(value));
  if (WallTime* time = std::get_if<WallTime>(&fitting)) {
    std::int64_t unit = 1'000'000;
    for (int i = 0; i < spec_.columns[column].precision && unit > 1; ++i) unit /= 10;
    const std::int64_t us = time->us() + (fractions_ == Fractions::round ? unit / 2 : 0);
    *time = WallTime::from_us(us - ((us % unit) + unit) % unit);
  }
  return fitting;
}

std::optional<Key> StoredTable::unique_key(const SecondaryIndex& index, const db::Values& values) {
  Key key;
  for (std::size_t column : index.columns) {
    if (std::holds_alternative<Null>(values[column])) return std::nullopt;
    key.push_back(values[column]);
  }
  return key;
}

Key StoredTable::primary_key_of(const db::Values& values) const {
  Key key;
  key.reserve(key_columns_.size());
  for (std::size_t column : key_columns_) key.push_back(values[column]);
  return key;
}

bool StoredTable::matches(const SecondaryIndex& index, const Key& entry, const db::Image& image) {
  for (std::size_t i = 0; i < index.columns.size(); ++i) {
    if (entry[i] != image.values[index.columns[i]]) return false;
  }
  return true;
}

Key StoredTable::entry_of(const SecondaryIndex& index, const db::Image& image, const Key& primary) const {
  Key entry;
  entry.reserve(index.columns.size() + primary.size());
  for (std::size_t column : index.columns) entry.push_back(image.values[column]);
  entry.insert(entry.end(), primary.begin(), primary.end());
  return entry;
}

StoredRow& StoredTable::record(const Key& key) {
  const auto [at, made] = rows_.try_emplace(key);
  if (made) at->second.key = &at->first;
  return at->second;
}

void StoredTable::push(StoredRow& record, Version version) {
  const db::Image* image = version.image.get();
  const db::Image* before = record.versions.empty() ? nullptr : record.versions.back().image.get();
  if (image != nullptr) {
    for (SecondaryIndex& index : indexes_) {
      const bool same =
          before != nullptr && std::all_of(index.columns.begin(), index.columns.end(),
                                           [&](std::size_t c) { return before->values[c] == image->values[c]; });
      if (!same) index.entries.try_emplace(entry_of(index, *image, *record.key), &record);
    }
  }
  record.versions.push_back(std::move(version));
}

void StoredTable::forget_entries(StoredRow& record, const db::Image& image) {
  for (SecondaryIndex& index : indexes_) {
    const bool needed = std::any_of(record.versions.begin(), record.versions.end(), [&](const Version& v) {
      return v.image && std::all_of(index.columns.begin(), index.columns.end(),
                                    [&](std::size_t c) { return v.image->values[c] == image.values[c]; });
    });
    if (!needed) index.entries.erase(entry_of(index, image, *record.key));
  }
}

void StoredTable::pop(StoredRow& record) {
  const Version gone = std::move(record.versions.back());
  record.versions.pop_back();
  if (gone.image) forget_entries(record, *gone.image);
}

void StoredTable::trim(StoredRow& record, CommitNumber oldest) {
  // The newest version that every snapshot from `oldest` on sees, or something newer; all before it can go.
  std::size_t keep = 0;
  for (std::size_t i = 0; i < record.versions.size(); ++i) {
    const CommitNumber commit = record.versions[i].commit;
    if (commit != 0 && commit <= oldest) keep = i;
  }
  const Version* base = record.versions.empty() ? nullptr : &record.versions[keep];
  if (base != nullptr && base->commit != 0 && base->commit <= oldest && !base->image) ++keep;
  std::vector<Version> gone(std::make_move_iterator(record.versions.begin()),
                            std::make_move_iterator(record.versions.begin() + static_cast<std::ptrdiff_t>(keep)));
  record.versions.erase(record.versions.begin(), record.versions.begin() + static_cast<std::ptrdiff_t>(keep));
  for (const Version& v : gone) {
    if (v.image) forget_entries(record, *v.image);
  }
}

bool StoredTable::drop_if_empty(StoredRow& record) {
  if (!record.versions.empty() || !record.locks.empty()) return false;
  rows_.erase(rows_.find(*record.key));
  return true;
}

DatabaseStorage::DatabaseStorage(std::vector<TableSpec> tables, Fractions fractions) {
  for (TableSpec& spec : tables) {
    const std::string name = spec.name;
    const bool made = tables_.try_emplace(name, std::move(spec), fractions).second;
    CF_ASSERT(made);
  }
}

StoredTable* DatabaseStorage::table(std::string_view name) {
  const auto at = tables_.find(name);
  return at == tables_.end() ? nullptr : &at->second;
}

void DatabaseStorage::load(const InitialRow& row) {
  StoredTable* to = table(row.table);
  CF_ASSERT(to != nullptr);
  db::Values values(to->spec().columns.size());
  for (const auto& [name, value] : row.values) {
    const std::size_t column = to->column(name);
    values[column] = to->stored(column, value);
  }
  if (const auto& generated = to->generated()) {
    Value& id = values[*generated];
    if (std::holds_alternative<Null>(id)) id = to->next_id();
    to->seen_id(std::get<std::int64_t>(id));
  }
  StoredRow& record = to->record(to->primary_key_of(values));
  CF_ASSERT(record.versions.empty());
  Version version;
  version.commit = next_commit();
  version.image = std::make_shared<const db::Image>(std::move(values));
  for (const SecondaryIndex& index : to->indexes()) {
    if (!index.spec.unique) continue;
    const std::optional<Key> key = StoredTable::unique_key(index, version.image->values);
    if (!key) continue;
    const auto same = index.entries.lower_bound(*key);
    CF_ASSERT(same == index.entries.end() || !StoredTable::matches(index, same->first, *version.image));
  }
  to->push(record, std::move(version));
}

std::vector<db::Row> DatabaseStorage::committed(std::string_view name) const {
  std::vector<db::Row> rows;
  const auto at = tables_.find(name);
  if (at == tables_.end()) return rows;
  for (const auto& [key, record] : at->second.rows()) {
    const Version* version = record.newest_committed();
    if (version != nullptr && version->image) rows.emplace_back(at->second.columns(), version->image);
  }
  return rows;
}

std::vector<std::map<std::string, Value>> DatabaseStorage::rows(std::string_view name) const {
  std::vector<std::map<std::string, Value>> all;
  for (const db::Row& row : committed(name)) {
    std::map<std::string, Value>& named = all.emplace_back();
    for (std::size_t i = 0; i < row.columns().size(); ++i) named.emplace(row.columns()[i], row.values()[i]);
  }
  return all;
}

std::vector<std::string> DatabaseStorage::tables() const {
  std::vector<std::string> names;
  for (const auto& [name, table] : tables_) names.push_back(name);
  return names;
}

void DatabaseStorage::recover() {
  for (auto& [name, table] : tables_) {
    for (auto at = table.rows().begin(); at != table.rows().end();) {
      StoredRow& record = at->second;
      ++at;
      record.locks.clear();
      while (!record.versions.empty() && record.versions.back().commit == 0) table.pop(record);
      table.trim(record, last_commit_);
      table.drop_if_empty(record);
    }
  }
}

}  // namespace chronofault::sim
