// The recorder's way to cut a client off: it forwards one port to the server; cut() closes every connection, and new
// ones are closed as soon as they are accepted, until restore().
#pragma once

#include <list>
#include <memory>

#include <ports/system.hpp>

namespace chronofault::verify {

class ZooKeeperLink {
 public:
  /// Listens at `port` of this process.
  ZooKeeperLink(Ports& ports, int port, Address server);
  ZooKeeperLink(const ZooKeeperLink&) = delete;
  ZooKeeperLink& operator=(const ZooKeeperLink&) = delete;

  void cut();
  void restore() noexcept { up_ = true; }
  Address address() const { return listener_->address(); }

 private:
  using Ends = std::pair<std::shared_ptr<Connection>, std::shared_ptr<Connection>>;

  Task<> accept();
  Task<> forward(std::shared_ptr<Connection> client);
  Task<> pump(std::shared_ptr<Connection> from, std::shared_ptr<Connection> to);

  Ports& ports_;
  Address server_;
  std::unique_ptr<Listener> listener_;
  std::list<Ends> open_;
  bool up_ = true;
  Scope scope_;  // last: its tasks use all of the above
};

}  // namespace chronofault::verify
