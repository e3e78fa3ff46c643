#include <quartz/worker_pool.hpp>

namespace chronofault::quartz {

WorkerPool::WorkerPool(Executor& executor, std::string name, int threads)
    : executor_(executor), name_(std::move(name)), available_(threads), scope_(executor) {
  CF_ASSERT(threads >= 0);
}

Task<int> WorkerPool::wait_available() {
  while ((available_ < 1 || handing_over_) && !shut_down_) co_await changed_.wait();
  co_return available_;
}

Task<> WorkerPool::run(Job job) {
  handing_over_ = true;
  while (available_ < 1 && !shut_down_) co_await changed_.wait();
  if (!shut_down_) --available_;
  ++busy_;
  scope_.spawn_on(executor_.pool(name_), name_, work(std::move(job)));
  handing_over_ = false;
  changed_.notify_all();
}

Task<> WorkerPool::work(Job job) {
  try {
    co_await job();
  } catch (...) {
  }
  --busy_;
  if (!shut_down_) ++available_;
  changed_.notify_all();
}

Task<> WorkerPool::shutdown(bool wait) {
  shut_down_ = true;
  available_ = 0;
  changed_.notify_all();
  if (!wait) co_return;
  while (handing_over_ || busy_ > 0) co_await changed_.wait();
}

}  // namespace chronofault::quartz
