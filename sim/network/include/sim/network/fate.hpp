// What may happen to a message on its way, and who may decide it. With no rule in force a message takes the latency of
// its link and arrives once.
#pragma once

#include <optional>
#include <string_view>

#include <sim/host/process.hpp>

namespace chronofault::sim {

/// A message as it leaves its host. Control segments of connections (open, close, reset) have an empty kind.
struct Envelope {
  std::string_view kind;  // "Ping"; of a reply: the kind of its request
  bool reply = false;
  bool in_connection = false;
  Process* from = nullptr;
  Process* to = nullptr;  // null: nobody listens at the address
  const Machine* from_machine = nullptr;
  const Machine* to_machine = nullptr;  // null: no such host
  TrueTime sent;
  TrueTime request_sent;     // of the request that a reply answers
  std::uint64_t number = 0;  // counts messages of the run, from 1
};

struct Fate {
  bool lost = false;                // a plain message is gone; inside a connection: retransmitted
  Duration extra;                   // on top of the drawn latency
  std::optional<TrueTime> arrives;  // exactly then, whatever the latency
  int copies = 0;                   // further copies of a plain message, each with a latency of its own
  RecordId because = 0;             // the fault that did it
};

/// One rule of the injector, asked for each message in order of installation while it is in force.
class NetworkRule {
 public:
  virtual void consider(const Envelope& envelope, Fate& fate) = 0;
  /// True: nothing goes from one to the other, whatever its kind.
  virtual bool blocks(const Machine& from, const Machine& to) const = 0;
  /// The fault's record.
  virtual RecordId record() const noexcept = 0;

 protected:
  ~NetworkRule() = default;
};

/// Latency of a link between two zones; draws only if it is not constant.
class LatencyModel {
 public:
  virtual Duration draw(const Machine& from, const Machine& to, RandomStream& draws) const = 0;

 protected:
  ~LatencyModel() = default;
};

}  // namespace chronofault::sim
