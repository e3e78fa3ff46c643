// The Network port of one life of a process.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <ports/network.hpp>
#include <sim/network/link.hpp>
#include <sim/network/net.hpp>

namespace chronofault::sim {

class PortListener;

class NetworkPort final : public Network {
 public:
  NetworkPort(Net& net, Process& process, TaskExecutor& executor);
  NetworkPort(const NetworkPort&) = delete;
  NetworkPort& operator=(const NetworkPort&) = delete;
  ~NetworkPort();

  std::unique_ptr<Listener> listen(int port) override;
  void send(Address to, Body body) override;
  Task<Body> ask(Address to, Body body, Duration timeout) override;
  Task<Body> call(Address to, Body body, CallOptions options) override;
  Task<std::unique_ptr<Connection>> connect(Address to, Duration timeout) override;

  Process& process() const noexcept { return process_; }
  TaskExecutor& executor() noexcept { return executor_; }
  std::uint32_t life() const noexcept { return life_; }
  /// Where this process is known to speak from: its first listening port, else 0.
  int own_port() const noexcept { return listeners_.empty() ? 0 : listeners_.begin()->first; }

  /// The process is dead: listeners close, connections reset or fall silent.
  void ended(bool silent) noexcept;

  // For the network.
  void arrive(int port, Body body, Address from, RecordId record, std::uint64_t reply_id);
  void accept(int port, std::shared_ptr<Link> link);
  /// False: nobody waits for this reply any more.
  bool reply_arrived(std::uint64_t reply_id, Body body, RecordId record);
  /// All calls that wait on this link.
  void link_ended(Link& link, Link::State how);

 private:
  friend class PortListener;
  class ReplyAwaiter;
  class OpenAwaiter;
  class PortConnection;
  void reply(std::uint64_t reply_id, Body answer) override;
  void no_reply(std::string_view kind, const Address& to, RecordId sent);
  Task<std::shared_ptr<Link>> open_link(Address to, Duration timeout, bool for_calls);

  Net& net_;
  Process& process_;
  TaskExecutor& executor_;
  std::uint32_t life_;
  std::map<int, PortListener*> listeners_;
  std::map<std::uint64_t, ReplyAwaiter*> waiting_;
  std::map<Address, std::vector<std::shared_ptr<Link>>> idle_links_;
};

}  // namespace chronofault::sim
