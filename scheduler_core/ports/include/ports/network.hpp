// Messages between processes.
//
// Three ways to speak, as upstream's transports do:
//   send  at most once, no connection: may be lost, duplicated, and overtaken by a later send.
//   ask   one send each way, matched by id. The caller sees a reply or AskTimeout; a reply that comes later is dropped
//         at the caller's host and recorded as `dead_letter`.
//   call  request and response on a pooled connection, with connect and read timeouts of its own.
// and the connection under `call`, for protocols that keep state in it: FIFO both ways; loss inside it is
// retransmission delay (200 ms, doubling), never a gap, until the sender gives up.
//
// A peer whose process is dead refuses (its host answers); a host that is gone, frozen or cut off is silent. A paused
// process still accepts: its peers see read timeouts. A wrong address refuses. After the death of the calling process
// every call here does nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <ports/message.hpp>
#include <ports/task/fiber.hpp>
#include <ports/task/sync.hpp>
#include <ports/task/task.hpp>
#include <ports/time.hpp>

namespace chronofault {

/// An ip and a port; an empty ip is no address. Text: "10.112.62.2:10086".
struct Address {
  Address() = default;
  Address(std::string ip, int port) : ip(std::move(ip)), port(port) {}
  std::string ip;
  int port = 0;
  friend auto operator<=>(const Address&, const Address&) = default;
  explicit operator bool() const noexcept { return !ip.empty(); }
};
std::string to_string(const Address& address);
/// None: not of the form ip:port.
std::optional<Address> parse_address(std::string_view text);

/// The ways in which a call fails. `peer` is whom it was meant for.
struct NetworkError {
  explicit NetworkError(Address peer) : peer(std::move(peer)) {}
  Address peer;
};
struct ConnectionRefused : NetworkError {
  using NetworkError::NetworkError;
};  // nobody listens there
struct ConnectTimeout : NetworkError {
  using NetworkError::NetworkError;
};  // no answer to the connect
struct ReadTimeout : NetworkError {
  using NetworkError::NetworkError;
};  // connected, no response in time
struct ConnectionReset : NetworkError {
  using NetworkError::NetworkError;
};  // the connection broke: outcome unknown
struct ConnectionClosed : NetworkError {
  using NetworkError::NetworkError;
};  // the peer closed in order
struct AskTimeout : NetworkError {
  using NetworkError::NetworkError;
};  // no reply in time: outcome unknown

class Network;

/// One message that arrived, and the way back for its reply if it was asked or called.
class Delivery : Counted {
 public:
  Delivery() = default;
  Delivery(Body body, Address from, RecordId record, std::uint64_t reply_id, Network* network)
      : body(std::move(body)), from(std::move(from)), record(record), reply_id_(reply_id), network_(network) {}

  Body body;
  Address from;         // of the sender: its ip, and its port when it listens
  RecordId record = 0;  // pass it to Events::begin_unit when a unit of work starts with this message
  /// Answers an ask or a call, once; of a plain send: nothing. At most once for an ask, FIFO on the call's connection.
  void reply(Body answer) const;
  bool wants_reply() const noexcept { return reply_id_ != 0; }
  std::uint64_t reply_id() const noexcept { return reply_id_; }

 private:
  std::uint64_t reply_id_ = 0;
  Network* network_ = nullptr;
};

/// One end of a connection. Closing (or destroying) it closes in order: the peer reads everything sent before.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual Address peer() const = 0;
  virtual bool open() const noexcept = 0;
  /// Enqueues; never blocks. Into a closed or reset connection: nothing.
  virtual void send(Body body) = 0;
  struct Received {
    Received() = default;
    Received(Body body, RecordId record) : body(std::move(body)), record(record) {}
    Body body;
    RecordId record = 0;
  };
  /// The next message in order. Throws ConnectionClosed or ConnectionReset after the last one that arrived; never
  /// returns when the peer's host fell silent (race it against a sleep).
  virtual Task<Received> receive() = 0;
  virtual void close() noexcept = 0;
};

/// What arrives at one port of this process. Destroying it stops listening: later connects are refused.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual Address address() const = 0;
  /// Messages of send, ask and call, in order of arrival.
  virtual Queue<Delivery>& inbox() noexcept = 0;
  /// Connections opened by connect(), in order of arrival.
  virtual Queue<std::unique_ptr<Connection>>& accepted() noexcept = 0;
};

struct CallOptions {
  CallOptions() {}
  CallOptions(Duration connect, Duration read) : connect_timeout(connect), read_timeout(read) {}
  Duration connect_timeout = Duration::seconds(10);
  Duration read_timeout = Duration::seconds(10);
};

class Network {
 public:
  /// Listens at a port of this host. The port must be free: a second listener is a programming error.
  virtual std::unique_ptr<Listener> listen(int port) = 0;

  /// At most once. Never fails visibly.
  virtual void send(Address to, Body body) = 0;
  /// Throws AskTimeout after `timeout` of mono(). Interruptible.
  virtual Task<Body> ask(Address to, Body body, Duration timeout) = 0;
  /// Throws ConnectionRefused, ConnectTimeout, ReadTimeout, ConnectionReset. The connection is pooled per peer and is
  /// given up after any error. Interruptible.
  virtual Task<Body> call(Address to, Body body, CallOptions options) = 0;
  /// Throws ConnectionRefused or ConnectTimeout.
  virtual Task<std::unique_ptr<Connection>> connect(Address to, Duration timeout) = 0;

 protected:
  ~Network() = default;

 private:
  friend class Delivery;
  virtual void reply(std::uint64_t reply_id, Body answer) = 0;
};

inline void Delivery::reply(Body answer) const {
  if (reply_id_ != 0 && network_ != nullptr) network_->reply(reply_id_, std::move(answer));
}

}  // namespace chronofault
