// create() in the foreground and in the background (upstream: CreateBuilderImpl, ProtectedMode,
// FindAndDeleteProtectedNodeInBackground; zookeeper 10, paths and builders).
//
// Protection: before each try but the first the children of the parent are searched for the prefix. A node that is
// found is the result, unless it is an ephemeral of another session than this create began in: then it is deleted in
// the background and a new one made. What may be left when a create ends with ConnectionLoss is searched for and
// deleted in the background until that succeeds.
#include <algorithm>

#include <coordination/client.hpp>
#include <coordination/paths.hpp>

#include "client_core.hpp"

namespace chronofault::curator {
namespace {

class Protection {
 public:
  Protection(std::string id, bool ephemeral) : id_(std::move(id)), ephemeral_(ephemeral) {}

  bool on() const noexcept { return !id_.empty(); }
  std::string prefix() const { return "_c_" + id_ + "-"; }
  std::string adjust(const std::string& path) const {
    if (!on()) return path;
    return make_path(parent_of(path), prefix() + std::string(node_of(path)));
  }
  void note_session(const zk::Handle& handle) noexcept {
    if (on() && session_ == 0 && ephemeral_) session_ = handle.session_id();
  }
  /// False: what was found belongs to an older session. The next find counts for the present one.
  bool accepts_session(const zk::Handle& handle) noexcept {
    return !ephemeral_ || std::exchange(session_, handle.session_id()) == handle.session_id();
  }

 private:
  std::string id_;
  bool ephemeral_;
  zk::SessionId session_ = 0;
};

std::optional<std::string> find_node(const std::vector<std::string>& children, const std::string& prefix) {
  const auto found =
      std::find_if(children.begin(), children.end(), [&](const std::string& name) { return name.starts_with(prefix); });
  return found == children.end() ? std::nullopt : std::optional(*found);
}

Task<> delete_guaranteed(Client* client, std::string path) {
  Delete how;
  how.guaranteed = true;
  return client->remove_in_background(std::move(path), how, nullptr);
}

class FindAndDelete final : public BackgroundOperation {
 public:
  FindAndDelete(Client& client, ClientCore& core, std::string parent, std::string prefix)
      : BackgroundOperation(nullptr),
        client_(client),
        core_(core),
        parent_(std::move(parent)),
        prefix_(std::move(prefix)) {}

  Task<> perform(OperationPtr self) override {
    zk::Callback done = [this, self](zk::Result result) { return found(self, std::move(result)); };
    core_.session.handle()->submit(zk::Request(zk::Op::get_children2(parent_)), std::move(done));
    co_return;
  }
  Task<> exhausted(OperationPtr self) override { return core_.background.start(std::move(self)); }

 private:
  Task<> found(OperationPtr self, zk::Result result) {
    if (result.error != zk::Code::ok) {
      co_await core_.background.answered(std::move(self), BackgroundAnswer(std::move(result)));
      co_return;
    }
    const std::optional<std::string> name = find_node(result.names, prefix_);
    if (!name) co_return;
    std::string path = core_.unfix(make_path(parent_, *name));
    co_await delete_guaranteed(&client_, std::move(path));
  }

  Client& client_;
  ClientCore& core_;
  std::string parent_;
  std::string prefix_;
};

// One create, in either way. Lives as long as its tries.
class Creation {
 public:
  Creation(Client& client, ClientCore& core, std::string path, zk::Data data, Create how, Protection protection)
      : client(client),
        core(core),
        path(std::move(path)),
        data(std::move(data)),
        how(how),
        protection(std::move(protection)) {}

  zk::Request request() const { return zk::Request(zk::Op::create2(path, data, how.mode)); }

  /// One try in the foreground.
  Task<std::string> attempt(RetryLoop* loop) {
    const std::shared_ptr<zk::Handle> handle = core.session.handle();
    const bool first = std::exchange(first_, false);
    protection.note_session(*handle);
    if (!first && protection.on()) {
      std::optional<std::string> found = co_await find(loop);
      if (found) co_return *found;
    }
    co_return co_await create_or_set();
  }

  /// What an earlier try has made: the nodes below the parent are read, under a retry loop of its own or the caller's.
  Task<std::optional<std::string>> find(RetryLoop* loop) {
    auto attempt = [this] { return find_once(); };
    if (loop == nullptr) co_return co_await core.call_with_retry<std::optional<std::string>>(std::move(attempt));
    co_return co_await core.call_nested<std::optional<std::string>>(loop, std::move(attempt));
  }

  Task<> clean_up() {
    auto operation = std::make_shared<FindAndDelete>(client, core, parent_of(path), protection.prefix());
    co_await core.background.start(std::move(operation));
  }

  bool take_first() noexcept { return std::exchange(first_, false); }

  Client& client;
  ClientCore& core;
  std::string path;
  zk::Data data;
  Create how;
  Protection protection;

 private:
  Task<std::optional<std::string>> find_once() {
    const std::shared_ptr<zk::Handle> handle = core.session.handle();
    std::optional<std::string> name;
    try {
      std::vector<std::string> children = co_await handle->get_children(parent_of(path), nullptr);
      name = find_node(children, protection.prefix());
    } catch (const zk::NoNode&) {
      co_return std::nullopt;
    }
    const bool ours = protection.accepts_session(*handle);
    if (!name) co_return std::nullopt;
    std::string found = make_path(parent_of(path), *name);
    if (ours) co_return found;
    std::string unfixed = core.unfix(std::move(found));
    co_await delete_guaranteed(&client, std::move(unfixed));
    co_return std::nullopt;
  }

  Task<std::string> create_or_set() {
    enum class Then { parents, set } then{};
    const std::shared_ptr<zk::Handle> handle = core.session.handle();
    try {
      zk::Result result = co_await handle->execute(request());
      co_return std::move(result.path);
    } catch (const zk::NoNode&) {
      if (how.parents == Parents::none) throw;
      then = Then::parents;
    } catch (const zk::NodeExists&) {
      if (!how.or_set_data) throw;
      then = Then::set;
    }
    if (then == Then::set) {
      co_await handle->set_data(path, data, -1);
      co_return path;
    }
    co_await make_parents(handle, path, false, how.parents == Parents::containers);
    zk::Result result = co_await handle->execute(request());
    co_return std::move(result.path);
  }

  bool first_ = true;
};

// Makes the missing parents on the Framework thread, then has the create tried again. If that fails with an error that
// is not retried, the create is never heard of again, as upstream.
class ParentsThen final : public BackgroundOperation {
 public:
  ParentsThen(ClientCore& core, std::string path, bool containers, OperationPtr create)
      : BackgroundOperation(nullptr),
        core_(core),
        path_(std::move(path)),
        containers_(containers),
        create_(std::move(create)) {}

  Task<> perform(OperationPtr) override {
    try {
      co_await make_parents(core_.session.handle(), path_, false, containers_);
    } catch (const zk::KeeperError& error) {
      if (!retryable(error.code)) throw;
    }
    core_.background.queue(create_);
  }

 private:
  ClientCore& core_;
  std::string path_;
  bool containers_;
  OperationPtr create_;
};

class CreateOperation final : public BackgroundOperation {
 public:
  CreateOperation(Creation creation, BackgroundCallback callback)
      : BackgroundOperation(std::move(callback)), creation_(std::move(creation)) {}

  Task<> perform(OperationPtr self) override {
    ClientCore& core = creation_.core;
    const bool first = creation_.take_first();
    creation_.protection.note_session(*core.session.handle());
    if (!first && creation_.protection.on()) {
      zk::Result result(zk::OpCode::create2);
      bool answered = true;
      try {
        std::optional<std::string> found = co_await creation_.find(nullptr);
        answered = found.has_value();
        if (found) result.path = std::move(*found);
      } catch (const zk::ConnectionLoss&) {
        result.error = zk::Code::connection_loss;
      }
      if (answered) {
        co_await tell(std::move(self), std::move(result));
        co_return;
      }
    }
    zk::Callback done = [this, self](zk::Result result) { return created(self, std::move(result)); };
    core.session.handle()->submit(creation_.request(), std::move(done));
  }

  Task<> exhausted(OperationPtr) override {
    if (creation_.protection.on()) co_await creation_.clean_up();
  }

 private:
  Task<> created(OperationPtr self, zk::Result result) {
    ClientCore& core = creation_.core;
    if (result.error == zk::Code::no_node && creation_.how.parents != Parents::none) {
      const bool containers = creation_.how.parents == Parents::containers;
      core.background.queue(std::make_shared<ParentsThen>(core, creation_.path, containers, std::move(self)));
    } else if (result.error == zk::Code::node_exists && creation_.how.or_set_data) {
      zk::Callback done = [this, self](zk::Result set) { return data_set(self, std::move(set)); };
      core.session.handle()->submit(zk::Request(zk::Op::set_data(creation_.path, creation_.data)), std::move(done));
    } else {
      co_await tell(std::move(self), std::move(result));
    }
  }

  Task<> data_set(OperationPtr self, zk::Result result) {
    if (result.error == zk::Code::no_node) {
      creation_.core.background.queue(std::move(self));
      co_return;
    }
    result.path = creation_.path;
    co_await tell(std::move(self), std::move(result));
  }

  Task<> tell(OperationPtr self, zk::Result result) {
    BackgroundAnswer answer(std::move(result));
    answer.path = creation_.core.unfix(std::move(answer.path));
    return creation_.core.background.answered(std::move(self), std::move(answer));
  }

  Creation creation_;
};

}  // namespace

Task<std::string> Client::create(std::string path, zk::Data data, Create how) {
  core_->check_started();
  const std::string fixed = co_await core_->fix(std::move(path), zk::is_sequential(how.mode));
  Protection protection(how.protection ? core_->make_uuid() : std::string(), zk::is_ephemeral(how.mode));
  std::string adjusted = protection.adjust(fixed);
  Creation creation(*this, *core_, std::move(adjusted), core_->data_or_default(std::move(data)), how,
                    std::move(protection));

  co_await core_->session.wait_connected();
  RetryLoop loop(core_->ports.clock, *core_->options.retry, core_->draws);
  std::exception_ptr failed;
  try {
    auto attempt = [&creation, &loop] { return creation.attempt(&loop); };
    std::string made = co_await core_->call_nested<std::string>(&loop, std::move(attempt));
    co_return core_->unfix(std::move(made));
  } catch (const zk::ConnectionLoss&) {
    failed = std::current_exception();
  } catch (const Interrupted&) {
    failed = std::current_exception();
  }
  if (creation.protection.on()) co_await creation.clean_up();
  std::rethrow_exception(failed);
}

Task<> Client::create_in_background(std::string path, zk::Data data, Create how, BackgroundCallback callback) {
  core_->check_started();
  const std::string fixed = co_await core_->fix(std::move(path), zk::is_sequential(how.mode));
  Protection protection(how.protection ? core_->make_uuid() : std::string(), zk::is_ephemeral(how.mode));
  std::string adjusted = protection.adjust(fixed);
  Creation creation(*this, *core_, std::move(adjusted), core_->data_or_default(std::move(data)), how,
                    std::move(protection));
  co_await core_->background.start(std::make_shared<CreateOperation>(std::move(creation), std::move(callback)));
}

}  // namespace chronofault::curator
