// The network of the world: who listens where, how long a message takes, and what becomes of it.
//
//   - Plain messages (send, ask) are lost, doubled and overtaken as the rules in force say; without rules they arrive
//     once, after a latency drawn for each message from the stream of its pair of processes.
//   - Connections are in sim/network/link.hpp.
//   - A message in flight belongs to the network: it names its receiver by address, and a reply names the life of the
//     process that asked. Nothing here points into a process that may be dead.
//   - A cut (blocks) is asked when a message leaves and again when it arrives.
// Not modelled: bandwidth, packet sizes, congestion, routing beyond pairs of hosts.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ports/network.hpp>
#include <sim/host/process.hpp>
#include <sim/network/directory.hpp>
#include <sim/network/fate.hpp>

namespace chronofault::sim {

class NetworkPort;
class Link;

/// Something under way between two machines. It belongs to the network, and ends with it.
class Transit : public WorldEvent {
 public:
  using WorldEvent::WorldEvent;
  virtual ~Transit() = default;
  Hook in_flight{this};
};

class Net {
 public:
  Net(Kernel& kernel, Trace& trace, const LatencyModel& latency);
  Net(const Net&) = delete;
  Net& operator=(const Net&) = delete;
  ~Net();

  void add(Machine& machine) { directory_.add(machine); }

  void install(NetworkRule& rule) { rules_.push_back(&rule); }
  void uninstall(NetworkRule& rule);
  /// Breaks every connection between the two machines (either may be null: any).
  void reset_links(const Machine* a, const Machine* b, RecordId cause);

  /// Outsiders' ear for asks of one kind: who asked whom (0: nobody was ever known there), and whether an answer came.
  using Asked = std::function<void(ProcessId asker, ProcessId asked, bool answered)>;
  void watch_asks(std::string kind, Asked told) {
    watched_kind_ = std::move(kind);
    asked_ = std::move(told);
  }

  const Directory& directory() const noexcept { return directory_; }
  std::uint64_t messages() const noexcept { return messages_; }

  // For the ports and links of processes.
  Kernel& kernel() noexcept { return kernel_; }
  Trace& trace() noexcept { return trace_; }
  void listen(const Address& address, NetworkPort& port);
  void unlisten(const Address& address) { directory_.unlisten(address); }
  void enter(NetworkPort& port) { directory_.enter(port); }
  /// That life is over: nobody waits for its replies.
  void leave(const NetworkPort& port);
  NetworkPort* port_of(ProcessId process, std::uint32_t life) const noexcept {
    return directory_.port_of(process, life);
  }

  bool blocked(const Machine& from, const Machine& to, RecordId* because = nullptr) const;
  Fate decide(const Envelope& envelope);
  Duration latency(const Machine& from, const Machine& to, ProcessId from_process, ProcessId to_process);
  std::uint64_t next_number() noexcept { return ++messages_; }
  std::uint64_t next_link() noexcept { return ++links_made_; }

  /// A request under way that wants an answer.
  struct Pending {
    ProcessId asker = 0;
    std::uint32_t life = 0;
    std::string_view kind;  // of static storage
    TrueTime sent;
    TrueTime given_up;       // the asker waits no longer than that
    std::uint64_t link = 0;  // 0: a plain ask
  };
  std::uint64_t expect_reply(Pending pending);
  bool take_pending(std::uint64_t reply_id, Pending& into);
  std::size_t pending_replies() const noexcept { return pending_.size(); }
  /// A reply that comes so much later than its asker gave up leaves no dead letter: its request is forgotten.
  static constexpr Duration remembered = Duration::hours(1);

  void ask_ended(std::string_view kind, ProcessId asker, const Address& to, bool answered) {
    if (asked_ && kind == watched_kind_) asked_(asker, trace_.process_at(to_string(to)), answered);
  }
  /// Returns the record of the sending.
  RecordId send_plain(NetworkPort& from, const Address& to, Body body, std::uint64_t reply_id);
  void send_plain_reply(NetworkPort& from, const Pending& request, std::uint64_t reply_id, Body body);

  void took_off(Transit& transit) noexcept {
    if (!transit.in_flight.linked()) in_flight_.push_back(transit.in_flight);
  }
  std::map<std::uint64_t, std::shared_ptr<Link>>& links() noexcept { return links_; }

 private:
  class Flight;
  // Where a plain message goes: to a port of a site, or (a reply) to a life of a process.
  struct Route {
    const Site* site = nullptr;
    int port = 0;
    int sender_port = 0;
    ProcessId asker = 0;
    std::uint32_t asker_life = 0;
  };
  RecordId launch(Envelope envelope, const Route& route, Body body, std::uint64_t reply_id);
  void land(Flight& flight);

  Kernel& kernel_;
  Trace& trace_;
  const LatencyModel& latency_;
  Directory directory_;
  std::vector<NetworkRule*> rules_;
  std::vector<std::vector<RandomStream*>> latency_streams_;  // by sender and receiver; made at their first message
  std::map<std::uint64_t, Pending> pending_;
  std::uint64_t last_reply_id_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t links_made_ = 0;
  std::map<std::uint64_t, std::shared_ptr<Link>> links_;
  List<Transit> in_flight_;
  std::string watched_kind_;
  Asked asked_;
};

}  // namespace chronofault::sim
