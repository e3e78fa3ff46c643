// The lock table: a row is a held lock (powerjob 2.1, 7.2).
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

struct OmsLock {
  static constexpr std::string_view table = "oms_lock";
  OmsLock() = default;
  std::int64_t id = 0;
  std::string lock_name;
  std::string owner_ip;
  std::int64_t max_lock_time = 0;  // ms
  WallTime gmt_create;             // the holder's clock
  WallTime gmt_modified;

  template <class V>
  static void columns(V&& v) {
    v("id", &OmsLock::id, db::generated_key);
    v("lock_name", &OmsLock::lock_name);
    v("owner_ip", &OmsLock::owner_ip);
    v("max_lock_time", &OmsLock::max_lock_time);
    v("gmt_create", &OmsLock::gmt_create, db::precision(3));
    v("gmt_modified", &OmsLock::gmt_modified, db::precision(3));
  }
  static std::vector<IndexSpec> indexes() { return {{"uidx01_oms_lock", {"lock_name"}, true}}; }
};

}  // namespace chronofault::powerjob
