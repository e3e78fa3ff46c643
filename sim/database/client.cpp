#include <algorithm>

#include <ports/task/race.hpp>
#include <sim/database/client.hpp>

#include "client_session.hpp"

namespace chronofault::sim {

DatabaseClient::DatabaseClient(Executor& executor, Clock& clock, Network& network, Address server)
    : executor_(executor), clock_(clock), network_(network), server_(std::move(server)), scope_(executor) {}

DatabaseClient::~DatabaseClient() = default;

namespace {
/// Counts a borrower that waits, also when its frame is destroyed.
class Waiting {
 public:
  explicit Waiting(std::size_t& count) : count_(count) { ++count_; }
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;
  ~Waiting() { --count_; }

 private:
  std::size_t& count_;
};
}  // namespace

Task<db::PooledConnection> DatabaseClient::acquire() {
  const MonoTime deadline = clock_.mono() + options_.connection_timeout;
  for (;;) {
    SessionPtr session = take_idle();
    start_filling();
    if (!session) {
      const Waiting waiting(borrowers_waiting_);
      start_filling();
      const auto handed = returned_.receive();
      const auto timeout = clock_.sleep_until(deadline);
      auto first = co_await race(handed, timeout);
      if (first.index() == 1) {
        throw db::PoolTimeout("Connection is not available, request timed out after " +
                              std::to_string(options_.connection_timeout.count_ms()) + "ms");
      }
      session = std::get<0>(std::move(first));
    }
    db::PooledConnection lent(session, this);  // from here on it comes back, whatever happens
    if (clock_.mono() - session->opened() > options_.max_lifetime) {
      session->close();
      lent.close();
      continue;
    }
    if (clock_.mono() - session->last_used() <= options_.alive_bypass_window) co_return std::move(lent);
    const bool alive = co_await session->alive(options_.validation_timeout);
    if (alive) co_return std::move(lent);
    lent.close();
    if (clock_.mono() >= deadline) throw db::PoolTimeout("no live connection within connectionTimeout");
  }
}

DatabaseClient::SessionPtr DatabaseClient::take_idle() {
  if (borrowers_waiting_ > 0) return nullptr;  // nobody overtakes
  if (std::optional<SessionPtr> undelivered = returned_.try_receive()) return std::move(*undelivered);
  if (idle_.empty()) return nullptr;
  SessionPtr last = std::move(idle_.back());
  idle_.pop_back();
  return last;
}

void DatabaseClient::give_back(std::shared_ptr<db::Session> session) noexcept {
  if (executor_.dying()) return;
  SessionPtr own = std::static_pointer_cast<ClientSession>(std::move(session));
  if (!own->usable() || own->busy()) {
    discard(std::move(own));
  } else if (own->dirty()) {
    scope_.spawn("pool-return", clean_up(std::move(own)));
  } else {
    offer(std::move(own));
  }
}

Task<> DatabaseClient::clean_up(SessionPtr session) {
  bool clean = false;
  try {
    co_await session->reset();
    clean = true;
  } catch (const db::DatabaseError&) {
  }
  if (clean) {
    offer(std::move(session));
  } else {
    discard(std::move(session));
  }
}

void DatabaseClient::offer(SessionPtr session) {
  if (returned_.has_receivers()) {
    returned_.push(std::move(session));
  } else {
    idle_.push_back(std::move(session));
  }
}

void DatabaseClient::discard(SessionPtr session) {
  session->close();
  --connections_;
  start_filling();
}

bool DatabaseClient::wants_more() const noexcept {
  const auto limit = [](int n) { return static_cast<std::size_t>(std::max(n, 0)); };
  return connections_ < limit(options_.maximum_pool_size) &&
         (idle() < limit(options_.minimum_idle) || borrowers_waiting_ > idle());
}

void DatabaseClient::start_filling() {
  if (filling_ || !wants_more()) return;
  filling_ = true;
  scope_.spawn("pool-connection-adder", fill());
}

Task<> DatabaseClient::fill() {
  Duration pause = Duration::ms(10);
  while (wants_more()) {
    ++connections_;
    SessionPtr session = co_await open();
    if (session) {
      pause = Duration::ms(10);
      offer(std::move(session));
      continue;
    }
    --connections_;
    co_await clock_.sleep_for(pause);
    pause = std::min(pause * 2, Duration::seconds(5));
  }
  filling_ = false;
}

Task<DatabaseClient::SessionPtr> DatabaseClient::open() {
  const Duration within = options_.connect_timeout.value_or(options_.connection_timeout);
  SessionPtr session;
  try {
    std::unique_ptr<Connection> connection = co_await network_.connect(server_, within);
    session = std::make_shared<ClientSession>(clock_, std::move(connection), options_.socket_timeout);
    co_await session->hello(options_);
  } catch (const NetworkError&) {
    session.reset();
  } catch (const db::DatabaseError&) {
    session.reset();
  }
  co_return session;
}

}  // namespace chronofault::sim
