// What travels through PowerJob's code as an exception: its own, and those of the ports. Upstream's
// `catch (Exception e)` is attempt().
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include <ports/database/errors.hpp>
#include <ports/network.hpp>
#include <ports/task/task.hpp>

namespace chronofault::powerjob {

/// Upstream's PowerJobException, and the null pointers that its code runs into.
struct Failure {
  explicit Failure(std::string what) : what(std::move(what)) {}
  std::string what;
};

/// Awaits `task` inside upstream's `catch (Exception e)`: what it threw, in one line, is the error.
template <class T>
Task<tl::expected<T, std::string>> attempt(Task<T> task) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      co_return tl::expected<T, std::string>();
    } else {
      T result = co_await std::move(task);
      co_return tl::expected<T, std::string>(std::move(result));
    }
  } catch (const Failure& error) {
    co_return tl::make_unexpected(error.what);
  } catch (const db::DatabaseError& error) {
    co_return tl::make_unexpected("database: " + std::string(db::name_of(error.error)) + " " + error.what);
  } catch (const AskTimeout& error) {
    co_return tl::make_unexpected("ask timeout: " + to_string(error.peer));
  } catch (const NetworkError& error) {
    co_return tl::make_unexpected("connection: " + to_string(error.peer));
  } catch (const Interrupted&) {
    co_return tl::make_unexpected(std::string("interrupted"));
  }
}

}  // namespace chronofault::powerjob
