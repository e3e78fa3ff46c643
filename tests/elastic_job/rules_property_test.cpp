// What holds for every assignment, and for every configuration that is written and read again.
#include <algorithm>
#include <set>

#include <catch2/catch.hpp>

#include <elastic_job/errors.hpp>
#include <elastic_job/job_configuration.hpp>
#include <elastic_job/rules/java_order.hpp>
#include <elastic_job/rules/sharding_strategy.hpp>
#include <elastic_job/rules/task_context.hpp>
#include <support/property.hpp>

using namespace chronofault;
using namespace chronofault::elastic_job;

namespace {

std::vector<std::string> instances_of(int count) {
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) ids.push_back(instance_id("10.0.0." + std::to_string(i), 1000 + i));
  sort_descending(ids);
  return ids;
}

std::string drawn_text() {
  static const std::string alphabet = "ab0: #'\"-?*,{}[]&!|>%@`\\\n\ttrue.=/~";
  const int length = *rc::gen::inRange(0, 24);
  std::string text;
  for (int i = 0; i < length; ++i) {
    text += alphabet[static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(alphabet.size())))];
  }
  return text;
}

}  // namespace

TEST_CASE("a single item goes round the instances with the clock", "[elasticjob:7.5 SINGLE_SHARDING_BALANCE]") {
  const std::vector<std::string> ids{"c", "b", "a"};
  const auto owner = [&ids](std::int64_t ms) {
    for (const auto& [id, items] : single_sharding_balance(ids, "a", 1, WallTime::from_ms(ms))) {
      if (!items.empty()) return id;
    }
    return std::string();
  };
  // The hash of "a" is 97.
  CHECK(owner(2) == "c");
  CHECK(owner(3) == "b");
  CHECK(owner(4) == "a");
  CHECK(owner(5) == "c");
  // The clock is cast to 32 bits, and the sum wraps around: its absolute value counts.
  CHECK(owner((std::int64_t{1} << 32) + 3) == "b");
  CHECK(owner((std::int64_t{1} << 32) - 98) == "b");
}

TEST_CASE("every item has one owner, and shares differ by one item at most", "[elasticjob:7.5]") {
  support::check_property("assignments", [] {
    const int count = *rc::gen::inRange(1, 12);
    const int total = *rc::gen::inRange(1, 60);
    const std::string job = *rc::gen::arbitrary<std::string>();
    const auto strategy = static_cast<ShardingStrategy>(*rc::gen::inRange(0, 4));
    const WallTime now = WallTime::from_ms(*rc::gen::inRange(0, 2'000'000'000));
    Assignment assignment;
    try {
      assignment = shard(strategy, instances_of(count), job, total, now);
    } catch (const JavaError&) {
      return;  // the hash of one name in 2^32 has no absolute value
    }
    std::multiset<int> items;
    std::size_t least = 60;
    std::size_t most = 0;
    for (const auto& [id, share] : assignment) {
      items.insert(share.begin(), share.end());
      least = std::min(least, share.size());
      most = std::max(most, share.size());
    }
    RC_ASSERT(assignment.size() == static_cast<std::size_t>(count));
    RC_ASSERT(items.size() == static_cast<std::size_t>(total));
    RC_ASSERT(*items.begin() == 0 && *items.rbegin() == total - 1);
    RC_ASSERT(std::set<int>(items.begin(), items.end()).size() == items.size());
    RC_ASSERT(most - least <= 1);
  });
}

TEST_CASE("a configuration that is written and read again is the same", "[elasticjob:6.1]") {
  support::check_property("round trip", [] {
    const auto release = static_cast<Release>(*rc::gen::inRange(0, 8));
    const Profile profile = Profile::of(release);
    JobConfiguration given("job " + drawn_text(), *rc::gen::inRange(1, 1'000));
    if (*rc::gen::arbitrary<bool>()) given.cron = drawn_text();
    given.sharding_item_parameters = drawn_text();
    given.job_parameter = drawn_text();
    given.description = drawn_text();
    if (*rc::gen::arbitrary<bool>()) given.job_error_handler_type = drawn_text();
    given.failover = *rc::gen::arbitrary<bool>();
    given.misfire = *rc::gen::arbitrary<bool>();
    given.max_time_diff_seconds = *rc::gen::inRange(-5, 5);
    given.props["a.b"] = drawn_text();
    if (release >= Release::v3_0_0) {
      given.static_sharding = *rc::gen::arbitrary<bool>();
      given.job_listener_types = {"one", drawn_text()};
    }
    const std::string yaml = to_yaml(given, profile);
    RC_LOG() << yaml;
    RC_ASSERT(load_yaml(yaml, profile) == given);
  });
}

TEST_CASE("a long text is folded and read back whole", "[elasticjob:6.1]") {
  JobConfiguration given("job", 1);
  for (int i = 0; i < 60; ++i) *given.description += (i == 0 ? "word" : " word") + std::to_string(i);
  const std::string yaml = to_yaml(given, Profile());
  std::size_t longest = 0;
  for (std::size_t from = 0; from < yaml.size();) {
    const std::size_t end = yaml.find('\n', from);
    longest = std::max(longest, end - from);
    from = end + 1;
  }
  CHECK(longest < 100);
  CHECK(load_yaml(yaml, Profile()) == given);
}

TEST_CASE("the order of the item map is a permutation by the lowest bits", "[elasticjob:7.6]") {
  support::check_property("order", [] {
    std::set<int> drawn;
    const int count = *rc::gen::inRange(0, 20);
    while (static_cast<int>(drawn.size()) < count) drawn.insert(*rc::gen::inRange(0, 200));
    const std::vector<int> items(drawn.begin(), drawn.end());
    std::vector<int> order = item_map_order(items);
    int capacity = 1;
    while (capacity < count) capacity *= 2;
    for (std::size_t i = 1; i < order.size(); ++i) {
      const auto key = [capacity](int item) { return std::pair(item % capacity, item); };
      RC_ASSERT(key(order[i - 1]) < key(order[i]));
    }
    std::sort(order.begin(), order.end());
    RC_ASSERT(order == items);
  });
}
