// An app (worker group) and the server that owns it (powerjob 2.1, 7.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ports/database/typed.hpp>
#include <ports/time.hpp>
#include <powerjob/codes.hpp>

namespace chronofault::powerjob {

struct AppInfo {
  static constexpr std::string_view table = "app_info";
  AppInfo() = default;
  std::int64_t id = 0;
  std::string app_name;
  std::optional<std::string> current_server;  // "ip:port"
  WallTime gmt_create;
  WallTime gmt_modified;

  template <class V>
  static void columns(V&& v) {
    v("id", &AppInfo::id, db::generated_key);
    v("app_name", &AppInfo::app_name);
    v("current_server", &AppInfo::current_server);
    v("gmt_create", &AppInfo::gmt_create, db::precision(3));
    v("gmt_modified", &AppInfo::gmt_modified, db::precision(3));
  }
  static std::vector<IndexSpec> indexes() { return {{"uidx01_app_info", {"app_name"}, true}}; }
};

}  // namespace chronofault::powerjob
