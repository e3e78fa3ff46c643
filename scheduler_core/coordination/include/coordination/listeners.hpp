// Listeners in the order of their registration. One that is removed while others are told is not told any more.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>

#include <coordination/interrupts.hpp>

namespace chronofault::curator {

enum class ListenerId : std::uint64_t {};

template <class News>
class Listeners {
 public:
  /// The news outlive the task that it makes.
  using Listener = std::function<Task<>(const News& news)>;

  ListenerId add(Listener listener) {
    const auto id = static_cast<ListenerId>(next_++);
    all_.emplace(id, std::make_shared<const Listener>(std::move(listener)));
    return id;
  }
  void remove(ListenerId id) { all_.erase(id); }
  void clear() noexcept { all_.clear(); }
  bool empty() const noexcept { return all_.empty(); }

  /// Tells each in turn. What one throws is dropped, as upstream logs it; an interrupt stays up.
  Task<> tell(News news) {
    // Those that are added meanwhile are not told.
    const auto end = static_cast<ListenerId>(next_);
    for (auto next = all_.begin(); next != all_.end() && next->first < end;) {
      const ListenerId id = next->first;
      const std::shared_ptr<const Listener> listener = next->second;
      bool interrupted = false;
      try {
        co_await (*listener)(news);
      } catch (const Interrupted&) {
        interrupted = true;
      } catch (...) {
      }
      if (interrupted) co_await keep_interrupt();
      next = all_.upper_bound(id);
    }
  }

 private:
  std::uint64_t next_ = 0;
  std::map<ListenerId, std::shared_ptr<const Listener>> all_;
};

}  // namespace chronofault::curator
