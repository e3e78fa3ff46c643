// Ids of instances, and the machine id that goes into them (powerjob 2.4).
#pragma once

#include <optional>

#include <powerjob/rules/snowflake.hpp>
#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class IdService {
 public:
  explicit IdService(ServerContext& server) : server_(server) {}
  /// Finds or makes this server's row of server_info; its id is the machine id. Throws what the database throws.
  Task<> start();
  /// Waits while the ids of a millisecond are used up. Throws Failure when the clock went back (not V511).
  Task<std::int64_t> next();

 private:
  Task<std::int64_t> find_or_insert();
  ServerContext& server_;
  std::optional<IdGenerator> generator_;
};

}  // namespace chronofault::powerjob
