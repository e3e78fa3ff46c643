#include <sim/zookeeper/standalone.hpp>

namespace chronofault::sim {

Standalone::Standalone(ZooKeeperServer& server)
    : server_(server),
      log_(server, [this](Zxid last) { flushed(last); }),
      sequencer_(server, server.tree().last_zxid(),
                 [this](TxnPtr txn) {
                   unflushed_.push_back(txn);
                   log_.append(std::move(txn));
                 }),
      tasks_(server.ports().executor) {}

Standalone::~Standalone() = default;

Task<> Standalone::run() {
  if (server_.disk_full()) {
    server_.ports().host.exit(snapshot_failed);
  } else {
    tasks_.spawn("SyncThread", write_log());
    sequencer_.start(tasks_);
  }
  co_await never_.wait();
}

// Without its log there is nothing that it could do: the process ends, as if it had been asked to.
Task<> Standalone::write_log() {
  co_await log_.run();
  server_.ports().host.exit(0);
}

void Standalone::revalidate(const ClientConnectionPtr& connection) {
  const std::int32_t self = server_.options().id;
  server_.revalidated(connection, sequencer_.revalidate(connection->session, connection->timeout_ms, self));
}

void Standalone::flushed(Zxid last) {
  while (!unflushed_.empty() && unflushed_.front()->zxid <= last) {
    const TxnPtr txn = std::move(unflushed_.front());
    unflushed_.pop_front();
    server_.ports().events.begin_unit(txn->record);
    server_.commit(txn);
  }
}

}  // namespace chronofault::sim
