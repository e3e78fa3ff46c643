#include <coordination/errors.hpp>
#include <elastic_job/errors.hpp>
#include <ports/coordination/errors.hpp>
#include <ports/task/task.hpp>
#include <quartz/job_store.hpp>

namespace chronofault::elastic_job {

std::string describe(const std::exception_ptr& error) {
  if (!error) return "";
  try {
    std::rethrow_exception(error);
  } catch (const Failure& failure) {
    return std::string(failure.type) + ": " + failure.message;
  } catch (const zk::KeeperError& failure) {
    return "KeeperException: " + std::string(zk::name_of(failure.code)) + " for " + failure.path;
  } catch (const curator::IllegalState& failure) {
    return "IllegalStateException: " + failure.what;
  } catch (const quartz::SchedulerException& failure) {
    return "SchedulerException: " + failure.message;
  } catch (const zk::IllegalArgument& failure) {
    return "IllegalArgumentException: " + failure.what;
  } catch (const Interrupted&) {
    return "InterruptedException";
  } catch (const std::exception& failure) {
    return std::string("Exception: ") + failure.what();
  } catch (...) {
    return "Throwable";
  }
}

}  // namespace chronofault::elastic_job
