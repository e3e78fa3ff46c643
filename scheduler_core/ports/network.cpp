#include <charconv>

#include <ports/network.hpp>

namespace chronofault {

std::string to_string(const Address& address) {
  return address ? address.ip + ":" + std::to_string(address.port) : std::string();
}

std::optional<Address> parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  int port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port <= 0 || port > 65'535) return std::nullopt;
  return Address(std::string(text.substr(0, colon)), port);
}

}  // namespace chronofault
