#include "client_core.hpp"

#include <coordination/errors.hpp>
#include <coordination/paths.hpp>

namespace chronofault::curator {
namespace {

// codeToState: what an operation's last error says of the connection.
std::optional<zk::KeeperState> state_of(zk::Code code) {
  switch (code) {
    case zk::Code::connection_loss:
    case zk::Code::operation_timeout:
      return zk::KeeperState::disconnected;
    case zk::Code::session_expired:
      return zk::KeeperState::expired;
    case zk::Code::ok:
    case zk::Code::session_moved:
      return zk::KeeperState::sync_connected;
    default:
      return std::nullopt;
  }
}

}  // namespace

ClientCore::ClientCore(Ports& the_ports, Coordination& coordination, Options the_options)
    : ports(the_ports),
      options(std::move(the_options)),
      draws(ports.random.stream("curator")),
      session(ports.clock, coordination, zk::Options(options.connect_string, options.session_timeout),
              options.connection_timeout, [this](const zk::WatchedEvent& event) { validate(event.state); }),
      states(ports.clock, ports.events, session, options),
      background(ports.clock, ports.events, session, options, draws,
                 [this](zk::Code code) {
                   if (const auto state = state_of(code)) validate(*state);
                 }),
      notify(ports.executor, ThreadPool::Settings("SafeNotifyService", 1, 1, ThreadPool::unlimited)),
      name_space_missing_(!options.name_space.empty()),
      scope_(ports.executor) {
  CF_ASSERT(options.retry != nullptr);
  if (!options.name_space.empty()) {
    const std::string why = zk::why_invalid("/" + options.name_space);
    if (!why.empty()) throw zk::IllegalArgument("Invalid namespace: " + options.name_space + ", " + why);
  }
}

void ClientCore::start() {
  if (life_ != Life::latent) throw IllegalState("Cannot be started more than once");
  life_ = Life::started;
  state_thread_ = scope_.start("ConnectionStateManager", states.run());
  session.start();
  framework_ = scope_.start("Framework", framework());
}

Task<> ClientCore::framework() {
  co_await background.run();
  framework_ended_.count_down();
}

Task<> ClientCore::close() {
  if (life_ != Life::started) co_return;
  life_ = Life::stopped;
  background.close();
  framework_.interrupt();
  bool interrupted = false;
  try {
    co_await race(framework_ended_.wait(), ports.clock.sleep_for(options.close_wait_max));
  } catch (const Interrupted&) {
    interrupted = true;
  }
  if (interrupted) co_await keep_interrupt();
  states.close();
  state_thread_.interrupt();
  co_await session.close();
}

void ClientCore::check_started() const {
  if (life_ != Life::started) throw IllegalState("the client is not started, or is closed");
}

// Upstream: validateConnection. Told of every event of the default watcher and of operations that were given up.
void ClientCore::validate(zk::KeeperState state) {
  switch (state) {
    case zk::KeeperState::disconnected:
      states.suspend();
      break;
    case zk::KeeperState::expired:
      states.change(ConnectionState::lost);
      break;
    case zk::KeeperState::sync_connected: {
      const std::uint64_t before = std::exchange(seen_instance_, session.instance());
      if (before != 0 && before != session.instance()) states.change(ConnectionState::lost);
      states.change(ConnectionState::reconnected);
      background.wake_sleepers();
      break;
    }
  }
}

std::optional<std::string> ClientCore::fix_now(std::string_view path, bool sequential) const {
  const std::string why = sequential ? zk::why_invalid(std::string(path) + "1") : zk::why_invalid(path);
  if (!why.empty()) throw zk::IllegalArgument("Invalid path string \"" + std::string(path) + "\" caused by " + why);
  if (name_space_missing_) return std::nullopt;
  if (options.name_space.empty()) return std::string(path);
  std::string fixed;
  fixed.reserve(1 + options.name_space.size() + path.size());
  fixed.append("/").append(options.name_space);
  if (path != "/") fixed.append(path);
  return fixed;
}

Task<std::string> ClientCore::fix(std::string path, bool sequential) {
  const std::optional<std::string> fixed = fix_now(path, sequential);
  if (fixed) co_return *fixed;
  const std::string root = "/" + options.name_space;
  bool interrupted = false;
  try {
    auto attempt = [this, root] { return make_parents(session.handle(), root, true, true); };
    co_await call_with_retry<void>(std::move(attempt));
    name_space_missing_ = false;
  } catch (const Interrupted&) {
    interrupted = true;
  } catch (const zk::KeeperError&) {
    // Upstream logs it and tries again with the next operation.
  }
  if (interrupted) co_await keep_interrupt();
  co_return path == "/" ? root : root + path;
}

Task<zk::Result> ClientCore::read_with_retry(zk::Op op, zk::WatcherPtr watcher) {
  if (!session.connected()) co_await session.wait_connected();
  RetryLoop loop(ports.clock, *options.retry, draws);
  while (true) {
    zk::Result result;
    {
      const std::shared_ptr<zk::Handle> handle = session.handle();
      zk::Request request(op, watcher);
      result = co_await handle->request(std::move(request));
    }
    if (result.error == zk::Code::ok) co_return result;
    if (result.error == zk::Code::no_node && op.code == zk::OpCode::exists) co_return result;
    std::exception_ptr error;
    try {
      zk::throw_error(result.error, op.path);
    } catch (...) {
      error = std::current_exception();
    }
    const bool again = co_await loop.again(error, result.error);
    if (!again) std::rethrow_exception(error);
  }
}

std::string ClientCore::unfix(std::string path) const {
  const std::string root = "/" + options.name_space;
  if (options.name_space.empty() || !path.starts_with(root)) return path;
  return path.size() > root.size() ? path.substr(root.size()) : "/";
}

zk::Data ClientCore::data_or_default(zk::Data data) const {
  if (data) return data;
  return options.default_data ? options.default_data : zk::Data(ports.host.ip());
}

std::string ClientCore::make_uuid() {
  std::uint64_t high = draws.next();
  std::uint64_t low = draws.next();
  high = (high & ~std::uint64_t{0xf000}) | 0x4000;
  low = (low & ~(std::uint64_t{3} << 62)) | (std::uint64_t{1} << 63);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) text += '-';
    const std::uint64_t half = nibble < 16 ? high : low;
    text += digits[(half >> (60 - 4 * (nibble % 16))) & 15];
  }
  return text;
}

}  // namespace chronofault::curator
