// The 03:00 pass (powerjob 3.1.3), fired by a cron trigger in the server's default time zone: it sleeps for the
// wall-clock difference to the next 03:00, computed from the later of now and the last scheduled time.
#pragma once

#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

class CleanService {
 public:
  explicit CleanService(ServerContext& server) : server_(server) {}
  void start() { server_.threads.spawn("clean", loop()); }

 private:
  Task<> loop();
  Task<> pass();
  Task<> delete_history();
  ServerContext& server_;
};

/// S3 (not V340): touches this server's row every 15 s, on the scheduler pool itself.
class ServerHeartbeat {
 public:
  explicit ServerHeartbeat(ServerContext& server) : server_(server) {}
  void start();

 private:
  Task<> beat();
  ServerContext& server_;
};

}  // namespace chronofault::powerjob
