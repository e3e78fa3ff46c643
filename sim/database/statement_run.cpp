#include <sim/database/statement_run.hpp>

namespace chronofault::sim {

bool StatementRun::start(Task<> task) {
  task_.emplace(std::move(task));
  leaf_ = task_->handle();
  return resume();
}

bool StatementRun::resume() {
  std::exchange(leaf_, nullptr).resume();
  if (!task_->handle().done()) return false;
  task_->handle().promise().take();
  return true;
}

}  // namespace chronofault::sim
