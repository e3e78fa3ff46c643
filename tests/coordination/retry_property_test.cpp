// The retry policies' laws (zookeeper 10).
#include <catch2/catch.hpp>

#include <coordination/retry.hpp>
#include <support/property.hpp>

namespace {

using namespace chronofault;
using namespace chronofault::literals;
using namespace chronofault::curator;

class Fixed final : public RandomStream {
 public:
  explicit Fixed(std::uint64_t bits) : bits_(bits) {}
  std::uint64_t next() noexcept override { return bits_ = bits_ * 6364136223846793005u + 1442695040888963407u; }

 private:
  std::uint64_t bits_;
};

TEST_CASE("exponential backoff: base times at least 1 and less than 2^(k+1), bounded", "[zookeeper:10]") {
  support::check_property("law", [](std::uint64_t seed, std::uint8_t k, std::uint16_t base_ms) {
    Fixed draws(seed);
    const Duration base = Duration::ms(base_ms + 1);
    const Duration sleep_max = base * 20;
    const int retry = k % 40;
    const auto decision = exponential_backoff(base, 35, sleep_max)->decide(retry, Duration(), draws);
    RC_ASSERT(decision.retry == (retry < 29));
    if (!decision.retry) return;
    RC_ASSERT(decision.sleep >= base);
    RC_ASSERT(decision.sleep <= sleep_max);
    RC_ASSERT(decision.sleep % base == Duration());
    if (retry < 4) RC_ASSERT(decision.sleep <= base * ((1 << (retry + 1)) - 1));
  });
}

TEST_CASE("the first retry of exponential backoff sleeps for the base", "[zookeeper:10]") {
  support::check_property("k = 0", [](std::uint64_t seed) {
    Fixed draws(seed);
    RC_ASSERT(exponential_backoff(1_s, 3, 3_s)->decide(0, Duration(), draws).sleep == 1_s);
    RC_ASSERT(bounded_exponential_backoff(5_s, 3_s, 3)->decide(0, Duration(), draws).sleep == 3_s);
  });
}

TEST_CASE("the other policies", "[zookeeper:10]") {
  Fixed draws(1);
  CHECK(retry_n_times(2, 1_s)->decide(1, 1_h, draws).retry);
  CHECK_FALSE(retry_n_times(2, 1_s)->decide(2, Duration(), draws).retry);
  CHECK(retry_one_time(1_s)->decide(0, Duration(), draws).sleep == 1_s);
  CHECK_FALSE(retry_one_time(1_s)->decide(1, Duration(), draws).retry);
  CHECK(retry_forever(1_s)->decide(1'000'000, 1_h, draws).retry);
  CHECK(retry_until_elapsed(10_s, 1_s)->decide(7, 9_s, draws).retry);
  CHECK_FALSE(retry_until_elapsed(10_s, 1_s)->decide(7, 10_s, draws).retry);
}

TEST_CASE("only lost connections, moved and expired sessions are retried", "[zookeeper:10]") {
  CHECK(retryable(zk::Code::connection_loss));
  CHECK(retryable(zk::Code::operation_timeout));
  CHECK(retryable(zk::Code::session_moved));
  CHECK(retryable(zk::Code::session_expired));
  for (const zk::Code code : {zk::Code::no_node, zk::Code::node_exists, zk::Code::bad_version, zk::Code::not_empty,
                              zk::Code::ok, zk::Code::request_timeout}) {
    CHECK_FALSE(retryable(code));
  }
}

}  // namespace
