// CoordinatorRegistryCenter: the requests from which every higher rule is built (elasticjob 2.3). Each call is the
// separate requests that its comment names; nothing but multi() is atomic.
//
// A request that fails with ConnectionLoss, NoNode or NodeExists fails silently: the result is the neutral one (false,
// none, an empty list, nothing written). An interrupt is neutral too and puts the fiber's flag up. Everything else is
// thrown as RegError. So in a partition every read says "absent" and every write is lost without a trace.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ports/task/task.hpp>

namespace chronofault::elastic_job {

/// Data of a node; none: there is none, or it could not be read.
using Text = std::optional<std::string>;

/// A member of a transaction.
struct TxOp {
  enum class Kind { create, remove };
  TxOp() = default;
  static TxOp create(std::string path, std::string data) {
    TxOp op;
    op.path = std::move(path);
    op.data = std::move(data);
    return op;
  }
  static TxOp remove(std::string path) {
    TxOp op;
    op.kind = Kind::remove;
    op.path = std::move(path);
    return op;
  }
  Kind kind = Kind::create;
  std::string path;
  std::string data;
  friend bool operator==(const TxOp&, const TxOp&) = default;
};

/// RegExceptionHandler (2.3, silent failures): what becomes of an error, which may be null. `interrupted`: the caller
/// puts the flag up again. Throws RegError for all that is not silent.
enum class Swallowed { silent, interrupted };
Swallowed swallow(const std::exception_ptr& error);

class Registry {
 public:
  virtual ~Registry() = default;

  /// 1 exists.
  virtual Task<bool> exists(std::string path) = 0;
  /// 1 getData.
  virtual Task<Text> get_direct(std::string path) = 0;
  /// From the cache of the job whose `/J/` begins the path; if that has no entry: get_direct().
  virtual Task<Text> get(std::string path) = 0;
  /// What get() takes from a cache, until the next step. Null: it would ask.
  virtual const Text* cached(std::string_view) const { return nullptr; }
  /// 1 getChildren; in descending order of Java's strings.
  virtual Task<std::vector<std::string>> children(std::string path) = 0;
  /// 1 exists.
  virtual Task<int> num_children(std::string path) = 0;
  /// exists; then create, with missing parents, or update().
  virtual Task<> persist(std::string path, std::string data) = 0;
  /// One multi: check, setData.
  virtual Task<> update(std::string path, std::string data) = 0;
  /// exists; if there: delete with all children; then create.
  virtual Task<> persist_ephemeral(std::string path, std::string data) = 0;
  /// delete; on NotEmpty the children first.
  virtual Task<> remove(std::string path) = 0;
  /// persist, then exists: its mtime in ms. Throws IllegalStateError: that failed silently.
  virtual Task<std::int64_t> registry_time(std::string path) = 0;

  /// One multi: check of the root, then the members. Throws the port's errors: the caller swallows.
  virtual Task<> multi(std::vector<TxOp> members) = 0;
  /// A latch on `path`: waits without limit until it leads, runs `body`, closes it. Throws JobSystemError for what
  /// body, latch or requests throw; an interrupt while it waits: the flag goes up and body does not run.
  virtual Task<> in_leader(std::string path, std::function<Task<>()> body) = 0;
};

}  // namespace chronofault::elastic_job
