#include <elastic_job/errors.hpp>
#include <elastic_job/registry.hpp>
#include <ports/coordination/errors.hpp>

namespace chronofault::elastic_job {

namespace {

bool is_ignored(zk::Code code) noexcept {
  return code == zk::Code::connection_loss || code == zk::Code::no_node || code == zk::Code::node_exists;
}

/// The error itself or its direct cause.
bool is_silent(const std::exception_ptr& error, bool look_at_cause) {
  try {
    std::rethrow_exception(error);
  } catch (const zk::KeeperError& failure) {
    return is_ignored(failure.code);
  } catch (const std::nested_exception& outer) {
    return look_at_cause && outer.nested_ptr() && is_silent(outer.nested_ptr(), false);
  } catch (...) {
    return false;
  }
}

bool is_interrupt(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Interrupted&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace

// spec: elasticjob 2.3 Silent failures
Swallowed swallow(const std::exception_ptr& error) {
  if (!error || is_silent(error, true)) return Swallowed::silent;
  if (is_interrupt(error)) return Swallowed::interrupted;
  throw RegError(describe(error));
}

}  // namespace chronofault::elastic_job
