// Errors of the world are thrown. Where a caller branches on one of them instead of letting it pass, it asks for the
// outcome as a value, and may await in either branch (a catch block may not):
//
//   auto job = co_await as_result<JobPersistence>(retrieve_job(tx, key));
//   if (!job) co_await mark_as_failed(job.error());
#pragma once

#include <type_traits>
#include <utility>

#include <tl/expected.hpp>

#include <ports/task/task.hpp>

namespace chronofault {

/// Awaits `task`. What it throws of type E is the error (a class derived from E is cut down to E); anything else is
/// thrown on. Takes no step of its own.
template <class E, class T>
Task<tl::expected<T, E>> as_result(Task<T> task) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      co_return tl::expected<T, E>();
    } else {
      T value = co_await std::move(task);
      co_return tl::expected<T, E>(std::move(value));
    }
  } catch (const E& error) {
    co_return tl::make_unexpected(error);
  }
}

}  // namespace chronofault
