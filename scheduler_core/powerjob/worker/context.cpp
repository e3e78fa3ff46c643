#include <powerjob/worker/context.hpp>

namespace chronofault::powerjob {

bool WorkerContext::tell_server(Body body) {
  const std::optional<std::string>& server = current_server.get();
  if (!server) return false;
  tell(*server, std::move(body));
  return true;
}

void WorkerContext::tell(const std::string& to, Body body) {
  const std::optional<Address> peer = parse_address(to);
  if (peer) ports.network.send(*peer, std::move(body));
}

Task<bool> WorkerContext::asked(std::string to, Body body) {
  const std::optional<Address> peer = parse_address(to);
  if (!peer) co_return false;
  auto reply = co_await attempt(ports.network.ask(*peer, std::move(body), profile.ask_timeout));
  if (!reply) co_return false;
  const AskResponse* answer = reply->as<AskResponse>();
  co_return answer != nullptr && answer->success;
}

Task<> repeat(WorkerContext* worker, Repeat kind, Duration initial, Duration period, std::function<Task<>()> body) {
  Clock& clock = worker->ports.clock;
  MonoTime due = clock.mono() + initial;
  while (true) {
    if (due > clock.mono()) co_await clock.sleep_until(due);
    worker->ports.events.begin_unit();
    Task<> pass = body();
    co_await std::move(pass);
    due = kind == Repeat::fixed_rate ? due + period : clock.mono() + period;
  }
}

}  // namespace chronofault::powerjob
