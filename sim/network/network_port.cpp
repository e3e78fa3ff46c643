#include <algorithm>

#include <ports/task/race.hpp>
#include <sim/network/network_port.hpp>

namespace chronofault::sim {

// --- listening ----------------------------------------------------------------------------------------------------

class PortListener final : public Listener {
 public:
  PortListener(NetworkPort& port, Address address) : port_(port), address_(std::move(address)) {}
  ~PortListener() override {
    if (port_.executor_.dying()) return;
    port_.listeners_.erase(address_.port);
    port_.net_.unlisten(address_);
  }
  Address address() const override { return address_; }
  Queue<Delivery>& inbox() noexcept override { return inbox_; }
  Queue<std::unique_ptr<Connection>>& accepted() noexcept override { return accepted_; }

 private:
  NetworkPort& port_;
  Address address_;
  Queue<Delivery> inbox_;
  Queue<std::unique_ptr<Connection>> accepted_;
};

// --- connections --------------------------------------------------------------------------------------------------

namespace {

// Waits until something happens at one end of a link: data, an opening, an end.
class LinkWait {
 public:
  LinkWait(Link* link, Link::Side side) : link(link), side(side) {}
  Link* link;
  Link::Side side;

  class Awaiter : public InterruptibleSuspension {
   public:
    Awaiter(Link* link, Link::Side side) : InterruptibleSuspension(StepKind::receive), link_(link), side_(side) {}
    ~Awaiter() {
      if (link_->waiter(side_) == &wake_) link_->waiter(side_) = nullptr;
    }
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> self) noexcept {
      if (!suspend(self)) return false;
      CF_ASSERT(link_->waiter(side_) == nullptr);
      link_->waiter(side_) = &wake_;
      return true;
    }
    void await_resume() { check_interrupt(); }

   private:
    bool leave() noexcept override {
      if (link_->waiter(side_) != &wake_) return false;
      link_->waiter(side_) = nullptr;
      return true;
    }
    Link* link_;
    Link::Side side_;
  };
  Awaiter operator co_await() const noexcept { return Awaiter(link, side); }
};

// Sleeps until an instant of this process's monotonic clock.
struct Deadline {
  MonoTime at;
  class Awaiter : public InterruptibleSuspension {
   public:
    explicit Awaiter(MonoTime at) : InterruptibleSuspension(StepKind::sleep), at_(at) {}
    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> self) noexcept {
      if (!suspend(self)) return false;
      executor().at(wake_, at_);
      return true;
    }
    void await_resume() { check_interrupt(); }

   private:
    bool leave() noexcept override { return true; }
    MonoTime at_;
  };
  Awaiter operator co_await() const noexcept { return Awaiter(at); }
};

}  // namespace

class NetworkPort::PortConnection final : public Connection, Counted {
 public:
  PortConnection(NetworkPort& port, std::shared_ptr<Link> link, Link::Side side)
      : port_(port), link_(std::move(link)), side_(side) {}
  ~PortConnection() override { close(); }

  Address peer() const override { return link_->peer(side_); }
  bool open() const noexcept override { return link_->state(side_) == Link::State::open; }
  void send(Body body) override {
    if (port_.executor_.dying()) return;
    link_->send(side_, std::move(body), 0, TrueTime(), {}, false);
  }
  Task<Received> receive() override { return receive_from(&port_, link_, side_); }
  void close() noexcept override {
    if (!port_.executor_.dying()) link_->close(side_);
  }

 private:
  static Task<Received> receive_from(NetworkPort* /*port*/, std::shared_ptr<Link> link, Link::Side side) {
    while (true) {
      auto& arrived = link->arrived(side);
      if (!arrived.empty()) {
        Received next(std::move(arrived.front().body), arrived.front().record);
        arrived.pop_front();
        co_return next;
      }
      if (link->state(side) == Link::State::closed) throw ConnectionClosed(link->peer(side));
      if (link->state(side) != Link::State::open) throw ConnectionReset(link->peer(side));
      co_await LinkWait(link.get(), side);
    }
  }
  NetworkPort& port_;
  std::shared_ptr<Link> link_;
  Link::Side side_;
};

// --- replies ------------------------------------------------------------------------------------------------------

// Waits for the reply of one request, at most until its timeout: one wake serves both.
class NetworkPort::ReplyAwaiter : public InterruptibleSuspension {
 public:
  enum class Outcome { waiting, replied, timeout, link_ended };

  struct Op {
    NetworkPort* port;
    std::uint64_t reply_id;
    Duration timeout;
    Link* link;
    Outcome* outcome;
    Body* body;
    ReplyAwaiter operator co_await() const noexcept;
  };

  explicit ReplyAwaiter(const Op& op) : InterruptibleSuspension(StepKind::sleep), op_(op) {}
  ~ReplyAwaiter() { forget(); }

  bool await_ready() const noexcept { return *op_.outcome != Outcome::waiting; }
  template <class P>
  bool await_suspend(std::coroutine_handle<P> self) noexcept {
    if (!suspend(self)) return false;
    op_.port->waiting_[op_.reply_id] = this;
    registered_ = true;
    executor().at(wake_, executor().now() + op_.timeout);
    return true;
  }
  void await_resume() {
    forget();
    if (*op_.outcome == Outcome::waiting) *op_.outcome = Outcome::timeout;
    check_interrupt();
  }
  void finish(Outcome outcome, Body body) {
    *op_.outcome = outcome;
    *op_.body = std::move(body);
    forget();
    wake_.cancel();
    wake_.kind = StepKind::receive;
    executor().post(wake_);
  }
  Link* link() const noexcept { return op_.link; }

 private:
  bool leave() noexcept override {
    if (*op_.outcome != Outcome::waiting) return false;
    forget();
    return true;
  }
  void forget() noexcept {
    if (registered_) op_.port->waiting_.erase(op_.reply_id);
    registered_ = false;
  }
  Op op_;
  bool registered_ = false;
};

NetworkPort::ReplyAwaiter NetworkPort::ReplyAwaiter::Op::operator co_await() const noexcept {
  return ReplyAwaiter(*this);
}

// --- the port -----------------------------------------------------------------------------------------------------

NetworkPort::NetworkPort(Net& net, Process& process, TaskExecutor& executor)
    : net_(net), process_(process), executor_(executor), life_(process.life()) {
  net_.enter(*this);
}

NetworkPort::~NetworkPort() { CF_ASSERT(waiting_.empty()); }

std::unique_ptr<Listener> NetworkPort::listen(int port) {
  const Address address(process_.machine().options().ip, port);
  auto listener = std::make_unique<PortListener>(*this, address);
  if (!executor_.dying()) {
    listeners_[port] = listener.get();
    net_.listen(address, *this);
  }
  return listener;
}

void NetworkPort::send(Address to, Body body) {
  if (!executor_.dying()) net_.send_plain(*this, to, std::move(body), 0);
}

void NetworkPort::reply(std::uint64_t reply_id, Body answer) {
  if (executor_.dying()) return;
  Net::Pending request;
  if (!net_.take_pending(reply_id, request)) return;
  if (request.link == 0) {
    net_.send_plain_reply(*this, request, reply_id, std::move(answer));
    return;
  }
  const auto link = net_.links().find(request.link);
  if (link == net_.links().end()) return;
  const std::shared_ptr<Link> keep = link->second;
  keep->send(Link::Side::server, std::move(answer), reply_id, request.sent, request.kind, true);
}

Task<Body> NetworkPort::ask(Address to, Body body, Duration timeout) {
  using Outcome = ReplyAwaiter::Outcome;
  if (executor_.dying()) throw AskTimeout(to);
  Net::Pending pending;
  pending.asker = process_.id();
  pending.life = life_;
  pending.kind = body.kind();
  pending.sent = net_.kernel().now();
  pending.given_up = pending.sent + timeout;
  const std::uint64_t id = net_.expect_reply(pending);
  const std::string_view kind = body.kind();
  const RecordId sent = net_.send_plain(*this, to, std::move(body), id);
  Outcome outcome = Outcome::waiting;
  Body answer;
  co_await ReplyAwaiter::Op{this, id, timeout, nullptr, &outcome, &answer};
  net_.ask_ended(kind, process_.id(), to, outcome == Outcome::replied);
  if (outcome == Outcome::replied) co_return answer;
  no_reply(kind, to, sent);
  throw AskTimeout(to);
}

// The caller waits no longer: its absence of an answer is a record.
void NetworkPort::no_reply(std::string_view kind, const Address& to, RecordId sent) {
  Trace& trace = net_.trace();
  if (trace.kept()) trace.no_reply(process_.id(), kind, trace.process_at(to_string(to)), sent);
}

Task<std::shared_ptr<Link>> NetworkPort::open_link(Address to, Duration timeout, bool for_calls) {
  // Whoever goes away while it opens (a lost race, an interrupt) leaves no half-open connection.
  struct Opening {
    Opening(std::shared_ptr<Link> l, TaskExecutor& e) : link(std::move(l)), executor(e) {}
    Opening(const Opening&) = delete;
    Opening& operator=(const Opening&) = delete;
    ~Opening() {
      if (link == nullptr || executor.dying()) return;
      link->abort(Link::Side::client, false, 0);
      link->forget();
    }
    std::shared_ptr<Link> link;
    TaskExecutor& executor;
  } opening(std::make_shared<Link>(net_, net_.next_link(), *this, to, for_calls), executor_);
  Link* const link = opening.link.get();
  net_.links()[link->id()] = opening.link;
  const RecordId sent = link->open();
  const MonoTime deadline = executor_.now() + timeout;
  co_await race(LinkWait(link, Link::Side::client), Deadline{deadline});
  if (link->state(Link::Side::client) == Link::State::opening) {
    no_reply("connect", to, sent);
    throw ConnectTimeout(to);
  }
  if (link->state(Link::Side::client) != Link::State::open) throw ConnectionRefused(to);
  co_return std::move(opening.link);
}

Task<std::unique_ptr<Connection>> NetworkPort::connect(Address to, Duration timeout) {
  if (executor_.dying()) throw ConnectTimeout(to);
  std::shared_ptr<Link> link = co_await open_link(to, timeout, false);
  std::unique_ptr<Connection> connection = std::make_unique<PortConnection>(*this, std::move(link), Link::Side::client);
  co_return std::move(connection);
}

Task<Body> NetworkPort::call(Address to, Body body, CallOptions options) {
  using Outcome = ReplyAwaiter::Outcome;
  if (executor_.dying()) throw ConnectTimeout(to);
  std::shared_ptr<Link> link;
  auto& idle = idle_links_[to];
  while (!idle.empty() && link == nullptr) {
    if (idle.back()->state(Link::Side::client) == Link::State::open) link = std::move(idle.back());
    idle.pop_back();
  }
  if (link == nullptr) link = co_await open_link(to, options.connect_timeout, true);

  Net::Pending pending;
  pending.asker = process_.id();
  pending.life = life_;
  pending.kind = body.kind();
  pending.sent = net_.kernel().now();
  pending.given_up = pending.sent + options.read_timeout;
  pending.link = link->id();
  const std::uint64_t id = net_.expect_reply(pending);
  const std::string_view kind = body.kind();
  const RecordId sent = link->send(Link::Side::client, std::move(body), id, TrueTime(), {}, false);
  Outcome outcome = Outcome::waiting;
  Body answer;
  // Given up on in any other way than by an answer, the connection is of no more use.
  struct Abandon {
    Abandon(Net& net, std::shared_ptr<Link> l, TaskExecutor& e, std::uint64_t reply_id)
        : net(net), link(std::move(l)), executor(e), id(reply_id) {}
    Abandon(const Abandon&) = delete;
    Abandon& operator=(const Abandon&) = delete;
    ~Abandon() {
      if (link == nullptr || executor.dying()) return;
      Net::Pending unused;
      net.take_pending(id, unused);
      link->abort(Link::Side::client, false, 0);
    }
    Net& net;
    std::shared_ptr<Link> link;
    TaskExecutor& executor;
    std::uint64_t id;
  } abandon(net_, link, executor_, id);
  co_await ReplyAwaiter::Op{this, id, options.read_timeout, link.get(), &outcome, &answer};
  if (outcome == Outcome::replied) {
    abandon.link = nullptr;
    idle_links_[to].push_back(link);
    co_return answer;
  }
  if (outcome == Outcome::link_ended) throw ConnectionReset(to);
  no_reply(kind, to, sent);
  throw ReadTimeout(to);
}

void NetworkPort::arrive(int port, Body body, Address from, RecordId record, std::uint64_t reply_id) {
  const auto listener = listeners_.find(port);
  if (listener == listeners_.end()) return;
  FrameLedger* before = set_current_ledger(&executor_.ledger());
  listener->second->inbox().push(Delivery(std::move(body), std::move(from), record, reply_id, this));
  set_current_ledger(before);
}

void NetworkPort::accept(int port, std::shared_ptr<Link> link) {
  const auto listener = listeners_.find(port);
  CF_ASSERT(listener != listeners_.end());
  FrameLedger* before = set_current_ledger(&executor_.ledger());
  listener->second->accepted().push(std::make_unique<PortConnection>(*this, std::move(link), Link::Side::server));
  set_current_ledger(before);
}

bool NetworkPort::reply_arrived(std::uint64_t reply_id, Body body, RecordId) {
  const auto found = waiting_.find(reply_id);
  if (found == waiting_.end()) return false;
  found->second->finish(ReplyAwaiter::Outcome::replied, std::move(body));
  return true;
}

void NetworkPort::link_ended(Link& link, Link::State) {
  std::vector<ReplyAwaiter*> ended;
  for (const auto& [id, awaiter] : waiting_) {
    if (awaiter->link() == &link) ended.push_back(awaiter);
  }
  for (ReplyAwaiter* awaiter : ended) awaiter->finish(ReplyAwaiter::Outcome::link_ended, Body());
}

void NetworkPort::ended(bool silent) noexcept {
  for (const auto& [port, listener] : listeners_) net_.unlisten(Address(process_.machine().options().ip, port));
  listeners_.clear();
  idle_links_.clear();
  std::vector<std::shared_ptr<Link>> mine;
  for (const auto& [id, link] : net_.links()) mine.push_back(link);
  for (const auto& link : mine) {
    for (const Link::Side side : {Link::Side::client, Link::Side::server}) {
      if (link->owned_by(process_, side)) link->abort(side, silent, 0);
    }
  }
  net_.leave(*this);
}

}  // namespace chronofault::sim
