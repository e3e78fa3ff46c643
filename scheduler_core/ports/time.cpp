#include <array>

#include <ports/time.hpp>

namespace chronofault {

std::string to_string(Duration d) {
  struct Unit {
    std::int64_t us;
    const char* name;
  };
  static constexpr std::array<Unit, 4> units{{{60'000'000, "min"}, {1'000'000, "s"}, {1'000, "ms"}, {1, "us"}}};
  if (d == Duration{}) return "0s";
  for (const Unit& unit : units) {
    if (d.count_us() % unit.us == 0) return std::to_string(d.count_us() / unit.us) + unit.name;
  }
  return {};
}

}  // namespace chronofault
