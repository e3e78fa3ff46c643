// Locks among servers: rows of oms_lock (powerjob 7.2). Expiry compares this server's clock with the creator's.
#pragma once

#include <string>

#include <powerjob/rules/db_lock.hpp>
#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class LockService {
 public:
  explicit LockService(ServerContext& server) : server_(server) {}
  /// Throws Failure when the row vanished between insert and read, and what the read throws.
  Task<bool> try_lock(std::string name, Duration max_hold);
  /// Deletes by name, whoever holds it; at most unlock_tries times; errors are swallowed.
  Task<> unlock(std::string name);
  /// Orderly shutdown: deletes all rows of this ip (not V340).
  Task<> release_all();

 private:
  ServerContext& server_;
  LockFailures failures_;
};

}  // namespace chronofault::powerjob
