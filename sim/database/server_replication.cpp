// Replication: the primary's and the replica's side (database 5.3). Not modelled: the wait point AFTER_SYNC, parallel
// appliers, replicas of replicas; a replica that crashes forgets what it had received and not yet carried out, and asks
// for it again.
#include <ports/task/race.hpp>
#include <sim/database/server.hpp>

namespace chronofault::sim {

// --- the primary ----------------------------------------------------------------------------------------------------

Task<> DatabaseServer::ship(Connection* connection, CommitNumber position) {
  const Binlog* binlog = storage_.binlog();
  if (binlog == nullptr) co_return;
  for (;;) {
    while (const BinlogEntry* next = binlog->after(position)) {
      position = next->commit;
      connection->send(body_of(ReplicatedCommit(*next)));
    }
    try {
      Task<Connection::Received> answer = connection->receive();
      const auto grew = binlog_grew_.wait();
      const auto first = co_await race(std::move(answer), grew);
      if (first.index() == 1) continue;
      const ReplicaReceived* received = std::get<0>(first).body.as<ReplicaReceived>();
      CF_ASSERT(received != nullptr);
      received_by_replica_ = std::max(received_by_replica_, static_cast<CommitNumber>(received->commit));
      asynchronous_ = false;
      replica_received_.notify_all();
    } catch (const NetworkError&) {
      co_return;
    }
  }
}

Task<> DatabaseServer::await_replica(CommitNumber commit) {
  const MonoTime deadline = ports_.clock.mono() + options_.semi_sync_timeout;
  while (received_by_replica_ < commit && !asynchronous_) {
    const auto received = replica_received_.wait();
    const auto timeout = ports_.clock.sleep_until(deadline);
    const auto first = co_await race(received, timeout);
    if (first.index() == 1) asynchronous_ = true;
  }
}

// --- the replica ----------------------------------------------------------------------------------------------------

Task<> DatabaseServer::follow() {
  CommitNumber position = storage_.replicated_until();
  while (!promoted_) {
    std::unique_ptr<Connection> connection;
    try {
      connection = co_await ports_.network.connect(*options_.replica_of, Duration::seconds(10));
      StatementRequest replicate(DatabaseCommand::replicate);
      replicate.position = position;
      connection->send(body_of(std::move(replicate)));
      for (;;) {
        const Connection::Received received = co_await connection->receive();
        if (promoted_) co_return;
        const ReplicatedCommit* commit = received.body.as<ReplicatedCommit>();
        CF_ASSERT(commit != nullptr);
        position = commit->entry.commit;
        relay_.emplace_back(commit->entry, ports_.clock.mono() + conditions_.replication_lag);
        relay_changed_.notify_all();
        connection->send(body_of(ReplicaReceived(static_cast<std::int64_t>(position))));
      }
    } catch (const NetworkError&) {
      connection.reset();
    }
    co_await ports_.clock.sleep_for(options_.replica_retry);
  }
}

Task<> DatabaseServer::apply_relay() {
  applier_ = engine_.open();
  peers_[applier_];
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
    BinlogEntry next = relay_.front().entry;
    relay_.pop_front();
    co_await apply(std::move(next));
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
      storage_.replicated(entry.commit);
    } else {
      engine_.rollback(applier_);
    }
    wake_runnable();
  }
}

Task<bool> DatabaseServer::apply_row(const RowImage* row, bool insert) {
  std::shared_ptr<const db::Statement> statement;
  if (insert) {
    const db::Columns& names = *storage_.table(row->table)->columns();
    std::vector<std::string_view> columns(names.begin(), names.end());
    statement = std::make_shared<const db::Statement>(db::Insert(row->table, std::move(columns), row->image->values));
  } else {
    statement = std::make_shared<const db::Statement>(db::Delete(row->table, db::Where("pk", row->key)));
  }
  engine_.settings().read_only = false;
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
}

}  // namespace chronofault::sim
