// as_result: the outcome of a task as a value.
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include <ports/task/result.hpp>
#include <support/bench.hpp>

using namespace support;

namespace {

struct Broken {
  explicit Broken(std::string what) : what(std::move(what)) {}
  std::string what;
};
struct VeryBroken : Broken {
  using Broken::Broken;
};
struct Other {};

Task<std::unique_ptr<int>> makes(int n) {
  if (n < 0) throw VeryBroken("negative");
  if (n == 0) throw Other();
  co_return std::make_unique<int>(n);
}
Task<> does(int n) { const std::unique_ptr<int> made = co_await makes(n); }

Task<std::string> told(int n) {
  const auto made = co_await as_result<Broken>(makes(n));
  const auto done = co_await as_result<Broken>(does(n));
  CHECK(made.has_value() == done.has_value());
  co_return made ? std::to_string(**made) : made.error().what + ", " + done.error().what;
}

}  // namespace

TEST_CASE("as_result: a value, or the error that was asked for; others pass") {
  Bench bench;
  std::string good;
  std::string bad;
  bool passed = false;
  bench.start(
      [](std::string* into, std::string* failed, bool* through) -> Task<> {
        *into = co_await told(7);
        *failed = co_await told(-1);
        try {
          co_await told(0);
        } catch (const Other&) {
          *through = true;
        }
      },
      &good, &bad, &passed);
  bench.run();
  CHECK(bench.kernel.steps() == 1);
  CHECK(good == "7");
  CHECK(bad == "negative, negative");
  CHECK(passed);
}
