#include <algorithm>
#include <array>
#include <span>

#include <sim/network/link.hpp>
#include <sim/network/net.hpp>
#include <sim/network/network_port.hpp>

namespace chronofault::sim {

class Link::Segment final : public Transit {
 public:
  Segment(std::shared_ptr<Link> owner, Side from_side, Kind segment_kind)
      : Transit(segment_kind == Kind::data ? StepKind::deliver : StepKind::connection),
        link(std::move(owner)),
        from(from_side),
        kind(segment_kind),
        timeout(segment_kind == Kind::syn ? Duration::seconds(1) : first_retransmission) {}
  void fire() override {
    std::unique_ptr<Segment> self(this);
    std::shared_ptr<Link> keep = link;
    if (lost) {
      keep->transmit(std::move(self));
    } else {
      keep->arrive(std::move(self));
    }
  }

  bool numbered() const noexcept { return kind != Kind::syn && kind != Kind::rst; }

  std::shared_ptr<Link> link;
  Side from;
  Kind kind;
  Body body;
  std::uint64_t reply_id = 0;
  std::string_view message;  // kind of the message, or of the request that it answers
  bool reply = false;
  TrueTime request_sent;
  TrueTime first_sent;
  TrueTime last_sent;
  Duration timeout;
  bool lost = false;
  bool started = false;
  std::uint64_t order = 0;   // among the numbered ones of its direction
  std::uint64_t number = 0;  // among the messages of the run
  RecordId record = 0;
  RecordId cause = 0;  // of a reset, or of the delay
};

Link::Link(Net& net, std::uint64_t id, NetworkPort& client, Address to, bool for_calls)
    : net_(net), id_(id), to_(std::move(to)), for_calls_(for_calls) {
  End& mine = end(Side::client);
  mine.machine = &client.process().machine();
  mine.process = client.process().id();
  mine.life = client.life();
  mine.ip = mine.machine->options().ip;
  End& theirs = end(Side::server);
  if (const Site* site = net.directory().site(to_.ip)) theirs.machine = site->machine;
  theirs.ip = to_.ip;
}

Link::~Link() = default;

Address Link::peer(Side side) const { return side == Side::client ? to_ : Address(end(Side::client).ip, 0); }

bool Link::owned_by(const Process& process, Side side) const noexcept {
  return end(side).process == process.id() && end(side).life == process.life();
}

RecordId Link::open() {
  Trace& trace = net_.trace();
  auto syn = std::make_unique<Segment>(shared_from_this(), Side::client, Kind::syn);
  if (trace.kept()) {
    const NetworkPort* listener = net_.directory().listener(to_);
    syn->record = trace.world(RecordKind::connection, end(Side::client).process, label_of(*syn),
                              listener != nullptr ? trace.process_at(to_string(to_)) : 0, id_);
  }
  const RecordId record = syn->record;
  transmit(std::move(syn));
  return record;
}

void Link::forget() {
  if (end(Side::server).state == State::opening) net_.links().erase(id_);
}

RecordId Link::send(Side from, Body body, std::uint64_t reply_id, TrueTime request_sent, std::string_view kind,
                    bool reply) {
  if (end(from).state != State::open) return 0;
  auto segment = std::make_unique<Segment>(shared_from_this(), from, Kind::data);
  segment->message = reply ? kind : body.kind();
  segment->body = std::move(body);
  segment->reply_id = reply_id;
  segment->reply = reply;
  segment->request_sent = request_sent;
  Trace& trace = net_.trace();
  if (trace.kept()) {
    const NetworkPort* port = net_.port_of(end(other(from)).process, end(other(from)).life);
    segment->number = net_.next_number();
    segment->record = trace.world(RecordKind::send, end(from).process, label_of(*segment),
                                  port != nullptr ? end(other(from)).process : 0, segment->number);
  }
  const RecordId record = segment->record;
  transmit(std::move(segment));
  return record;
}

void Link::close(Side from) {
  if (end(from).state != State::open) return;
  end(from).state = State::closed;
  wake(from);
  transmit(std::make_unique<Segment>(shared_from_this(), from, Kind::fin));
  forget_if_over();
}

void Link::abort(Side from, bool silent, RecordId cause) {
  End& mine = end(from);
  if (mine.state != State::open && mine.state != State::opening) return;
  const bool was_open = mine.state == State::open;
  finish(from, State::reset);
  if (!silent && was_open) answer_with_reset(from, cause);
}

void Link::answer_with_reset(Side from, RecordId cause) {
  auto reset = std::make_unique<Segment>(shared_from_this(), from, Kind::rst);
  reset->cause = cause;
  transmit(std::move(reset));
}

Label Link::label_of(const Segment& segment) const {
  Trace& trace = net_.trace();
  switch (segment.kind) {
    case Kind::syn:
      return trace.label("connect");
    case Kind::accept:
      return trace.label("connect.reply");
    case Kind::fin:
      return trace.label("close");
    case Kind::rst:
      return trace.label("reset");
    case Kind::data:
      break;
  }
  return trace.label(segment.reply ? std::string(segment.message) + ".reply" : std::string(segment.message));
}

// A segment leaves, or leaves again.
void Link::transmit(std::unique_ptr<Segment> segment) {
  Kernel& kernel = net_.kernel();
  Trace& trace = net_.trace();
  End& mine = end(segment->from);
  End& theirs = end(other(segment->from));
  Envelope envelope;
  envelope.kind = segment->message;
  envelope.reply = segment->reply;
  envelope.in_connection = true;
  envelope.from_machine = mine.machine;
  envelope.to_machine = theirs.machine;
  if (NetworkPort* port = net_.port_of(mine.process, mine.life)) envelope.from = &port->process();
  if (NetworkPort* port =
          theirs.process != 0 ? net_.port_of(theirs.process, theirs.life) : net_.directory().listener(to_)) {
    envelope.to = &port->process();
  }
  const ProcessId to_id = envelope.to != nullptr ? envelope.to->id() : 0;
  if (!segment->started) {
    segment->started = true;
    segment->first_sent = kernel.now();
    if (segment->number == 0) segment->number = net_.next_number();
    if (segment->numbered()) segment->order = mine.sent++;
    if (trace.kept() && segment->record == 0) {
      segment->record =
          trace.world(RecordKind::connection, mine.process, label_of(*segment), to_id, segment->number, segment->cause);
    }
  } else if (mine.state == State::reset || !mine.machine->powered()) {
    return;  // nobody is left to send it again
  }
  segment->last_sent = envelope.sent = kernel.now();
  envelope.request_sent = segment->request_sent;
  envelope.number = segment->number;

  Fate fate;
  if (envelope.from != nullptr) fate = net_.decide(envelope);
  RecordId cut = 0;
  if (theirs.machine == nullptr || !mine.machine->reachable()) {
    fate.lost = true;
  } else if (net_.blocked(*mine.machine, *theirs.machine, &cut)) {
    fate.lost = true;
    fate.because = cut;
  }
  if (fate.lost) {
    try_again(std::move(segment), fate.because);
    return;
  }
  if (trace.kept() && fate.because != 0) {
    const std::array<RecordId, 2> causes{segment->record, fate.because};
    const Label label = label_of(*segment);
    segment->cause = trace.world_because(RecordKind::connection, mine.process, label, to_id, segment->number, causes);
    trace.disturbed(label, mine.process, segment->cause);
  }
  const Duration takes = net_.latency(*mine.machine, *theirs.machine, mine.process, to_id) + fate.extra;
  TrueTime arrives = fate.arrives ? *fate.arrives : kernel.now() + takes;
  arrives = std::max(arrives, theirs.last_arrival);
  theirs.last_arrival = arrives;
  segment->lost = false;
  Segment& event = *segment.release();
  net_.took_off(event);
  kernel.at(event, arrives);
}

// It did not arrive, and nothing acknowledged it: it waits out its retransmission timeout.
void Link::try_again(std::unique_ptr<Segment> segment, RecordId because) {
  Kernel& kernel = net_.kernel();
  Trace& trace = net_.trace();
  End& mine = end(segment->from);
  if (trace.kept() && segment->record != 0) {
    const std::array<RecordId, 2> causes{segment->record, because};
    const Label label = label_of(*segment);
    const RecordId drop =
        trace.world_because(RecordKind::drop, mine.process, label, end(other(segment->from)).process, segment->number,
                            std::span<const RecordId>(causes.data(), because == 0 ? 1u : 2u));
    trace.disturbed(label, mine.process, drop);
  }
  if (segment->kind == Kind::rst && mine.state == State::reset) return;
  if (kernel.now() - segment->first_sent >= give_up) {
    finish(segment->from, State::reset);
    return;
  }
  segment->lost = true;
  const Duration wait = segment->timeout;
  segment->timeout = std::min(wait * 2, longest_retransmission);
  Segment& event = *segment.release();
  net_.took_off(event);
  kernel.at(event, event.last_sent + wait);
}

void Link::arrive(std::unique_ptr<Segment> segment) {
  End& mine = end(segment->from);
  End& theirs = end(other(segment->from));
  RecordId cut = 0;
  if (!theirs.machine->reachable() || net_.blocked(*mine.machine, *theirs.machine, &cut)) {
    if (mine.state == State::reset) return;
    try_again(std::move(segment), cut != 0 ? cut : net_.trace().down_since(theirs.process));
    return;
  }
  if (!segment->numbered()) {
    deliver(*segment);
  } else if (segment->order != theirs.received) {
    segment->link.reset();  // this link keeps it
    segment->in_flight.unlink();
    const std::uint64_t order = segment->order;
    theirs.early.emplace(order, std::move(segment));
  } else {
    ++theirs.received;
    deliver(*segment);
    for (auto next = theirs.early.find(theirs.received); next != theirs.early.end();
         next = theirs.early.find(theirs.received)) {
      const std::unique_ptr<Segment> waited = std::move(next->second);
      theirs.early.erase(next);
      ++theirs.received;
      deliver(*waited);
    }
  }
  forget_if_over();
}

void Link::deliver(Segment& segment) {
  const Side at = other(segment.from);
  End& here = end(at);
  if (segment.record != 0) net_.kernel().set_current_cause(segment.record);
  if (segment.kind == Kind::syn) {
    accept();
    return;
  }
  const bool known = net_.port_of(here.process, here.life) != nullptr && here.state != State::reset;
  switch (segment.kind) {
    case Kind::accept:
      if (!known) {
        answer_with_reset(at, net_.trace().last_interruption(here.process));
      } else if (here.state == State::opening) {
        here.state = State::open;
        wake(at);
      }
      return;
    case Kind::fin:
      finish(at, State::closed);
      return;
    case Kind::rst:
      finish(at, here.state == State::opening ? State::refused : State::reset);
      return;
    default:
      break;
  }
  if (!known) {
    here.state = State::reset;
    answer_with_reset(at, net_.trace().last_interruption(here.process));
  } else if (here.state == State::open) {
    deliver_data(segment);
  }
}

void Link::accept() {
  End& here = end(Side::server);
  NetworkPort* listener = net_.directory().listener(to_);
  if (listener == nullptr) {
    here.state = State::refused;
    const Trace& trace = net_.trace();
    answer_with_reset(Side::server, trace.kept() ? trace.down_since(trace.process_at(to_string(to_))) : 0);
    return;
  }
  here.process = listener->process().id();
  here.life = listener->life();
  here.state = State::open;
  net_.links()[id_] = shared_from_this();  // the client may have given up already
  transmit(std::make_unique<Segment>(shared_from_this(), Side::server, Kind::accept));
  if (!for_calls_) listener->accept(to_.port, shared_from_this());
}

void Link::deliver_data(Segment& segment) {
  const Side at = other(segment.from);
  End& here = end(at);
  NetworkPort* port = net_.port_of(here.process, here.life);
  Trace& trace = net_.trace();
  net_.kernel().digest().fold(segment.body.hash(), segment.order);
  RecordId record = 0;
  if (trace.kept() && segment.record != 0) {
    const std::array<RecordId, 2> because{segment.record, segment.cause};
    record =
        trace.world_because(RecordKind::deliver, here.process, label_of(segment), end(segment.from).process,
                            segment.number, std::span<const RecordId>(because.data(), segment.cause == 0 ? 1u : 2u));
    net_.kernel().set_current_cause(record);
  }
  if (!for_calls_) {
    here.arrived.push_back(Arrived(std::move(segment.body), record, segment.reply_id));
    wake(at);
  } else if (at == Side::server) {
    port->arrive(to_.port, std::move(segment.body), peer(at), record, segment.reply_id);
  } else {
    port->reply_arrived(segment.reply_id, std::move(segment.body), record);
  }
}

void Link::finish(Side side, State state) {
  End& here = end(side);
  if (here.state != State::open && here.state != State::opening) return;
  here.state = state;
  wake(side);
  if (for_calls_ && side == Side::client) {
    if (NetworkPort* port = net_.port_of(here.process, here.life)) port->link_ended(*this, state);
  }
  forget_if_over();
}

void Link::wake(Side side) {
  Wake* waiter = end(side).waiter;
  if (waiter == nullptr) return;
  end(side).waiter = nullptr;
  waiter->cancel();
  waiter->fiber->executor().post(*waiter);
}

void Link::forget_if_over() {
  const auto over = [](State state) { return state != State::open && state != State::opening; };
  if (over(ends_[0].state) && over(ends_[1].state)) net_.links().erase(id_);
}

}  // namespace chronofault::sim
