#include <powerjob/server/discovery_service.hpp>
#include <powerjob/server/journal.hpp>
#include <powerjob/server/lock_service.hpp>

namespace chronofault::powerjob {

Task<std::string> DiscoveryService::assert_app(std::string app_name) {
  db::Where named("uidx01_app_info", db::Values(1, Value(app_name)));
  std::vector<AppInfo> rows = co_await server_.tables.apps.select(std::move(named));
  if (rows.empty()) throw Failure("app is not registered: " + app_name);
  co_return std::to_string(rows.front().id);
}

bool DiscoveryService::offers(const std::string& protocol) const {
  return protocol.empty() || protocol == server_.config.protocol || protocol == "HTTP";
}

std::string DiscoveryService::own_address(const std::string& protocol) const {
  return protocol == "HTTP" ? server_.http_address : server_.address;
}

Task<std::string> DiscoveryService::acquire(AcquireRequest request) {
  const Profile& profile = server_.profile;
  const int draw = static_cast<int>(server_.draws("accurate server").below(100));
  const bool accurate = accurate_draw(draw, profile.accurate_percentage);
  const std::string mine = own_address(request.protocol);
  if (answers_at_once(accurate, request.current_server, mine)) co_return mine;

  DownCache down;
  const std::string lock = election_lock_name(request.app_id);
  for (int i = 0; i < profile.election_tries; ++i) {
    std::optional<AppInfo> app = co_await server_.tables.apps.find(request.app_id);
    if (!app) throw Failure("app " + std::to_string(request.app_id) + " is not registered");
    std::string recorded = app->current_server.value_or("");
    std::optional<std::string> active = co_await alive(std::move(recorded), request.protocol, &down);
    if (active) co_return *active;

    const bool locked = co_await server_.locks->try_lock(lock, profile.election_lock_max);
    if (!locked) {
      co_await server_.ports.clock.sleep_for(profile.election_lock_wait);
      continue;
    }
    auto elected = co_await attempt(elect_under_lock(request, &down));
    co_await server_.locks->unlock(lock);
    if (elected && *elected) co_return **elected;
  }
  throw Failure("server elect failed for app " + std::to_string(request.app_id));
}

Task<std::optional<std::string>> DiscoveryService::elect_under_lock(AcquireRequest request, DownCache* down) {
  std::optional<AppInfo> app = co_await server_.tables.apps.find(request.app_id);
  if (!app) throw Failure("app " + std::to_string(request.app_id) + " is not registered");
  const std::string recorded = app->current_server.value_or("");
  std::optional<std::string> active = co_await alive(recorded, request.protocol, down);
  if (active) co_return active;

  switch (usurp_step(recorded, offers(request.protocol), history_, server_.profile)) {
    case UsurpStep::answer_recorded:
      co_return recorded;
    case UsurpStep::next_try:
      co_return std::nullopt;
    case UsurpStep::usurp:
      break;
  }
  app->current_server = server_.address;
  app->gmt_modified = server_.now();
  co_await server_.tables.apps.save(*app);
  server_.journal->ownership_taken(*app);
  co_return own_address(request.protocol);
}

Task<std::optional<std::string>> DiscoveryService::alive(std::string recorded, std::string protocol, DownCache* down) {
  const Profile& profile = server_.profile;
  const Probe what = probe(recorded, server_.address, *down, profile);
  if (what == Probe::active) co_return own_address(protocol);
  if (what == Probe::inactive) co_return std::nullopt;

  std::optional<Pong> pong;
  const std::optional<Address> to = parse_address(recorded);
  if (to) {
    Body ping = body_of(Ping(server_.now()));
    auto reply = co_await attempt(server_.ports.network.ask(*to, std::move(ping), profile.ping_timeout));
    const AskResponse* answer = reply ? reply->as<AskResponse>() : nullptr;
    if (answer != nullptr) {
      pong.emplace();
      pong->success = answer->success;
      if (profile.pong_carries_addresses) pong->addresses = parse_string_map(answer->data).value_or(StringMap());
    }
  }
  std::optional<std::string> address = judge(pong, recorded, protocol, profile);
  if (address) {
    history_.answered(recorded);
  } else {
    down->add(recorded);
    history_.failed(recorded, server_.now());
  }
  co_return address;
}

}  // namespace chronofault::powerjob
