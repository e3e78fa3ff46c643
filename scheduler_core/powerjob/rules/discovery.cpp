#include <algorithm>

#include <powerjob/rules/discovery.hpp>

namespace chronofault::powerjob {

std::string_view host_of(std::string_view address) { return address.substr(0, address.rfind(':')); }

std::vector<std::string> acquire_order(std::string_view current_server, const std::vector<std::string>& configured) {
  std::vector<std::string> order;
  if (!current_server.empty()) {
    const auto known = std::find_if(configured.begin(), configured.end(), [&](const std::string& address) {
      return host_of(address) == host_of(current_server);
    });
    if (known != configured.end()) order.push_back(*known);
  }
  order.insert(order.end(), configured.begin(), configured.end());
  return order;
}

bool DiscoveryFailures::failed() {
  ++counter_;
  if (counter_ < limit_) return false;
  counter_ = 0;
  return true;
}

}  // namespace chronofault::powerjob
