// What a worker tells its server by itself (powerjob 3.2): W2 heartbeats, W3 log lines.
#pragma once

#include <deque>
#include <string>

#include <powerjob/worker/context.hpp>

namespace chronofault::powerjob {

/// M3 every 15 s (V511: 10 s); not sent while no server is known.
class HealthReporter {
 public:
  explicit HealthReporter(WorkerContext& worker) : worker_(worker) {}
  void beat();

 private:
  WorkerContext& worker_;
};

/// M5 every 5 s in batches of 20 lines. Without a server the whole queue is thrown away.
class LogReporter {
 public:
  explicit LogReporter(WorkerContext& worker) : worker_(worker) {}
  void add(std::string line) { lines_.push_back(std::move(line)); }
  void submit();

 private:
  WorkerContext& worker_;
  std::deque<std::string> lines_;
};

}  // namespace chronofault::powerjob
