#include <algorithm>
#include <cstdint>

#include <elastic_job/rules/java_order.hpp>
#include <triggers/trigger_key.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 2.3
void sort_descending(std::vector<std::string>& texts) {
  // Names of triggers are ordered as Java orders texts.
  const auto later = [](const std::string& a, const std::string& b) {
    return triggers::TriggerKey("", b) < triggers::TriggerKey("", a);
  };
  std::sort(texts.begin(), texts.end(), later);
}

// spec: elasticjob 7.6
std::vector<int> item_map_order(const std::vector<int>& items) {
  int capacity = 1;
  while (static_cast<std::size_t>(capacity) < items.size()) capacity *= 2;
  std::vector<int> order = items;
  // The keys are not negative, and an Integer's hash is its value; below 2^16 nothing is spread into the low bits.
  const auto slot = [capacity](int item) {
    const auto hash = static_cast<std::uint32_t>(item);
    return (hash ^ (hash >> 16)) & static_cast<std::uint32_t>(capacity - 1);
  };
  std::stable_sort(order.begin(), order.end(), [slot](int a, int b) { return slot(a) < slot(b); });
  return order;
}

}  // namespace chronofault::elastic_job
