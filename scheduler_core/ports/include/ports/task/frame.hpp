// Memory of coroutine frames: a thread-local pool of size classes (malloc under AddressSanitizer, so that a use after
// free is seen), and a ledger per process. A dead process must own no frame and no tracked object.
#pragma once

#include <cstddef>
#include <cstdint>

namespace chronofault {

/// What a process holds. The executor's owner sets the current ledger around each step; frames and tracked objects
/// are charged to it until they are freed, whoever frees them.
struct FrameLedger {
  std::int64_t frames = 0;
  std::int64_t objects = 0;
};

FrameLedger* current_ledger() noexcept;
/// Returns the former one. Null: charged to nobody.
FrameLedger* set_current_ledger(FrameLedger* next) noexcept;

void* allocate_frame(std::size_t size);
void free_frame(void* frame, std::size_t size) noexcept;

/// A base that charges its object to the current ledger: locks, sessions, connections, channels.
class Counted {
 public:
  Counted() noexcept : ledger_(current_ledger()) { charge(1); }
  Counted(const Counted&) noexcept : Counted() {}
  // NOLINTNEXTLINE(bugprone-unhandled-self-assignment): an object stays charged to whom it was
  Counted& operator=(const Counted&) noexcept { return *this; }
  ~Counted() { charge(-1); }

 private:
  void charge(std::int64_t n) noexcept {
    if (ledger_ != nullptr) ledger_->objects += n;
  }
  FrameLedger* ledger_;
};

}  // namespace chronofault
