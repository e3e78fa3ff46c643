#include <charconv>
#include <span>

#include <powerjob/worker/server_discovery.hpp>
#include <powerjob/worker/task_trackers.hpp>

namespace chronofault::powerjob {

namespace {

std::int64_t to_id(const std::string& text) {
  std::int64_t id = 0;
  std::from_chars(text.data(), text.data() + text.size(), id);
  return id;
}

}  // namespace

ServerDiscovery::ServerDiscovery(WorkerContext& worker)
    : worker_(worker), servers_(worker.config.servers), failures_(worker.profile) {}

Task<> ServerDiscovery::assert_app() {
  if (worker_.profile.server_list_is_shuffled) {
    worker_.ports.random.stream("server list").shuffle(std::span<std::string>(servers_));
  }
  for (const std::string& server : servers_) {
    auto answer = co_await attempt(call(server, true));
    if (!answer) continue;
    if (!answer->success) throw Failure(answer->message);
    worker_.app_id = to_id(answer->data);
    co_return;
  }
  throw Failure("no server available");
}

Task<> ServerDiscovery::round() {
  const std::string current = worker_.current_server.get().value_or("");
  for (const std::string& server : acquire_order(current, servers_)) {
    auto answer = co_await attempt(call(server, false));
    if (!answer || !answer->success || !parse_address(answer->data)) continue;
    if (worker_.current_server.peek() != answer->data) worker_.current_server.set(answer->data);
    failures_.succeeded();
    co_return;
  }
  if (failures_.failed()) worker_.task_trackers->destroy_frequent();
  if (worker_.current_server.peek()) worker_.current_server.set(std::nullopt);
}

Task<ResultDTO> ServerDiscovery::call(std::string server, bool assertion) {
  const Profile& profile = worker_.profile;
  for (int i = 1; i < profile.http_tries; ++i) {
    auto answer = co_await attempt(call_once(server, assertion));
    if (answer) co_return *answer;
    co_await worker_.ports.clock.sleep_for(profile.http_retry_wait);
  }
  ResultDTO answer = co_await call_once(std::move(server), assertion);
  co_return answer;
}

Task<ResultDTO> ServerDiscovery::call_once(std::string server, bool assertion) {
  const std::size_t colon = server.rfind(':');
  if (colon == std::string::npos) throw Failure("not host:port: " + server);
  const std::optional<std::string> ip = worker_.ports.host.resolve(server.substr(0, colon));
  if (!ip) throw Failure("unknown host: " + server);
  const Address to(*ip, static_cast<int>(to_id(server.substr(colon + 1))));
  Body request;
  if (assertion) {
    request = body_of(AssertRequest(worker_.config.app_name));
  } else {
    AcquireRequest acquire;
    acquire.app_id = worker_.app_id;
    acquire.current_server = worker_.current_server.get().value_or("null");
    if (worker_.profile.release != Release::v340) acquire.protocol = worker_.config.protocol;
    request = body_of(std::move(acquire));
  }
  const CallOptions options(worker_.profile.http_connect_timeout, worker_.profile.http_read_timeout);
  Body reply = co_await worker_.ports.network.call(to, std::move(request), options);
  const ResultDTO* result = reply.as<ResultDTO>();
  if (result == nullptr) throw Failure("unknown answer of " + server);
  co_return *result;
}

}  // namespace chronofault::powerjob
