#include "zookeeper_curator_runner.hpp"

#include <algorithm>

namespace chronofault::verify {

using nlohmann::json;

namespace {

constexpr int link_port = 3181;
constexpr std::int64_t writer_timeout_ms = 120'000;  // longer than any trace: it sends no heartbeat
constexpr Duration poll = Duration::ms(5);

zk::Op op_of_change(const json& change) {
  const std::string kind = change.at(0).get<std::string>();
  std::string path = change.at(1).get<std::string>();
  if (kind == "delete") return zk::Op::del(std::move(path));
  std::string data = change.at(2).get<std::string>();
  if (kind == "set") return zk::Op::set_data(std::move(path), std::move(data));
  if (kind == "create") return zk::Op::create(std::move(path), std::move(data), zk::CreateMode::persistent);
  throw std::out_of_range("unknown change: " + kind);
}

// Those of the recorder.
curator::Options client_options(const Address& link, const json& trace) {
  curator::Options options(to_string(link), curator::exponential_backoff(Duration::ms(50), 3, Duration::ms(200)));
  options.session_timeout = Duration::ms(trace.at("sessionTimeoutMs").get<std::int64_t>());
  options.connection_timeout = Duration::ms(2000);
  return options;
}

}  // namespace

CuratorRunner::CuratorRunner(const json& trace, Address server, std::vector<json>* answers)
    : trace_(trace), server_(std::move(server)), answers_(answers) {}
CuratorRunner::~CuratorRunner() = default;

Task<> CuratorRunner::play(Ports* ports) {
  ports_ = ports;
  co_await connect();
  for (const json& step : trace_.at("steps")) {
    states_ = json::array();
    events_ = json::array();
    co_await run(&step);
    answers_->push_back(json{{"states", states_}, {"events", events_}});
  }
}

Task<> CuratorRunner::connect() {
  co_await writer_.open(&ports_->network, server_, writer_timeout_ms);
  link_ = std::make_unique<ZooKeeperLink>(*ports_, link_port, server_);
  library_ = std::make_unique<sim::ZooKeeperClient>(ports_->executor, ports_->clock, ports_->network, ports_->host,
                                                    ports_->random, ports_->events);
  client_ = std::make_unique<curator::Client>(*ports_, *library_, client_options(link_->address(), trace_));
  client_->add_state_listener([this](curator::ConnectionState state) -> Task<> {
    last_ = ports_->clock.mono();
    states_.push_back(curator::name_of(state));
    co_return;
  });
  client_->start();
  co_await client_->wait_connected();
  co_await quiet(Duration::ms(150));
}

Task<> CuratorRunner::run(const json* step) {
  const std::string op = step->at("op").get<std::string>();
  Duration silence = Duration::ms(150);
  if (op == "multi") {
    co_await write(&step->at("ops"));
  } else if (op == "start") {
    co_await start_cache(step->at("cache").get<std::string>());
    silence = Duration::ms(200);
  } else if (op == "cut") {
    link_->cut();
    silence = Duration::ms(250);
  } else if (op == "wait_lost") {
    co_await until_state("LOST", 3 * Duration::ms(trace_.at("sessionTimeoutMs").get<std::int64_t>()));
    silence = Duration::ms(300);
  } else if (op == "restore") {
    link_->restore();
    co_await until_state("RECONNECTED", Duration::seconds(10));
    silence = Duration::ms(400);
  } else {
    throw std::out_of_range("unknown step: " + op);
  }
  co_await quiet(silence);
}

Task<> CuratorRunner::write(const json* ops) {
  std::vector<zk::Op> members;
  for (const json& change : *ops) members.push_back(op_of_change(change));
  const std::int32_t xid = writer_.submit(zk::Op::multi(std::move(members)));
  co_await writer_.reply(xid);
}

Task<> CuratorRunner::start_cache(std::string kind) {
  const std::string path = trace_.at("path").get<std::string>();
  if (kind == "TreeCache") {
    tree_cache_ = std::make_unique<curator::TreeCache>(*client_, path);
    tree_cache_->add_listener([this](curator::TreeCacheEvent event) -> Task<> {
      note(curator::name_of(event.type), event.data);
      co_return;
    });
    co_await tree_cache_->start();
  } else if (kind == "CuratorCache") {
    curator_cache_ = std::make_unique<curator::CuratorCache>(*client_, path);
    curator_cache_->add_listener([this](curator::CuratorCacheEvent event) -> Task<> {
      note(curator::name_of(event.type), event.data ? event.data : event.old);
      co_return;
    });
    co_await curator_cache_->start();
  } else {
    using Mode = curator::PathChildrenCache::StartMode;
    const std::map<std::string, Mode> modes{{"PathChildrenCache/NORMAL", Mode::normal},
                                            {"PathChildrenCache/BUILD_INITIAL_CACHE", Mode::build_initial_cache},
                                            {"PathChildrenCache/POST_INITIALIZED_EVENT", Mode::post_initialized_event}};
    const Mode mode = modes.at(kind);
    children_cache_ = std::make_unique<curator::PathChildrenCache>(*client_, path);
    children_cache_->add_listener([this](curator::PathChildrenCacheEvent event) -> Task<> {
      note(curator::name_of(event.type), event.data);
      co_return;
    });
    co_await children_cache_->start(mode);
  }
}

void CuratorRunner::note(std::string_view type, const std::optional<curator::ChildData>& data) {
  last_ = ports_->clock.mono();
  json event = json::array({type, data ? json(data->path) : json()});
  if (data && data->data) event.push_back(*data->data);
  events_.push_back(std::move(event));
}

Task<> CuratorRunner::quiet(Duration silence) {
  last_ = ports_->clock.mono();
  while (ports_->clock.mono() - last_ < silence) co_await ports_->clock.sleep_until(last_ + silence);
}

Task<> CuratorRunner::until_state(std::string state, Duration at_most) {
  const MonoTime end = ports_->clock.mono() + at_most;
  while (std::find(states_.begin(), states_.end(), json(state)) == states_.end() && ports_->clock.mono() < end) {
    co_await ports_->clock.sleep_for(poll);
  }
}

}  // namespace chronofault::verify
