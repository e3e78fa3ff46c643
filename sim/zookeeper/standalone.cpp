#include <sim/zookeeper/standalone.hpp>

namespace chronofault::sim {

Standalone::Standalone(ZooKeeperServer& server)
    : server_(server),
      log_(server.ports().clock, server.storage(), server.conditions(), server.options(),
           [this](Zxid last) { flushed(last); }),
      sequencer_(server, server.tree().last_zxid(),
                 [this](TxnPtr txn) {
                   unflushed_.push_back(txn);
                   log_.append(std::move(txn));
                 }),
      tasks_(server.ports().executor) {}

Standalone::~Standalone() = default;

Task<> Standalone::run() {
  tasks_.spawn("SyncThread", log_.run());
  sequencer_.start(tasks_);
  co_await never_.wait();
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
