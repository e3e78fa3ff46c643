#include <ports/task/fiber.hpp>

#include <utility>

namespace chronofault {

void Fiber::interrupt() noexcept {
  bool ended_one = false;
  calls_.for_each([&](Interruptible& call) {
    if (!call.interrupt()) return;
    call.hook.unlink();
    ended_one = true;
  });
  if (!ended_one) interrupted_ = true;
}

bool Fiber::take_interrupt() noexcept { return std::exchange(interrupted_, false); }

}  // namespace chronofault
