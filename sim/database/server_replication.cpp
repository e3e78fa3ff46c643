// Replication: the primary's and the replica's side (database 5.3). Not modelled: parallel appliers, replicas of
// replicas; a replica that crashes forgets what it had received and not yet carried out, and asks for it again.
#include <ports/task/race.hpp>
#include <sim/database/server.hpp>

namespace chronofault::sim {

// --- the primary ----------------------------------------------------------------------------------------------------

// A replica that has more than its primary (which a crash made forget something) is not served.
Task<> DatabaseServer::ship(Connection* connection, BinlogPosition position) {
  const Binlog* binlog = storage_.binlog();
  if (binlog == nullptr || position > binlog->last()) co_return;
  for (;;) {
    while (const BinlogEntry* next = binlog->after(position)) {
      position = next->position;
      connection->send(body_of(ReplicatedCommit(*next)));
    }
    try {
      Task<Connection::Received> answer = connection->receive();
      const auto grew = binlog_grew_.wait();
      const auto first = co_await race(std::move(answer), grew);
      if (first.index() == 1) continue;
      const ReplicaReceived* received = std::get<0>(first).body.as<ReplicaReceived>();
      CF_ASSERT(received != nullptr);
      received_by_replica_ = std::max(received_by_replica_, static_cast<BinlogPosition>(received->position));
      asynchronous_ = false;
      replica_received_.notify_all();
    } catch (const NetworkError&) {
      co_return;
    }
  }
}

Task<> DatabaseServer::await_replica(BinlogPosition position) {
  const MonoTime began = ports_.clock.mono();
  while (received_by_replica_ < position && !asynchronous_) {
    const auto received = replica_received_.wait();
    if (!options_.semi_sync_timeout) {
      co_await received;
      continue;
    }
    const auto timeout = ports_.clock.sleep_until(began + *options_.semi_sync_timeout);
    const auto first = co_await race(received, timeout);
    if (first.index() == 1) asynchronous_ = true;
  }
}

Task<> DatabaseServer::finish_commits() {
  Binlog* const binlog = storage_.binlog();
  if (binlog == nullptr || binlog->last_committed() == binlog->last()) co_return;
  open_applier();
  for (BinlogPosition position = binlog->last_committed(); position < binlog->last(); ++position) {
    const BinlogEntry entry = *binlog->after(position);
    if (entry.commit != 0) continue;
    binlog->finish(entry.position);
    co_await apply(entry);
  }
  engine_.disconnect(applier_);
  peers_.erase(applier_);
  applier_ = 0;
}

// --- the replica ----------------------------------------------------------------------------------------------------

BinlogPosition DatabaseServer::received() const noexcept {
  return relay_.empty() ? storage_.binlog()->last() : relay_.back().entry.position;
}

Task<> DatabaseServer::receive_binlog() {
  while (!promoted_) {
    std::unique_ptr<Connection> connection;
    try {
      connection = co_await ports_.network.connect(*options_.replica_of, Duration::seconds(10));
      StatementRequest replicate(DatabaseCommand::replicate);
      replicate.position = received();
      connection->send(body_of(std::move(replicate)));
      for (;;) {
        Task<Connection::Received> next = connection->receive();
        const auto redirected = redirected_.wait();
        const auto first = co_await race(std::move(next), redirected);
        if (promoted_) co_return;
        if (first.index() == 1) break;
        const ReplicatedCommit* commit = std::get<0>(first).body.as<ReplicatedCommit>();
        CF_ASSERT(commit != nullptr && commit->entry.position == received() + 1);
        relay_.emplace_back(commit->entry, ports_.clock.mono() + conditions_.replication_lag);
        relay_changed_.notify_all();
        connection->send(body_of(ReplicaReceived(static_cast<std::int64_t>(received()))));
      }
    } catch (const NetworkError&) {
      connection.reset();
    }
    co_await ports_.clock.sleep_for(options_.replica_retry);
  }
}

void DatabaseServer::open_applier() {
  applier_ = engine_.open();
  peers_[applier_];
}

// The entry that is being carried out stays in front until it is done: what was received is what the relay ends with.
Task<> DatabaseServer::apply_relay() {
  for (;;) {
    if (relay_.empty()) {
      if (promoted_) break;
      co_await relay_changed_.wait();
      continue;
    }
    if (!promoted_ && ports_.clock.mono() < relay_.front().due) {
      const auto due = ports_.clock.sleep_until(relay_.front().due);
      const auto changed = relay_changed_.wait();
      co_await race(due, changed);
      continue;
    }
    const BinlogEntry next = relay_.front().entry;
    co_await apply(next);
    relay_.pop_front();
  }
  following_ = false;
}

// Rows that changed are taken away first, so that no key is in another's way; readers see the whole or nothing. A
// deadlock with a reader's locks, or a lock that is not given back in time: once more.
Task<> DatabaseServer::apply(BinlogEntry entry) {
  for (bool done = false; !done;) {
    engine_.begin(applier_, std::nullopt);
    done = true;
    for (const bool insert : {false, true}) {
      for (const RowImage& row : *entry.rows) {
        if (!done || (insert && !row.image)) continue;
        done = co_await apply_row(&row, insert);
      }
    }
    if (done) {
      engine_.commit(applier_);
      Binlog* const binlog = storage_.binlog();
      // A row that came and went in one transaction leaves nothing to commit.
      if (!binlog->has_committed(entry.position)) binlog->committed(engine_.committed_until(), {});
    } else {
      engine_.rollback(applier_);
    }
    wake_runnable();
  }
}

Task<bool> DatabaseServer::apply_row(const RowImage* row, bool insert) {
  std::shared_ptr<const db::Statement> statement;
  if (insert) {
    StoredTable& table = *storage_.table(row->table);
    if (const auto& generated = table.generated()) {
      table.seen_id(std::get<std::int64_t>(row->image->values[*generated]));
    }
    const db::Columns& names = *table.columns();
    std::vector<std::string_view> columns(names.begin(), names.end());
    statement = std::make_shared<const db::Statement>(db::Insert(row->table, std::move(columns), row->image->values));
  } else {
    statement = std::make_shared<const db::Statement>(db::Delete(row->table, db::Where("pk", row->key)));
  }
  engine_.settings().read_only = false;
  engine_.settings().disk_full = false;
  std::optional<Answer> answer = engine_.execute(applier_, std::move(statement), ports_.clock.wall());
  while (!answer) {
    wake_runnable();
    const std::optional<MonoTime> no_deadline;
    co_await await_lock(applier_, no_deadline);
    answer = engine_.resume(applier_);
  }
  co_return answer->error == db::ErrorClass::none;
}

void DatabaseServer::promote() {
  promoted_ = true;
  relay_changed_.notify_all();
  redirected_.notify_all();
}

void DatabaseServer::follow(Address primary) {
  options_.replica_of = std::move(primary);
  redirected_.notify_all();
}

}  // namespace chronofault::sim
