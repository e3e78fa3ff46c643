#include <coordination/client.hpp>
#include <coordination/errors.hpp>
#include <coordination/paths.hpp>

#include "client_core.hpp"

namespace chronofault::curator {
namespace {

// A plain background operation: one request, its answer as it comes.
class RequestOperation final : public BackgroundOperation {
 public:
  RequestOperation(ClientCore& core, zk::Request request, BackgroundCallback callback)
      : BackgroundOperation(std::move(callback)), core_(core), request_(std::move(request)) {}

  Task<> perform(OperationPtr self) override {
    zk::Callback done = [this, self](zk::Result result) {
      BackgroundAnswer answer(std::move(result));
      if (!answer.path.empty()) answer.path = core_.unfix(std::move(answer.path));
      return core_.background.answered(self, std::move(answer));
    };
    core_.session.handle()->submit(request_, std::move(done));
    co_return;
  }

 private:
  ClientCore& core_;
  zk::Request request_;
};

class FunctionWatcher final : public zk::Watcher {
 public:
  FunctionWatcher(std::string name_space, std::function<Task<>(zk::WatchedEvent)> told)
      : name_space_(std::move(name_space)), told_(std::move(told)) {}
  Task<> process(zk::WatchedEvent event) override {
    if (!name_space_.empty() && event.path.starts_with("/" + name_space_)) {
      event.path.erase(0, name_space_.size() + 1);
      if (event.path.empty()) event.path = "/";
    }
    return told_(std::move(event));
  }

 private:
  std::string name_space_;
  std::function<Task<>(zk::WatchedEvent)> told_;
};

Task<> run_job(Events* events, RecordId cause, std::function<Task<>()> job) {
  events->begin_unit(cause);
  try {
    co_await job();
  } catch (...) {
  }
}

}  // namespace

Client::Client(Ports& ports, Coordination& coordination, Options options)
    : core_(std::make_shared<ClientCore>(ports, coordination, std::move(options))) {}

// It may be one of its own tasks that gives it up.
Client::~Client() {
  Executor& executor = core_->ports.executor;
  dispose(executor, std::move(core_));
}

void Client::start() { core_->start(); }
Task<> Client::close() { return core_->close(); }
bool Client::started() const noexcept { return core_->life_ == ClientCore::Life::started; }
bool Client::connected() const noexcept { return core_->session.connected(); }
Task<bool> Client::wait_connected(Duration max) { return core_->states.wait_connected(max); }
Task<> Client::wait_connected() { co_await core_->states.wait_connected(std::nullopt); }
ListenerId Client::add_state_listener(StateListener listener) {
  return core_->states.listeners().add(std::move(listener));
}
void Client::remove_state_listener(ListenerId id) { core_->states.listeners().remove(id); }

Task<std::optional<zk::Stat>> Client::exists(std::string path, zk::WatcherPtr watcher) {
  core_->check_started();
  std::optional<std::string> fixed = core_->fix_now(path, false);
  if (!fixed) fixed = co_await core_->fix(std::move(path), false);
  zk::Op op = zk::Op::exists(std::move(*fixed));
  const zk::Result result = co_await core_->read_with_retry(std::move(op), std::move(watcher));
  if (result.error == zk::Code::no_node) co_return std::nullopt;
  co_return result.stat;
}

Task<zk::Handle::Node> Client::get_data(std::string path, zk::WatcherPtr watcher) {
  core_->check_started();
  std::optional<std::string> fixed = core_->fix_now(path, false);
  if (!fixed) fixed = co_await core_->fix(std::move(path), false);
  zk::Op op = zk::Op::get_data(std::move(*fixed));
  zk::Result result = co_await core_->read_with_retry(std::move(op), std::move(watcher));
  zk::Handle::Node node(std::move(result.data), result.stat);
  co_return node;
}

Task<zk::Stat> Client::set_data(std::string path, zk::Data data, std::int32_t version) {
  core_->check_started();
  const std::string fixed = co_await core_->fix(std::move(path), false);
  auto attempt = [core = core_.get(), fixed, data = std::move(data), version] {
    auto handle = core->session.handle();
    return holding(handle, handle->set_data(fixed, data, version));
  };
  co_return co_await core_->call_with_retry<zk::Stat>(std::move(attempt));
}

Task<std::vector<std::string>> Client::get_children(std::string path, zk::WatcherPtr watcher) {
  core_->check_started();
  std::optional<std::string> fixed = core_->fix_now(path, false);
  if (!fixed) fixed = co_await core_->fix(std::move(path), false);
  zk::Op op = zk::Op::get_children(std::move(*fixed));
  zk::Result result = co_await core_->read_with_retry(std::move(op), std::move(watcher));
  co_return std::move(result.names);
}

Task<std::vector<zk::Result>> Client::transaction(std::vector<zk::Op> members) {
  core_->check_started();
  std::vector<zk::Op> fixed = std::move(members);
  for (zk::Op& op : fixed) {
    const bool sequential = zk::is_create(op.code) && zk::is_sequential(op.mode);
    op.path = co_await core_->fix(op.path, sequential);
  }
  auto attempt = [core = core_.get(), fixed = std::move(fixed)] {
    auto handle = core->session.handle();
    return holding(handle, handle->multi(fixed));
  };
  std::vector<zk::Result> results = co_await core_->call_with_retry<std::vector<zk::Result>>(std::move(attempt));
  for (zk::Result& result : results) result.path = core_->unfix(std::move(result.path));
  co_return results;
}

Task<> Client::create_containers(std::string path) {
  core_->check_started();
  const std::string fixed = co_await core_->fix(std::move(path), false);
  auto attempt = [core = core_.get(), fixed] { return make_parents(core->session.handle(), fixed, true, true); };
  try {
    co_await core_->call_with_retry<void>(std::move(attempt));
  } catch (const zk::NodeExists&) {
  } catch (const zk::NoNode&) {
  }
}

Task<> Client::in_background(zk::Request request, BackgroundCallback callback) {
  core_->check_started();
  std::optional<std::string> fixed = core_->fix_now(request.op.path, false);
  if (!fixed) fixed = co_await core_->fix(request.op.path, false);
  request.op.path = std::move(*fixed);
  co_await core_->background.start(std::make_shared<RequestOperation>(*core_, std::move(request), std::move(callback)));
}

zk::WatcherPtr Client::watcher(std::function<Task<>(zk::WatchedEvent event)> told) {
  return std::make_shared<FunctionWatcher>(core_->options.name_space, std::move(told));
}

void Client::run_safe(std::function<Task<>()> job) {
  Events& events = core_->ports.events;
  const RecordId cause = events.wrote("run-safe", "");
  core_->notify.execute(
      [&events, cause, job = std::move(job)]() mutable { return run_job(&events, cause, std::move(job)); });
}

const Options& Client::options() const noexcept { return core_->options; }
Clock& Client::clock() const noexcept { return core_->ports.clock; }
Events& Client::events() const noexcept { return core_->ports.events; }
Executor& Client::executor() const noexcept { return core_->ports.executor; }
RandomStream& Client::draws() const noexcept { return core_->draws; }

}  // namespace chronofault::curator
