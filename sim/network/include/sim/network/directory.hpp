// Who is where: the machine at an ip, who listens at a port of it, and which life of a process speaks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <ports/network.hpp>
#include <sim/host/process.hpp>

namespace chronofault::sim {

class NetworkPort;

/// One ip. It lives as long as the world.
struct Site {
  struct Listening {
    int port;
    NetworkPort* by;
  };
  Machine* machine = nullptr;
  std::vector<Listening> listening;  // few

  NetworkPort* listener(int port) const noexcept;
};

class Directory {
 public:
  Directory() = default;
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  void add(Machine& machine);
  /// Null: there is no such host.
  const Site* site(std::string_view ip) const noexcept;
  /// Null: nobody listens there.
  NetworkPort* listener(const Address& address) const noexcept;
  /// The port must be free.
  void listen(const Address& address, NetworkPort& by);
  void unlisten(const Address& address);

  void enter(NetworkPort& port);
  void leave(const NetworkPort& port);
  /// Null: that life of the process is over.
  NetworkPort* port_of(ProcessId process, std::uint32_t life) const noexcept;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, Site, Hash, std::equal_to<>> sites_;  // looked up, never walked
  std::vector<NetworkPort*> speaking_;                                  // by process
};

}  // namespace chronofault::sim
