// race(a, b, ...): runs its arms on one fiber, in order, until the first of them ends; the others are destroyed before
// the race returns. Yields std::variant of the arms' results (void as std::monostate), or throws what the winner threw.
// When an arm ends at once, later arms never start: put the interesting one first and the timeout last. Arms due at
// one instant are decided by the order of their wake-ups.
#pragma once

#include <tuple>
#include <utility>
#include <variant>

#include <ports/task/task.hpp>

namespace chronofault {

namespace detail {
template <class T>
using Mono = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class Op>
decltype(auto) get_awaiter(Op&& op) {
  if constexpr (requires { std::forward<Op>(op).operator co_await(); }) {
    return std::forward<Op>(op).operator co_await();
  } else {
    return std::forward<Op>(op);
  }
}
template <class Op>
using AwaitResult = decltype(get_awaiter(std::declval<Op>()).await_resume());
}  // namespace detail

/// An operation as a task of its own.
template <class Op>
Task<detail::AwaitResult<Op>> as_task(Op operation) {
  static_assert(safe_in_coroutine<Op>);
  co_return co_await std::move(operation);
}
template <class T>
Task<T> as_task(Task<T> task) {
  return task;
}

template <class... A>
class [[nodiscard]] Race {
 public:
  using Result = std::variant<detail::Mono<A>...>;

  explicit Race(Task<A>... arms) : arms_(std::move(arms)...) {}

  class Awaiter {
   public:
    explicit Awaiter(std::tuple<Task<A>...> arms) : arms_(std::move(arms)) {}
    Awaiter(const Awaiter&) = delete;
    Awaiter& operator=(const Awaiter&) = delete;

    bool await_ready() const noexcept { return false; }
    template <class P>
    bool await_suspend(std::coroutine_handle<P> parent) {
      return !start_in_order(parent, std::index_sequence_for<A...>{});
    }
    Result await_resume() { return take_finished(std::index_sequence_for<A...>{}); }

   private:
    template <class P, std::size_t... I>
    bool start_in_order(std::coroutine_handle<P> parent, std::index_sequence<I...>) {
      return (parent.promise().start(std::get<I>(arms_).handle(), parent) || ...);
    }
    template <std::size_t I>
    static bool finished(std::tuple<Task<A>...>& arms) {
      return std::get<I>(arms).handle().done();
    }
    template <std::size_t... I>
    Result take_finished(std::index_sequence<I...>) {
      // The losers go before the winner's result is looked at, and before the end of the caller's full expression.
      std::size_t index = sizeof...(A);
      (void)((finished<I>(arms_) ? (index = I, true) : false) || ...);
      CF_ASSERT(index < sizeof...(A));
      (drop_unless<I>(index), ...);
      std::optional<Result> result;
      (take_if<I>(index, result), ...);
      return std::move(*result);
    }
    template <std::size_t I>
    void drop_unless(std::size_t index) {
      if (I != index) [[maybe_unused]]
        auto loser = std::move(std::get<I>(arms_));
    }
    template <std::size_t I>
    void take_if(std::size_t index, std::optional<Result>& result) {
      if (I != index) return;
      auto winner = std::move(std::get<I>(arms_));
      if constexpr (std::is_void_v<std::tuple_element_t<I, std::tuple<A...>>>) {
        winner.handle().promise().take();
        result.emplace(std::in_place_index<I>);
      } else {
        result.emplace(std::in_place_index<I>, winner.handle().promise().take());
      }
    }

    std::tuple<Task<A>...> arms_;
  };
  Awaiter operator co_await() && { return Awaiter(std::move(arms_)); }

 private:
  std::tuple<Task<A>...> arms_;
};

template <class... Op>
auto race(Op... operations) {
  return Race{as_task(std::move(operations))...};  // braces: left to right on every compiler
}

}  // namespace chronofault
