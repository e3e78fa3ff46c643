#include <ports/coordination.hpp>

namespace chronofault::zk {

Task<Result> Handle::execute(Request request) {
  std::string path = request.op.path;
  Result result = co_await this->request(std::move(request));
  if (result.error != Code::ok) throw_error(result.error, std::move(path));
  co_return result;
}

Task<std::string> Handle::create(std::string path, Data data, CreateMode mode) {
  Request request(Op::create(std::move(path), std::move(data), mode));
  Result result = co_await execute(std::move(request));
  co_return std::move(result.path);
}

Task<> Handle::del(std::string path, std::int32_t version) {
  Request request(Op::del(std::move(path), version));
  co_await execute(std::move(request));
}

Task<std::optional<Stat>> Handle::exists(std::string path, WatcherPtr watcher) {
  std::string copy = path;
  Request request(Op::exists(std::move(path)), std::move(watcher));
  Result result = co_await this->request(std::move(request));
  if (result.error == Code::no_node) co_return std::nullopt;
  if (result.error != Code::ok) throw_error(result.error, std::move(copy));
  co_return result.stat;
}

Task<Handle::Node> Handle::get_data(std::string path, WatcherPtr watcher) {
  Request request(Op::get_data(std::move(path)), std::move(watcher));
  Result result = co_await execute(std::move(request));
  Node node(std::move(result.data), result.stat);
  co_return node;
}

Task<Stat> Handle::set_data(std::string path, Data data, std::int32_t version) {
  Request request(Op::set_data(std::move(path), std::move(data), version));
  Result result = co_await execute(std::move(request));
  co_return result.stat;
}

Task<std::vector<std::string>> Handle::get_children(std::string path, WatcherPtr watcher) {
  Request request(Op::get_children(std::move(path)), std::move(watcher));
  Result result = co_await execute(std::move(request));
  co_return std::move(result.names);
}

Task<> Handle::sync(std::string path) {
  Request request(Op::sync(std::move(path)));
  co_await execute(std::move(request));
}

Task<std::vector<Result>> Handle::multi(std::vector<Op> members) {
  Request request(Op::multi(std::move(members)));
  Result result = co_await execute(std::move(request));
  co_return std::move(result.results);
}

Task<> Handle::add_watch(std::string path, WatcherPtr watcher, AddWatchMode mode) {
  Request request(Op::add_watch(std::move(path), mode), std::move(watcher));
  co_await execute(std::move(request));
}

}  // namespace chronofault::zk
