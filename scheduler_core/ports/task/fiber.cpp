#include <utility>

#include <ports/task/fiber.hpp>

namespace chronofault {

void Fiber::interrupt() noexcept {
  if (delivering_) return;
  calls_.for_each([&](Interruptible& call) {
    if (!call.interrupt()) return;
    call.hook.unlink();
    delivering_ = true;
  });
  if (!delivering_) interrupted_ = true;
}

bool Fiber::take_interrupt() noexcept { return std::exchange(interrupted_, false); }

}  // namespace chronofault
