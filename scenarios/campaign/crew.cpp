#include "crew.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace chronofault::scenarios {

void share_out(std::uint64_t count, int jobs, const std::function<void(int, std::uint64_t)>& piece,
               const std::function<void(std::uint64_t)>& progress) {
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> done{0};
  std::mutex mutex;
  std::condition_variable ended;
  int running = static_cast<int>(
      std::min<std::uint64_t>(static_cast<std::uint64_t>(std::max(jobs, 1)), std::max<std::uint64_t>(count, 1)));
  std::exception_ptr failure;
  const auto work = [&](int worker) {
    try {
      for (std::uint64_t index = next++; index < count; index = next++) {
        piece(worker, index);
        ++done;
      }
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (failure == nullptr) failure = std::current_exception();
      next = count;
    }
    const std::lock_guard lock(mutex);
    --running;
    ended.notify_one();
  };
  std::vector<std::thread> crew;
  const int size = running;
  for (int worker = 0; worker < size; ++worker) crew.emplace_back(work, worker);
  std::unique_lock lock(mutex);
  while (!ended.wait_for(lock, std::chrono::milliseconds(250), [&] { return running == 0; })) {
    if (!progress) continue;
    lock.unlock();
    progress(done);
    lock.lock();
  }
  lock.unlock();
  for (std::thread& thread : crew) thread.join();
  if (failure != nullptr) std::rethrow_exception(failure);
  if (progress) progress(done);
}

}  // namespace chronofault::scenarios
