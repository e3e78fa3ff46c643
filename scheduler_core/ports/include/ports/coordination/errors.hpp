// How operations fail. Each code that callers tell apart is a type of its own; all derive from KeeperError, which is
// thrown itself for the rest. After ConnectionLoss the operation may have been done, or may be done later, or never
// (zookeeper 7): the library does not send anything twice.
#pragma once

#include <string>

#include <ports/coordination/types.hpp>

namespace chronofault::zk {

struct KeeperError {
  KeeperError(Code code, std::string path) : code(code), path(std::move(path)) {}
  Code code;
  std::string path;
};
template <Code C>
struct KeeperErrorOf : KeeperError {
  explicit KeeperErrorOf(std::string path) : KeeperError(C, std::move(path)) {}
};
using ConnectionLoss = KeeperErrorOf<Code::connection_loss>;
using SessionExpired = KeeperErrorOf<Code::session_expired>;
using SessionMoved = KeeperErrorOf<Code::session_moved>;
using OperationTimeout = KeeperErrorOf<Code::operation_timeout>;
using NoNode = KeeperErrorOf<Code::no_node>;
using NodeExists = KeeperErrorOf<Code::node_exists>;
using BadVersion = KeeperErrorOf<Code::bad_version>;
using NotEmpty = KeeperErrorOf<Code::not_empty>;
using NoChildrenForEphemerals = KeeperErrorOf<Code::no_children_for_ephemerals>;
using NoWatcher = KeeperErrorOf<Code::no_watcher>;

/// Throws the type that belongs to `code`, which is not ok.
[[noreturn]] void throw_error(Code code, std::string path);

/// Java's IllegalArgumentException: the library refuses a path or a connect string; nothing was sent.
struct IllegalArgument {
  explicit IllegalArgument(std::string what) : what(std::move(what)) {}
  std::string what;
};

/// Why the path is invalid (zookeeper 1, paths); empty: it is valid. Sequential modes validate path + "1".
std::string why_invalid(std::string_view path);

}  // namespace chronofault::zk
