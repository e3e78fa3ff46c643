#include <sim/zookeeper/client.hpp>
#include <sim/zookeeper/client_core.hpp>

namespace chronofault::sim {

namespace {

// What the application holds. The core may not end inside one of its own threads, so it ends after the step.
class ClientHandle final : public zk::Handle {
 public:
  ClientHandle(ZooKeeperClient& client, const zk::Options& options, zk::WatcherPtr default_watcher)
      : core_(std::make_shared<ClientCore>(client, options, std::move(default_watcher))) {}
  ~ClientHandle() override {
    Executor& executor = core_->client().executor;
    if (!executor.dying()) core_->abandon();
    dispose(executor, std::move(core_));
  }

  Task<zk::Result> request(zk::Request request) override {
    return answer_of(core_->submit(std::move(request), nullptr), &core_->client().events);
  }
  void submit(zk::Request request, zk::Callback callback) override {
    CF_ASSERT(callback);
    core_->submit(std::move(request), std::move(callback));
  }
  Task<> close() override { return closed(core_->close()); }
  void inject_session_expiration() override { core_->inject_session_expiration(); }

  zk::HandleState state() const noexcept override { return core_->state(); }
  zk::SessionId session_id() const noexcept override { return core_->session(); }
  Duration negotiated_timeout() const noexcept override { return core_->negotiated(); }
  zk::WatcherPtr default_watcher() const override { return core_->default_watcher(); }
  void set_default_watcher(zk::WatcherPtr watcher) override { core_->default_watcher() = std::move(watcher); }

 private:
  // Neither touches the core after waiting: the handle may be gone by then.
  static Task<zk::Result> answer_of(PacketPtr given, Events* events) {
    const PacketPtr packet = std::move(given);
    co_await packet->done.wait();
    events->read(packet->record);
    co_return std::move(packet->result);
  }
  static Task<> closed(PacketPtr given) {
    const PacketPtr packet = std::move(given);
    if (packet != nullptr) co_await packet->done.wait();
  }

  std::shared_ptr<ClientCore> core_;
};

}  // namespace

std::shared_ptr<zk::Handle> ZooKeeperClient::open(zk::Options options, zk::WatcherPtr default_watcher) {
  return std::make_shared<ClientHandle>(*this, options, std::move(default_watcher));
}

}  // namespace chronofault::sim
