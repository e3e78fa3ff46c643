// Who handles a server's messages: routees with a mailbox each, chosen in turn (powerjob 1).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <powerjob/server/context.hpp>

namespace chronofault::powerjob {

/// Round-robin routing over n routees; each handles one message at a time, those behind it wait. n = 0: a thread of its
/// own per message, V511's blocking handlers.
class ActorPool {
 public:
  using Handler = std::function<Task<>(Delivery)>;
  ActorPool(ServerContext& server, std::string name, int routees, Handler handler);
  void start();
  void tell(Delivery message);

 private:
  Task<> routee(Queue<Delivery>* mailbox);
  Task<> handle(Delivery message);

  ServerContext& server_;
  std::string name_;
  Handler handler_;
  std::vector<std::unique_ptr<Queue<Delivery>>> mailboxes_;
  std::size_t next_ = 0;
};

/// Ping and forwarded calls of other servers. [V340] one single actor: pings queue behind forwarded runs, which do
/// database work and dispatch inside it.
class FriendActor {
 public:
  explicit FriendActor(ServerContext& server);
  void start() { pool_.start(); }
  static bool handles(std::string_view kind);
  void tell(Delivery message) { pool_.tell(std::move(message)); }

 private:
  Task<> on_message(Delivery message);
  ServerContext& server_;
  ActorPool pool_;
};

/// Heartbeats, status reports, logs and queries of workers.
class ServerActor {
 public:
  explicit ServerActor(ServerContext& server);
  void start() { pool_.start(); }
  void tell(Delivery message) { pool_.tell(std::move(message)); }

 private:
  Task<> on_message(Delivery message);
  Task<AskResponse> executor_cluster(WorkerQueryExecutorClusterReq query);
  ServerContext& server_;
  ActorPool pool_;
};

}  // namespace chronofault::powerjob
