#include <algorithm>

#include <sim/network/directory.hpp>
#include <sim/network/network_port.hpp>

namespace chronofault::sim {

NetworkPort* Site::listener(int port) const noexcept {
  for (const Listening& each : listening) {
    if (each.port == port) return each.by;
  }
  return nullptr;
}

void Directory::add(Machine& machine) { sites_[machine.options().ip].machine = &machine; }

const Site* Directory::site(std::string_view ip) const noexcept {
  const auto found = sites_.find(ip);
  return found == sites_.end() ? nullptr : &found->second;
}

NetworkPort* Directory::listener(const Address& address) const noexcept {
  const Site* at = site(address.ip);
  return at == nullptr ? nullptr : at->listener(address.port);
}

void Directory::listen(const Address& address, NetworkPort& by) {
  CF_ASSERT(listener(address) == nullptr);
  const auto at = sites_.find(address.ip);
  CF_ASSERT(at != sites_.end());
  at->second.listening.push_back(Site::Listening{address.port, &by});
}

void Directory::unlisten(const Address& address) {
  const auto at = sites_.find(address.ip);
  CF_ASSERT(at != sites_.end());
  std::erase_if(at->second.listening, [&](const Site::Listening& each) { return each.port == address.port; });
}

void Directory::enter(NetworkPort& port) {
  const ProcessId process = port.process().id();
  if (speaking_.size() <= process) speaking_.resize(process + 1);
  CF_ASSERT(speaking_[process] == nullptr);
  speaking_[process] = &port;
}

void Directory::leave(const NetworkPort& port) {
  NetworkPort*& speaking = speaking_[port.process().id()];
  if (speaking == &port) speaking = nullptr;
}

NetworkPort* Directory::port_of(ProcessId process, std::uint32_t life) const noexcept {
  NetworkPort* port = process < speaking_.size() ? speaking_[process] : nullptr;
  return port != nullptr && port->life() == life ? port : nullptr;
}

}  // namespace chronofault::sim
