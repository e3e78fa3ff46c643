#include <powerjob/rules/worker_select.hpp>
#include <powerjob/server/actors.hpp>
#include <powerjob/server/cluster_status.hpp>
#include <powerjob/server/instance_manager.hpp>
#include <powerjob/server/operator_service.hpp>

namespace chronofault::powerjob {

ActorPool::ActorPool(ServerContext& server, std::string name, int routees, Handler handler)
    : server_(server), name_(std::move(name)), handler_(std::move(handler)) {
  for (int i = 0; i < routees; ++i) mailboxes_.push_back(std::make_unique<Queue<Delivery>>());
}

void ActorPool::start() {
  for (const auto& mailbox : mailboxes_) server_.threads.spawn(name_, routee(mailbox.get()));
}

void ActorPool::tell(Delivery message) {
  if (mailboxes_.empty()) {
    server_.threads.spawn(name_, handle(std::move(message)));
    return;
  }
  mailboxes_[next_]->push(std::move(message));
  next_ = (next_ + 1) % mailboxes_.size();
}

Task<> ActorPool::routee(Queue<Delivery>* mailbox) {
  while (true) {
    Delivery message = co_await mailbox->receive();
    co_await handle(std::move(message));
  }
}

Task<> ActorPool::handle(Delivery message) {
  server_.ports.events.begin_unit(message.record);
  Task<> handling = handler_(std::move(message));
  // An actor that throws is resumed with its next message; nobody is answered.
  (void)co_await attempt(std::move(handling));
}

namespace {

int routees_of_friend(const ServerContext& server) {
  if (server.profile.release == Release::v340) return 1;
  return server.profile.release == Release::v511 ? 0 : 4 * server.cores();
}
int routees_of_server(const ServerContext& server) {
  return server.profile.release == Release::v511 ? 0 : 4 * server.cores();
}

}  // namespace

FriendActor::FriendActor(ServerContext& server)
    : server_(server), pool_(server, "friend_actor", routees_of_friend(server), [this](Delivery message) {
        return on_message(std::move(message));
      }) {}

bool FriendActor::handles(std::string_view kind) {
  return kind == Ping::kind || kind == RemoteProcessReq::kind || kind == RunJobOrWorkflowReq::kind;
}

Task<> FriendActor::on_message(Delivery message) {
  if (const Ping* ping = message.body.as<Ping>()) {
    AskResponse pong;
    if (server_.profile.pong_carries_addresses) {
      StringMap addresses{{server_.config.protocol, server_.address}, {"HTTP", server_.http_address}};
      pong = AskResponse::succeed(to_json(addresses));
    } else {
      pong = AskResponse::succeed(std::to_string((server_.now() - ping->current_time).count_ms()));
    }
    message.reply(body_of(std::move(pong)));
    co_return;
  }
  ConsoleAction action;
  if (const auto* remote = message.body.as<RemoteProcessReq>()) action = remote->action;
  if (const auto* run = message.body.as<RunJobOrWorkflowReq>()) action = run->action;
  auto done = co_await attempt(server_.operators->perform(std::move(action)));
  AskResponse answer;
  if (done) {
    answer = AskResponse::succeed(to_text(*done));
  } else {
    answer = AskResponse::failed(done.error());
  }
  message.reply(body_of(std::move(answer)));
}

ServerActor::ServerActor(ServerContext& server)
    : server_(server), pool_(server, "server_actor", routees_of_server(server), [this](Delivery message) {
        return on_message(std::move(message));
      }) {}

Task<> ServerActor::on_message(Delivery message) {
  if (const auto* heartbeat = message.body.as<WorkerHeartbeat>()) {
    server_.cluster->heartbeat(*heartbeat, message.record);
    co_return;
  }
  if (const auto* status = message.body.as<TaskTrackerReportInstanceStatusReq>()) {
    const InstanceStatus reported = status->report.status;
    auto done = co_await attempt(server_.instance_manager->on_report(status->report));
    switch (report_reply(reported, !done, server_.profile)) {
      case ReportReply::none:
        break;
      case ReportReply::success:
        message.reply(body_of(AskResponse::succeed("")));
        break;
      case ReportReply::failure:
        message.reply(body_of(AskResponse::failed(done ? "" : done.error())));
        break;
    }
    co_return;
  }
  if (const auto* query = message.body.as<WorkerQueryExecutorClusterReq>()) {
    AskResponse answer = co_await executor_cluster(*query);
    message.reply(body_of(std::move(answer)));
  }
  // WorkerLogReportReq is stored for the console; nothing here reads it.
}

Task<AskResponse> ServerActor::executor_cluster(WorkerQueryExecutorClusterReq query) {
  std::optional<JobInfo> job = co_await server_.tables.jobs.find(query.job_id);
  if (!job || job->app_id != query.app_id) co_return AskResponse::failed("no such job");
  const std::vector<WorkerInfo> table = server_.cluster->workers(query.app_id);
  const Selection chosen = suitable_workers(table, *job, server_.now(), server_.profile, server_.draws("executors"));
  std::string addresses;
  for (const WorkerInfo& worker : chosen.workers) {
    if (!addresses.empty()) addresses += ',';
    addresses += worker.address;
  }
  co_return AskResponse::succeed(std::move(addresses));
}

}  // namespace chronofault::powerjob
