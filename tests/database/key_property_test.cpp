// Keys as bytes, and the ordered map of them, against values and std::map.
#include <map>
#include <random>

#include <catch2/catch.hpp>

#include <sim/database/key_map.hpp>
#include <support/property.hpp>

using namespace chronofault;
using namespace chronofault::sim;

namespace {

rc::Gen<Value> any_value() {
  const auto whole = rc::gen::oneOf(rc::gen::inRange<std::int64_t>(-300, 300), rc::gen::arbitrary<std::int64_t>());
  const auto letter = rc::gen::element('\0', '\1', 'a', 'b', '\xFE', '\xFF');
  return rc::gen::oneOf(
      rc::gen::just(Value(Null{})), rc::gen::map(rc::gen::arbitrary<bool>(), [](bool v) { return Value(v); }),
      rc::gen::map(whole, [](std::int64_t v) { return Value(v); }),
      rc::gen::map(rc::gen::inRange(-9, 9), [](int v) { return Value(v / 4.0); }),
      rc::gen::map(rc::gen::container<std::string>(letter), [](std::string v) { return Value(std::move(v)); }),
      rc::gen::map(whole, [](std::int64_t v) { return Value(WallTime::from_us(v)); }));
}

rc::Gen<Key> any_key() {
  return rc::gen::mapcat(rc::gen::inRange<std::size_t>(0, 4),
                         [](std::size_t n) { return rc::gen::container<Key>(n, any_value()); });
}

/// Column by column; the beginning of a key comes first.
int compare_values(const Key& a, const Key& b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (const int order = sim::compare(a[i], b[i]); order != 0) return order;
  }
  return a.size() < b.size() ? -1 : a.size() > b.size();
}

bool begins_with(const Key& key, const Key& prefix) {
  return key.size() >= prefix.size() &&
         compare_values(Key(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(prefix.size())), prefix) == 0;
}

int sign(int order) { return (order > 0) - (order < 0); }

}  // namespace

TEST_CASE("bytes of keys compare as their values do", "[database:1.1]") {
  support::check_property("order", [] {
    const Key a = *any_key();
    Key b = *any_key();
    const std::size_t common = *rc::gen::inRange<std::size_t>(0, a.size() + 1);  // seldom by chance
    for (std::size_t i = 0; i < common && i < b.size(); ++i) b[i] = a[i];
    const int order = compare_values(a, b);
    RC_ASSERT(sign(bytes_of(a).compare(bytes_of(b))) == sign(order));
    RC_ASSERT(bytes_of(a).starts_with(bytes_of(b)) == begins_with(a, b));
    const int to_end = begins_with(a, b) ? -1 : sign(order);
    RC_ASSERT(sign(bytes_of(a).compare(after(bytes_of(b)))) == to_end);
    RC_ASSERT(KeyPrefix(bytes_of(a)) <= KeyPrefix(bytes_of(b)) || order > 0);
    if (a.size() < b.size() && begins_with(b, a)) {
      RC_ASSERT(null_follows(bytes_of(b), bytes_of(a)) == std::holds_alternative<Null>(b[a.size()]));
    }
  });
}

TEST_CASE("-0 is 0", "[database:1.1]") { CHECK(bytes_of({Value(-0.0)}) == bytes_of({Value(0.0)})); }

namespace {

/// Few, so that they come again; half of them share their first sixteen bytes.
KeyBytes some_key(std::minstd_rand& random, std::int64_t range) {
  KeyBytes key(random() % 2 * 20, 'x');
  append(key, Value(static_cast<std::int64_t>(random()) % range));
  return key;
}

void check_same(const KeyMap<int>& map, const std::map<KeyBytes, int>& model) {
  RC_ASSERT(map.size() == model.size());
  RC_ASSERT(std::equal(map.begin(), map.end(), model.begin(), model.end()));
  auto at = map.end();
  for (auto expected = model.rbegin(); expected != model.rend(); ++expected)
    RC_ASSERT((--at)->first == expected->first);
  RC_ASSERT(at == map.begin());
}

}  // namespace

TEST_CASE("the map of keys is an ordered map", "[database:3.1]") {
  support::check_property("as std::map",
                          [] {
                            KeyMap<int> map;
                            std::map<KeyBytes, int> model;
                            const auto range = *rc::gen::element<std::int64_t>(10, 2'000, 100'000);
                            const int steps = *rc::gen::inRange(1, 20'000);  // three levels of nodes
                            std::minstd_rand random(*rc::gen::arbitrary<std::uint32_t>());
                            const bool ascends = *rc::gen::arbitrary<bool>();
                            const int erases = *rc::gen::inRange(0, 90);  // percent
                            const int* stays = nullptr;
                            for (int i = 0; i < steps; ++i) {
                              KeyBytes key = some_key(random, range);
                              if (ascends) {
                                key.clear();
                                append(key, Value(std::int64_t{i}));
                              }
                              const auto next = map.lower_bound(key);
                              const auto expected = model.lower_bound(key);
                              RC_ASSERT((next == map.end()) == (expected == model.end()));
                              if (next != map.end()) RC_ASSERT(next->first == expected->first);
                              if (next != map.end() && static_cast<int>(random() % 100) < erases) {
                                if (&next->second == stays) stays = nullptr;
                                map.erase(next);
                                model.erase(expected);
                              } else if (!map.contains(key)) {
                                const auto made = map.insert(next, key, i);
                                RC_ASSERT(made->first == key);
                                model.emplace(key, i);
                                if (stays == nullptr) stays = &made->second;
                              }
                            }
                            if (stays != nullptr) {
                              const auto is_it = [&](const auto& entry) { return &entry.second == stays; };
                              RC_ASSERT(std::any_of(map.begin(), map.end(), is_it));  // where it was
                            }
                            check_same(map, model);
                            while (!map.empty()) map.erase(random() % 2 == 0 ? map.begin() : std::prev(map.end()));
                            check_same(map, {});
                          },
                          {.cases_percent = 30});
}
