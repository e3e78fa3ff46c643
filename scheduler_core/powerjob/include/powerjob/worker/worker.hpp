// The program of one PowerJob worker (powerjob 1, 3.2). Lost at its end: every tracker and every task.
//
// A start that fails (no server answers, or the app is not registered) ends upstream's process; here whoever starts the
// process is taken to do so again after a pause.
#pragma once

#include <memory>

#include <ports/system.hpp>
#include <powerjob/worker/context.hpp>

namespace chronofault::powerjob {

class Worker final : public Program {
 public:
  Worker(Ports& ports, WorkerConfig config);
  ~Worker() override;
  Task<> main() override;

 private:
  struct Parts;
  Task<> receive();
  void handle(const Delivery& message);

  WorkerContext context_;
  std::unique_ptr<Parts> parts_;
  std::unique_ptr<Listener> listener_;
};

}  // namespace chronofault::powerjob
