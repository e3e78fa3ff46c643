#include <powerjob/server/id_service.hpp>
#include <powerjob/server/lock_service.hpp>

namespace chronofault::powerjob {

Task<> IdService::start() {
  const Profile& profile = server_.profile;
  const std::string lock = "server_init_lock";
  if (profile.machine_id_under_lock) {
    while (true) {
      const bool locked = co_await server_.locks->try_lock(lock, profile.init_lock_max);
      if (locked) break;
      co_await server_.ports.clock.sleep_for(Duration::ms(100));
    }
  }
  std::int64_t id = co_await find_or_insert();
  if (profile.machine_id_under_lock) {
    if (id >= 10'000) {
      db::Where all;
      std::vector<ServerInfo> rows = co_await server_.tables.servers.select(std::move(all));
      std::vector<std::int64_t> taken;
      for (const ServerInfo& row : rows) taken.push_back(row.id);
      const std::optional<std::int64_t> free = machine_id_for(id, taken);
      if (!free) throw Failure("no free machine id");
      db::Where mine("pk", db::Values(1, Value(id)));
      co_await server_.tables.servers.remove(std::move(mine));
      ServerInfo row;
      row.id = id = *free;
      row.ip = server_.ports.host.ip();
      row.gmt_create = row.gmt_modified = server_.now();
      co_await server_.tables.servers.insert(row);
    }
    co_await server_.locks->unlock(lock);
  }
  generator_.emplace(static_cast<int>(id), profile);
}

Task<std::int64_t> IdService::find_or_insert() {
  db::Where mine("uidx01_server_info", db::Values(1, Value(server_.ports.host.ip())));
  std::vector<ServerInfo> rows = co_await server_.tables.servers.select(std::move(mine));
  if (rows.empty()) {
    ServerInfo row;
    row.ip = server_.ports.host.ip();
    row.gmt_create = row.gmt_modified = server_.now();
    const std::int64_t id = co_await server_.tables.servers.insert(row);
    co_return id;
  }
  ServerInfo row = rows.front();
  row.gmt_modified = server_.now();
  co_await server_.tables.servers.save(row);
  co_return row.id;
}

Task<std::int64_t> IdService::next() {
  while (true) {
    const IdDraw draw = generator_->draw(server_.now());
    if (draw.kind == IdDraw::Kind::issued) co_return draw.id;
    if (draw.kind == IdDraw::Kind::clock_back) throw Failure("clock moved backwards, refuse to generate an id");
    co_await server_.ports.clock.sleep_for(draw.wait_until - server_.ports.clock.wall());
  }
}

}  // namespace chronofault::powerjob
