#include <algorithm>

#include <ports/task/race.hpp>
#include <sim/database/pool.hpp>

#include "client_session.hpp"

namespace chronofault::sim {

ConnectionPool::ConnectionPool(Executor& executor, Clock& clock, Network& network,
                               std::shared_ptr<const DatabaseRoute> route, Side side)
    : executor_(executor), clock_(clock), network_(network), route_(std::move(route)), side_(side), scope_(executor) {}

ConnectionPool::~ConnectionPool() = default;

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

Task<db::PooledConnection> ConnectionPool::acquire() {
  const MonoTime deadline = clock_.mono() + options_.connection_timeout;
  if (!started_) started_ = clock_.mono();
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
    if (too_old(*session)) {
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

ConnectionPool::SessionPtr ConnectionPool::take_idle() {
  if (borrowers_waiting_ > 0 || seized_ > 0) return nullptr;  // nobody overtakes
  if (std::optional<SessionPtr> undelivered = returned_.try_receive()) return std::move(*undelivered);
  if (idle_.empty()) return nullptr;
  SessionPtr last = std::move(idle_.back());
  idle_.pop_back();
  return last;
}

void ConnectionPool::give_back(std::shared_ptr<db::Session> session) noexcept {
  if (executor_.dying()) return;
  SessionPtr own = std::static_pointer_cast<ClientSession>(std::move(session));
  if (!own->usable() || own->busy() || (!own->dirty() && too_old(*own))) {
    discard(own);
  } else if (own->dirty()) {
    scope_.spawn("pool-return", clean_up(std::move(own)));
  } else {
    offer(std::move(own));
  }
}

Task<> ConnectionPool::clean_up(SessionPtr session) {
  bool clean = false;
  try {
    co_await session->reset();
    clean = true;
  } catch (const db::DatabaseError&) {
  }
  if (clean && !too_old(*session)) {
    offer(std::move(session));
  } else {
    discard(session);
  }
}

void ConnectionPool::offer(SessionPtr session) {
  if (seized_ == 0 && returned_.has_receivers()) {
    returned_.push(std::move(session));
  } else {
    idle_.push_back(std::move(session));
  }
}

void ConnectionPool::discard(const SessionPtr& session) {
  session->close();
  std::erase(all_, session);
  start_filling();
}

void ConnectionPool::seize() {
  ++seized_;
  if (!all_.empty()) start_filling();
}

void ConnectionPool::release() {
  if (--seized_ > 0) return;
  while (!idle_.empty() && returned_.has_receivers()) {
    SessionPtr last = std::move(idle_.back());
    idle_.pop_back();
    returned_.push(std::move(last));
  }
  changed_.notify_all();
}

// --- making connections ---------------------------------------------------------------------------------------------

bool ConnectionPool::wants_more() const noexcept {
  const auto limit = [](int n) { return static_cast<std::size_t>(std::max(n, 0)); };
  const bool asked = seized_ > 0 || idle() < limit(options_.minimum_idle) || borrowers_waiting_ > idle();
  return asked && connections() < limit(options_.maximum_pool_size);
}

void ConnectionPool::start_filling() {
  if (filling_ || !wants_more()) return;
  filling_ = true;
  scope_.spawn("pool-connection-adder", fill());
}

Task<> ConnectionPool::fill() {
  Duration pause = Duration::ms(10);
  while (wants_more()) {
    opening_ = true;
    SessionPtr session = co_await open();
    opening_ = false;
    if (session) {
      pause = Duration::ms(10);
      if (all_.empty() && !keeping_house_) {
        keeping_house_ = true;
        scope_.spawn("pool-housekeeper", keep_house());
      }
      all_.push_back(session);
      offer(std::move(session));
      changed_.notify_all();
      continue;
    }
    co_await clock_.sleep_for(pause);
    pause = std::min(pause * 2, Duration::seconds(5));
  }
  filling_ = false;
}

Task<ConnectionPool::SessionPtr> ConnectionPool::open() {
  const Duration within = options_.connect_timeout.value_or(options_.connection_timeout);
  const Address server = next_server();
  SessionPtr session;
  try {
    std::unique_ptr<Connection> connection = co_await network_.connect(server, within);
    session = std::make_shared<ClientSession>(clock_, std::move(connection), options_.socket_timeout);
    co_await session->hello(options_);
  } catch (const NetworkError&) {
    session.reset();
  } catch (const db::DatabaseError&) {
    session.reset();
  }
  co_return session;
}

Address ConnectionPool::next_server() {
  if (side_ == Side::primary || route_->replicas.empty()) return route_->primary;
  return route_->replicas[next_replica_++ % route_->replicas.size()];
}

// --- closing idle ones ----------------------------------------------------------------------------------------------

bool ConnectionPool::too_old(const ClientSession& session) const noexcept {
  return clock_.mono() - session.opened() >= options_.max_lifetime;
}

Task<> ConnectionPool::keep_house() {
  for (;;) {
    const auto changed = changed_.wait();
    const std::optional<MonoTime> next = next_closing();
    if (!next) {
      co_await changed;
      continue;
    }
    const auto due = clock_.sleep_until(*next);
    const auto first = co_await race(due, changed);
    if (first.index() == 1 || seized_ > 0) continue;
    close_old();
    if (evicts_idle()) close_surplus();
  }
}

void ConnectionPool::close_old() {
  const std::deque<SessionPtr> idle = idle_;
  for (const SessionPtr& session : idle) {
    if (!too_old(*session)) continue;
    std::erase(idle_, session);
    discard(session);
  }
}

// Only at a beat of the housekeeper.
void ConnectionPool::close_surplus() {
  const MonoTime now = clock_.mono();
  if ((now - *started_).count_us() % options_.housekeeping.count_us() != 0) return;
  std::deque<SessionPtr> idle = idle_;
  std::stable_sort(idle.begin(), idle.end(),
                   [](const SessionPtr& a, const SessionPtr& b) { return a->last_used() < b->last_used(); });
  for (const SessionPtr& session : idle) {
    if (idle_.size() <= static_cast<std::size_t>(options_.minimum_idle)) break;
    if (now - session->last_used() <= options_.idle_timeout) break;
    std::erase(idle_, session);
    discard(session);
  }
}

std::optional<MonoTime> ConnectionPool::next_closing() const {
  if (all_.empty() || seized_ > 0) return std::nullopt;
  const MonoTime now = clock_.mono();
  std::optional<MonoTime> next;
  for (const SessionPtr& session : all_) {  // one that is lent and too old is closed when it comes back
    const MonoTime end = session->opened() + options_.max_lifetime;
    if (end > now && (!next || end < *next)) next = end;
  }
  if (!evicts_idle() || all_.size() <= static_cast<std::size_t>(options_.minimum_idle)) return next;
  MonoTime longest_idle = now;
  for (const SessionPtr& session : idle_) longest_idle = std::min(longest_idle, session->last_used());
  const MonoTime earliest = std::max(longest_idle + options_.idle_timeout, now);
  const std::int64_t beats = (earliest - *started_).count_us() / options_.housekeeping.count_us() + 1;
  const MonoTime beat = *started_ + options_.housekeeping * beats;
  return next ? std::min(*next, beat) : beat;
}

}  // namespace chronofault::sim
