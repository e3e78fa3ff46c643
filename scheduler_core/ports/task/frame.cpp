#include <array>
#include <cstdlib>
#include <new>
#include <utility>

#include <ports/assert.hpp>
#include <ports/task/frame.hpp>

#if defined(__SANITIZE_ADDRESS__)
#define CF_POOL_FRAMES 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CF_POOL_FRAMES 0
#endif
#endif
#ifndef CF_POOL_FRAMES
#define CF_POOL_FRAMES 1
#endif

namespace chronofault {

namespace {

thread_local FrameLedger* ledger = nullptr;

// Ahead of each frame: whom it is charged to. 16 bytes keep the frame aligned as malloc would.
struct alignas(16) Header {
  FrameLedger* ledger;
};

constexpr std::size_t class_width = 64;
constexpr std::size_t class_count = 32;  // up to 2 KiB; larger frames come from malloc

struct FreeBlock {
  FreeBlock* next;
};

// NOLINTBEGIN(cppcoreguidelines-no-malloc): the blocks below operator new
struct FramePool {
  std::array<FreeBlock*, class_count> free{};
  ~FramePool() {
    for (FreeBlock* block : free) {
      while (block != nullptr) std::free(std::exchange(block, block->next));
    }
  }
};
thread_local FramePool pool;

void* take_block(std::size_t size) {
  const std::size_t size_class = (size + class_width - 1) / class_width;
  if (CF_POOL_FRAMES && size_class < class_count) {
    if (FreeBlock* block = pool.free[size_class]) {
      pool.free[size_class] = block->next;
      return block;
    }
    size = size_class * class_width;
  }
  void* block = std::malloc(size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

void give_block(void* block, std::size_t size) noexcept {
  const std::size_t size_class = (size + class_width - 1) / class_width;
  if (CF_POOL_FRAMES && size_class < class_count) {
    pool.free[size_class] = ::new (block) FreeBlock{pool.free[size_class]};
    return;
  }
  std::free(block);
}
// NOLINTEND(cppcoreguidelines-no-malloc)

}  // namespace

FrameLedger* current_ledger() noexcept { return ledger; }

FrameLedger* set_current_ledger(FrameLedger* next) noexcept { return std::exchange(ledger, next); }

void* allocate_frame(std::size_t size) {
  void* block = take_block(size + sizeof(Header));
  ::new (block) Header{ledger};
  if (ledger != nullptr) ++ledger->frames;
  return static_cast<char*>(block) + sizeof(Header);
}

void free_frame(void* frame, std::size_t size) noexcept {
  void* block = static_cast<char*>(frame) - sizeof(Header);
  FrameLedger* owner = static_cast<Header*>(block)->ledger;
  if (owner != nullptr) {
    --owner->frames;
    CF_ASSERT(owner->frames >= 0);
  }
  give_block(block, size + sizeof(Header));
}

}  // namespace chronofault
