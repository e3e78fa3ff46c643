#include <ports/setting.hpp>

namespace chronofault::setting {

Setting of(const char* key, SettingType type, Value standard, const char* meaning) {
  Setting made;
  made.key = key;
  made.type = type;
  made.standard = std::move(standard);
  made.meaning = meaning;
  return made;
}

Setting flag(const char* key, bool standard, const char* meaning) {
  return of(key, SettingType::boolean, Value(standard), meaning);
}

Setting whole(const char* key, std::int64_t standard, std::int64_t low, std::int64_t high, const char* meaning) {
  Setting made = of(key, SettingType::integer, Value(standard), meaning);
  made.low = low;
  made.high = high;
  return made;
}

Setting span(const char* key, std::optional<Duration> standard, Duration low, Duration high, const char* meaning) {
  Setting made = of(key, SettingType::duration, Null{}, meaning);
  if (standard) made.standard = standard->count_us();
  made.low = low.count_us();
  made.high = high.count_us();
  return made;
}

Setting text(const char* key, std::optional<std::string> standard, const char* meaning) {
  Setting made = of(key, SettingType::text, Null{}, meaning);
  if (standard) made.standard = std::move(*standard);
  return made;
}

Setting choice(const char* key, std::vector<std::string> choices, const char* meaning) {
  Setting made = one_of(key, std::move(choices), meaning);
  made.standard = made.choices.front();
  return made;
}

Setting one_of(const char* key, std::vector<std::string> choices, const char* meaning) {
  Setting made = of(key, SettingType::text, Null{}, meaning);
  made.choices = std::move(choices);
  return made;
}

}  // namespace chronofault::setting
