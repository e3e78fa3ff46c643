#include <catch2/catch.hpp>

#include <coordination/java_hash_map.hpp>

namespace {

using namespace chronofault::curator;

std::vector<std::string> keys(const JavaHashMap<int>& map) {
  std::vector<std::string> all;
  for (const auto& [key, value] : map.entries()) all.push_back(key);
  return all;
}

TEST_CASE("String.hashCode, over UTF-16 units", "[zookeeper:11]") {
  CHECK(java_hash("") == 0);
  CHECK(java_hash("abc") == 96354);
  CHECK(java_hash("/r/c") == 1511287);
  CHECK(java_hash("polygenelubricants") == INT32_MIN);
  CHECK(java_hash("\xc3\xa4") == 0xe4);
  CHECK(java_hash("\xf0\x9f\x98\x80") == 31 * 0xd83d + 0xde00);
}

TEST_CASE("entries come by slot, and within one by insertion; the table grows at three quarters", "[zookeeper:11]") {
  JavaHashMap<int> map;
  for (const char* key : {"c", "a", "b", "q"}) map.put(key, 1);  // q is 16 after a: the same slot
  CHECK(keys(map) == std::vector<std::string>{"a", "q", "b", "c"});
  CHECK(map.put("a", 2) == 1);
  CHECK(map.take("q") == 1);
  CHECK(keys(map) == std::vector<std::string>{"a", "b", "c"});
  map.put("q", 1);
  for (const char* key : {"d", "e", "f", "g", "h", "i", "j", "k"}) map.put(key, 1);  // 12: 32 slots
  CHECK(keys(map).back() == "q");
}

}  // namespace
