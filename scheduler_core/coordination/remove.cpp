// delete() in the foreground and in the background (upstream: DeleteBuilderImpl, FailedDeleteManager; zookeeper 10).
#include <coordination/client.hpp>
#include <coordination/paths.hpp>

#include "client_core.hpp"

namespace chronofault::curator {
namespace {

Task<> delete_once(ClientCore* core, std::string path, Delete how) {
  const std::shared_ptr<zk::Handle> handle = core->session.handle();
  try {
    co_await handle->del(path, how.version);
    co_return;
  } catch (const zk::NotEmpty&) {
    if (!how.children) throw;
  }
  co_await delete_children(handle, std::move(path), true);
}

// Deletes what is below on the Framework thread, then has the delete tried again.
class ChildrenThen final : public BackgroundOperation {
 public:
  ChildrenThen(ClientCore& core, std::string path, OperationPtr removal)
      : BackgroundOperation(nullptr), core_(core), path_(std::move(path)), removal_(std::move(removal)) {}

  Task<> perform(OperationPtr) override {
    try {
      co_await delete_children(core_.session.handle(), path_, false);
    } catch (const zk::KeeperError&) {
    }
    core_.background.queue(removal_);
  }

 private:
  ClientCore& core_;
  std::string path_;
  OperationPtr removal_;
};

class DeleteOperation final : public BackgroundOperation {
 public:
  DeleteOperation(Client& client, ClientCore& core, std::string path, Delete how, BackgroundCallback callback)
      : BackgroundOperation(std::move(callback)), client_(client), core_(core), path_(std::move(path)), how_(how) {}

  Task<> perform(OperationPtr self) override {
    zk::Callback done = [this, self](zk::Result result) { return deleted(self, std::move(result)); };
    core_.session.handle()->submit(zk::Request(zk::Op::del(path_, how_.version)), std::move(done));
    co_return;
  }
  Task<> exhausted(OperationPtr) override {
    if (!how_.guaranteed || core_.background.closed()) co_return;
    Delete again;
    again.guaranteed = true;
    std::string path = core_.unfix(path_);
    co_await client_.remove_in_background(std::move(path), again, nullptr);
  }

 private:
  Task<> deleted(OperationPtr self, zk::Result result) {
    if (result.error == zk::Code::not_empty && how_.children) {
      core_.background.queue(std::make_shared<ChildrenThen>(core_, path_, std::move(self)));
      co_return;
    }
    co_await core_.background.answered(std::move(self), BackgroundAnswer(std::move(result)));
  }

  Client& client_;
  ClientCore& core_;
  std::string path_;
  Delete how_;
};

}  // namespace

Task<> Client::remove(std::string path, Delete how) {
  core_->check_started();
  const std::string unfixed = path;
  const std::string fixed = co_await core_->fix(std::move(path), false);
  auto attempt = [core = core_.get(), fixed, how] { return delete_once(core, fixed, how); };
  std::exception_ptr failed;
  try {
    co_await core_->call_with_retry<void>(std::move(attempt));
    co_return;
  } catch (const zk::KeeperError& error) {
    if (!how.guaranteed || !retryable(error.code)) throw;
    failed = std::current_exception();
  } catch (const Interrupted&) {
    if (!how.guaranteed) throw;
    failed = std::current_exception();
  }
  if (started()) {
    Delete again;
    again.guaranteed = true;
    co_await remove_in_background(unfixed, again, nullptr);
  }
  std::rethrow_exception(failed);
}

Task<> Client::remove_in_background(std::string path, Delete how, BackgroundCallback callback) {
  core_->check_started();
  std::string fixed = co_await core_->fix(std::move(path), false);
  auto operation = std::make_shared<DeleteOperation>(*this, *core_, std::move(fixed), how, std::move(callback));
  co_await core_->background.start(std::move(operation));
}

}  // namespace chronofault::curator
