// A server by its ip; the row's id is the machine id of the id generator (powerjob 2.1, 2.4).
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

struct ServerInfo {
  static constexpr std::string_view table = "server_info";
  ServerInfo() = default;
  std::int64_t id = 0;
  std::string ip;
  WallTime gmt_create;
  WallTime gmt_modified;

  template <class V>
  static void columns(V&& v) {
    v("id", &ServerInfo::id, db::generated_key);
    v("ip", &ServerInfo::ip);
    v("gmt_create", &ServerInfo::gmt_create, db::precision(3));
    v("gmt_modified", &ServerInfo::gmt_modified, db::precision(3));
  }
  static std::vector<IndexSpec> indexes() { return {{"uidx01_server_info", {"ip"}, true}}; }
};

}  // namespace chronofault::powerjob
