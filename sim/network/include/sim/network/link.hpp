// A connection: two ends, FIFO each way, opened by a handshake. Loss and cuts inside it are retransmission delay (200
// ms, doubling up to 120 s) until the sender gives up after `give_up` and resets its end. Segments of one direction are
// numbered; what overtakes a lost one waits at the receiver, so that nobody sees a gap. A reset is neither numbered nor
// sent again. An end whose process died while its machine answers sends a reset; an end whose machine is gone is
// silent; a frozen machine sends nothing until it thaws. What reaches an end that no longer is, is answered by a reset.
// Not modelled: windows, acknowledgements (a lost one would be a segment that came twice), half-open closing.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>

#include <ports/network.hpp>
#include <sim/host/process.hpp>

namespace chronofault::sim {

class Net;
class NetworkPort;

class Link : public std::enable_shared_from_this<Link> {
 public:
  static constexpr Duration first_retransmission = Duration::ms(200);
  static constexpr Duration longest_retransmission = Duration::seconds(120);
  static constexpr Duration give_up = Duration::seconds(924);  // Linux: tcp_retries2 = 15

  enum class Side { client = 0, server = 1 };
  enum class State { opening, open, closed, refused, reset };

  Link(Net& net, std::uint64_t id, NetworkPort& client, Address to, bool for_calls);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link();

  std::uint64_t id() const noexcept { return id_; }
  const Address& to() const noexcept { return to_; }
  bool for_calls() const noexcept { return for_calls_; }
  State state(Side side) const noexcept { return end(side).state; }

  /// The client's first segment. Returns its record.
  RecordId open();
  /// Data. `reply_id` not 0: a request that wants an answer, or (from the server) the answer to it. Returns the record
  /// of the sending.
  RecordId send(Side from, Body body, std::uint64_t reply_id, TrueTime request_sent, std::string_view kind, bool reply);
  /// In order: the peer reads everything sent before.
  void close(Side from);
  /// The client gave up: unless the server accepted, nobody knows of it any more.
  void forget();
  /// At once, the peer is told when the segment arrives. Silent: it is never told.
  void abort(Side from, bool silent, RecordId cause);

  /// Wakes whoever waits at this end: for the opening, or for data.
  struct Arrived {
    Arrived() = default;
    Arrived(Body body, RecordId record, std::uint64_t reply_id)
        : body(std::move(body)), record(record), reply_id(reply_id) {}
    Body body;
    RecordId record = 0;
    std::uint64_t reply_id = 0;
  };
  std::deque<Arrived>& arrived(Side side) noexcept { return end(side).arrived; }
  Wake*& waiter(Side side) noexcept { return end(side).waiter; }
  Address peer(Side side) const;
  bool owned_by(const Process& process, Side side) const noexcept;
  Machine* machine(Side side) const noexcept { return end(side).machine; }

 private:
  enum class Kind { syn, accept, data, fin, rst };
  class Segment;
  struct End {
    Machine* machine = nullptr;
    ProcessId process = 0;
    std::uint32_t life = 0;
    std::string ip;
    State state = State::opening;
    TrueTime last_arrival;                                    // at this end, of what the other sent
    std::uint64_t sent = 0;                                   // segments that left this end
    std::uint64_t received = 0;                               // and those of the other that were delivered here
    std::map<std::uint64_t, std::unique_ptr<Segment>> early;  // by number: they wait for one before them
    std::deque<Arrived> arrived;
    Wake* waiter = nullptr;
  };

  End& end(Side side) noexcept { return ends_[static_cast<std::size_t>(side)]; }
  const End& end(Side side) const noexcept { return ends_[static_cast<std::size_t>(side)]; }
  static Side other(Side side) noexcept { return side == Side::client ? Side::server : Side::client; }
  void transmit(std::unique_ptr<Segment> segment);
  void try_again(std::unique_ptr<Segment> segment, RecordId because);
  void arrive(std::unique_ptr<Segment> segment);
  void deliver(Segment& segment);
  void deliver_data(Segment& segment);
  void accept();
  void answer_with_reset(Side from, RecordId cause);
  Label label_of(const Segment& segment) const;
  void finish(Side side, State state);
  void wake(Side side);
  void forget_if_over();

  Net& net_;
  std::uint64_t id_;
  Address to_;
  bool for_calls_;
  std::array<End, 2> ends_;
};

}  // namespace chronofault::sim
