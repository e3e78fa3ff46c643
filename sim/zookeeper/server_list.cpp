#include <charconv>

#include <ports/coordination/errors.hpp>
#include <sim/zookeeper/server_list.hpp>

namespace chronofault::sim {

namespace {
constexpr int default_port = 2181;

ServerList::Server parse_server(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  int port = default_port;
  if (colon != std::string_view::npos) {
    const std::string_view digits = text.substr(colon + 1);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) {
      throw zk::IllegalArgument("no port in connect string: " + std::string(text));
    }
    text = text.substr(0, colon);
  }
  if (text.empty()) throw zk::IllegalArgument("a HostProvider may not be empty");
  return ServerList::Server(std::string(text), port);
}
}  // namespace

ServerList::ServerList(std::string_view connect_string, RandomStream& draws) {
  const std::size_t slash = connect_string.find('/');
  if (slash != std::string_view::npos) {
    chroot_ = connect_string.substr(slash);
    if (const std::string why = zk::why_invalid(chroot_); !why.empty()) throw zk::IllegalArgument(why);
    if (chroot_.size() == 1) chroot_.clear();
    connect_string = connect_string.substr(0, slash);
  }
  for (std::size_t begin = 0; begin <= connect_string.size();) {
    const std::size_t end = std::min(connect_string.find(',', begin), connect_string.size());
    servers_.push_back(parse_server(connect_string.substr(begin, end - begin)));
    begin = end + 1;
  }
  draws.shuffle(std::span<Server>(servers_));
}

bool ServerList::next() {
  current_ = current_ == none ? 0 : (current_ + 1) % servers_.size();
  const bool wait_first = current_ == last_;
  if (last_ == none) last_ = 0;
  return wait_first;
}

}  // namespace chronofault::sim
