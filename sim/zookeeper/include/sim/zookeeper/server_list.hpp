// Which server a client tries next (zookeeper 7, connect attempt; upstream's StaticHostProvider).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ports/random.hpp>

namespace chronofault::sim {

class ServerList {
 public:
  struct Server {
    Server(std::string host, int port) : host(std::move(host)), port(port) {}
    std::string host;
    int port;
  };

  /// "host:port,host:port/chroot", shuffled once. Throws zk::IllegalArgument.
  ServerList(std::string_view connect_string, RandomStream& draws);

  /// Moves on to the next one. True: all others were tried since the last success, a second shall pass first.
  bool next();
  const Server& current() const noexcept { return servers_[current_]; }
  /// The current one took the session.
  void connected() noexcept { last_ = current_; }
  std::int64_t size() const noexcept { return static_cast<std::int64_t>(servers_.size()); }
  const std::string& chroot() const noexcept { return chroot_; }

 private:
  std::vector<Server> servers_;
  std::string chroot_;  // empty: none
  std::size_t current_ = none;
  std::size_t last_ = none;
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
};

}  // namespace chronofault::sim
