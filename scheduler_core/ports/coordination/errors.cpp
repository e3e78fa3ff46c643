#include <ports/assert.hpp>
#include <ports/coordination/errors.hpp>

namespace chronofault::zk {

void throw_error(Code code, std::string path) {
  CF_ASSERT(code != Code::ok);
  switch (code) {
    case Code::connection_loss:
      throw ConnectionLoss(std::move(path));
    case Code::session_expired:
      throw SessionExpired(std::move(path));
    case Code::session_moved:
      throw SessionMoved(std::move(path));
    case Code::operation_timeout:
      throw OperationTimeout(std::move(path));
    case Code::no_node:
      throw NoNode(std::move(path));
    case Code::node_exists:
      throw NodeExists(std::move(path));
    case Code::bad_version:
      throw BadVersion(std::move(path));
    case Code::not_empty:
      throw NotEmpty(std::move(path));
    case Code::no_children_for_ephemerals:
      throw NoChildrenForEphemerals(std::move(path));
    case Code::no_watcher:
      throw NoWatcher(std::move(path));
    default:
      throw KeeperError(code, std::move(path));
  }
}

namespace {

// The next character of UTF-8 text; what is no UTF-8 stands for itself, byte by byte.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(at);
  const std::size_t length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 1;
  if (length == 1 || at + length > text.size()) return byte(at++);
  char32_t character = first & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) character = (character << 6) | (byte(at + i) & 0x3fu);
  at += length;
  return character;
}

bool forbidden(char32_t c) {
  // Java looks at UTF-16 units: what lies above the basic plane is made of surrogates, which are forbidden.
  return c <= 0x1f || (c >= 0x7f && c <= 0x9f) || (c >= 0xd800 && c <= 0xf8ff) || c >= 0xfff0;
}

}  // namespace

std::string why_invalid(std::string_view path) {
  if (path.empty()) return "Path length must be > 0";
  if (path.front() != '/') return "Path must start with / character";
  if (path.size() == 1) return {};
  if (path.back() == '/') return "Path must not end with / character";
  for (std::size_t start = 1; start <= path.size();) {
    const std::size_t end = std::min(path.find('/', start), path.size());
    const std::string_view name = path.substr(start, end - start);
    if (name.empty()) return "empty node name specified";
    if (name == "." || name == "..") return "relative paths not allowed";
    start = end + 1;
  }
  for (std::size_t at = 1; at < path.size();) {
    if (path[at] >= ' ' && path[at] <= '~') {
      ++at;
      continue;
    }
    if (forbidden(next_character(path, at))) return "invalid character";
  }
  return {};
}

}  // namespace chronofault::zk
