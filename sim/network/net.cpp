#include <algorithm>
#include <array>

#include <sim/network/link.hpp>
#include <sim/network/net.hpp>
#include <sim/network/network_port.hpp>

namespace chronofault::sim {

// A plain message or its reply, in flight.
class Net::Flight final : public Transit {
 public:
  Flight(Net& net, const Envelope& sent, const Route& where, Body content, std::uint64_t id)
      : Transit(StepKind::deliver), envelope(sent), route(where), body(std::move(content)), reply_id(id), net_(net) {
    net_.took_off(*this);
  }
  void fire() override {
    net_.land(*this);
    delete this;
  }

  Envelope envelope;
  Route route;
  Body body;
  std::uint64_t reply_id;
  RecordId record = 0;
  bool copied = false;  // others of its kind are under way

 private:
  Net& net_;
};

Net::Net(Kernel& kernel, Trace& trace, const LatencyModel& latency)
    : kernel_(kernel), trace_(trace), latency_(latency) {}

Net::~Net() {
  while (Transit* transit = in_flight_.pop_front()) delete transit;
  links_.clear();
}

void Net::uninstall(NetworkRule& rule) { std::erase(rules_, &rule); }

void Net::listen(const Address& address, NetworkPort& port) {
  directory_.listen(address, port);
  trace_.name_address(to_string(address), port.process().id());
}

void Net::leave(const NetworkPort& port) {
  directory_.leave(port);
  const ProcessId id = port.process().id();
  std::erase_if(pending_, [id](const auto& entry) { return entry.second.asker == id; });
}

bool Net::blocked(const Machine& from, const Machine& to, RecordId* because) const {
  for (const NetworkRule* rule : rules_) {
    if (!rule->blocks(from, to)) continue;
    if (because != nullptr) *because = rule->record();
    return true;
  }
  return false;
}

Fate Net::decide(const Envelope& envelope) {
  Fate fate;
  for (NetworkRule* rule : rules_) rule->consider(envelope, fate);
  return fate;
}

Duration Net::latency(const Machine& from, const Machine& to, ProcessId from_process, ProcessId to_process) {
  if (latency_streams_.size() <= from_process) latency_streams_.resize(from_process + 1);
  auto& streams = latency_streams_[from_process];
  if (streams.size() <= to_process) streams.resize(to_process + 1);
  RandomStream*& stream = streams[to_process];
  if (stream == nullptr) {
    stream = &kernel_.streams().stream("latency/" + trace_.processes()[from_process].name + "/" +
                                       trace_.processes()[to_process].name);
  }
  return latency_.draw(from, to, *stream);
}

std::uint64_t Net::expect_reply(Pending pending) {
  while (!pending_.empty() && pending_.begin()->second.given_up + remembered < kernel_.now()) {
    pending_.erase(pending_.begin());
  }
  pending_[++last_reply_id_] = pending;
  return last_reply_id_;
}

bool Net::take_pending(std::uint64_t reply_id, Pending& into) {
  const auto found = pending_.find(reply_id);
  if (found == pending_.end()) return false;
  into = found->second;
  pending_.erase(found);
  return true;
}

RecordId Net::send_plain(NetworkPort& from, const Address& to, Body body, std::uint64_t reply_id) {
  Envelope envelope;
  envelope.kind = body.kind();
  envelope.from = &from.process();
  envelope.from_machine = &from.process().machine();
  Route route;
  route.site = directory_.site(to.ip);
  route.port = to.port;
  route.sender_port = from.own_port();
  if (route.site != nullptr) {
    envelope.to_machine = route.site->machine;
    if (NetworkPort* listener = route.site->listener(to.port)) envelope.to = &listener->process();
  }
  return launch(envelope, route, std::move(body), reply_id);
}

void Net::send_plain_reply(NetworkPort& from, const Pending& request, std::uint64_t reply_id, Body body) {
  Envelope envelope;
  envelope.kind = request.kind;
  envelope.reply = true;
  envelope.request_sent = request.sent;
  envelope.from = &from.process();
  envelope.from_machine = &from.process().machine();
  if (NetworkPort* asker = port_of(request.asker, request.life)) {
    envelope.to = &asker->process();
    envelope.to_machine = &asker->process().machine();
  }
  Route route;
  route.asker = request.asker;
  route.asker_life = request.life;
  launch(envelope, route, std::move(body), reply_id);
}

RecordId Net::launch(Envelope envelope, const Route& route, Body body, std::uint64_t reply_id) {
  envelope.sent = kernel_.now();
  envelope.number = next_number();
  const ProcessId from_id = envelope.from->id();
  const ProcessId to_id = envelope.to != nullptr ? envelope.to->id() : 0;
  Fate fate;
  if (!rules_.empty()) {
    fate = decide(envelope);
    RecordId cut = 0;
    if (envelope.to_machine != nullptr && blocked(*envelope.from_machine, *envelope.to_machine, &cut)) {
      fate.lost = true;
      fate.because = cut;
    }
  }
  Label label = 0;
  RecordId record = 0;
  if (trace_.kept()) {
    label = trace_.label(envelope.reply ? std::string(envelope.kind) + ".reply" : std::string(envelope.kind));
    record = trace_.world(RecordKind::send, from_id, label, to_id, envelope.number, fate.because);
    if (fate.because != 0) trace_.disturbed(label, from_id, record);
  }
  if (fate.lost || envelope.to_machine == nullptr) {
    if (record != 0) {
      const std::array<RecordId, 1> because{record};
      trace_.disturbed(label, from_id,
                       trace_.world_because(RecordKind::drop, from_id, label, to_id, envelope.number, because));
    }
    if (!envelope.reply && reply_id != 0) pending_.erase(reply_id);
    return record;
  }
  for (int copy = 0; copy <= fate.copies; ++copy) {
    Body content = copy < fate.copies ? body.clone() : std::move(body);  // NOLINT(bugprone-use-after-move): the last
    const Duration takes = latency(*envelope.from_machine, *envelope.to_machine, from_id, to_id) + fate.extra;
    const TrueTime arrives = fate.arrives ? *fate.arrives : kernel_.now() + takes;
    auto* flight = new Flight(*this, envelope, route, std::move(content), reply_id);
    flight->record = record;
    flight->copied = fate.copies > 0;
    kernel_.at(*flight, arrives);
  }
  return record;
}

void Net::land(Flight& flight) {
  const Envelope& envelope = flight.envelope;
  const Route& route = flight.route;
  kernel_.digest().fold(flight.body.hash(), envelope.number);
  const bool reply = envelope.reply;
  NetworkPort* port = reply ? port_of(route.asker, route.asker_life) : route.site->listener(route.port);
  RecordId cut = 0;
  const bool lost = port == nullptr || !port->process().machine().reachable() ||
                    (!rules_.empty() && blocked(*envelope.from_machine, port->process().machine(), &cut));
  const ProcessId to_id = port != nullptr ? port->process().id()
                          : reply
                              ? route.asker
                              : trace_.process_at(to_string(Address(route.site->machine->options().ip, route.port)));
  RecordId record = 0;
  Label label = 0;
  if (trace_.kept() && flight.record != 0) {
    label = trace_.label(reply ? std::string(envelope.kind) + ".reply" : std::string(envelope.kind));
    std::array<RecordId, 2> causes{flight.record, 0};
    if (lost) causes[1] = cut != 0 ? cut : trace_.down_since(to_id);
    record = trace_.world_because(lost ? RecordKind::drop : RecordKind::deliver, to_id, label, envelope.from->id(),
                                  envelope.number, std::span<const RecordId>(causes.data(), causes[1] == 0 ? 1u : 2u));
    if (lost) trace_.disturbed(label, envelope.from->id(), record);
  }
  if (lost) {
    if (!reply && flight.reply_id != 0 && !flight.copied) pending_.erase(flight.reply_id);
    return;
  }
  kernel_.set_current_cause(record);
  if (!reply) {
    port->arrive(route.port, std::move(flight.body), Address(envelope.from_machine->options().ip, route.sender_port),
                 record, flight.reply_id);
    return;
  }
  if (!port->reply_arrived(flight.reply_id, std::move(flight.body), record) && record != 0) {
    const std::array<RecordId, 1> because{record};
    trace_.world_because(RecordKind::dead_letter, port->process().id(), label, envelope.from->id(), envelope.number,
                         because);
  }
}

void Net::reset_links(const Machine* a, const Machine* b, RecordId cause) {
  const auto joins = [](const Machine* wanted, const Machine* has) { return wanted == nullptr || wanted == has; };
  std::vector<std::shared_ptr<Link>> doomed;
  for (const auto& [id, link] : links_) {
    const Machine* client = link->machine(Link::Side::client);
    const Machine* server = link->machine(Link::Side::server);
    if ((joins(a, client) && joins(b, server)) || (joins(a, server) && joins(b, client))) doomed.push_back(link);
  }
  // Whoever is woken by it cites the fault.
  const RecordId before = kernel_.current_cause();
  kernel_.set_current_cause(trace_.world(RecordKind::connection, 0, trace_.label("reset"), 0, doomed.size(), cause));
  for (const auto& link : doomed) {
    link->abort(Link::Side::client, true, cause);
    link->abort(Link::Side::server, true, cause);
  }
  kernel_.set_current_cause(before);
}

}  // namespace chronofault::sim
