#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

Task<std::vector<std::int64_t>> ServerContext::owned_apps() {
  db::Where mine(db::eq(&AppInfo::current_server, address));
  std::vector<AppInfo> rows = co_await tables.apps.select(std::move(mine));
  std::vector<std::int64_t> owned;
  for (const AppInfo& row : rows) owned.push_back(row.id);
  co_return owned;
}

}  // namespace chronofault::powerjob
