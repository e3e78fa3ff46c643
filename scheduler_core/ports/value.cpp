#include <bit>
#include <utility>

#include <fmt/format.h>

#include <ports/time_zone.hpp>
#include <ports/value.hpp>

namespace chronofault {

namespace {

// The finalizer of MurmurHash3: every input bit reaches every output bit.
std::uint64_t mix(std::uint64_t x) noexcept {
  x = (x ^ (x >> 33)) * 0xff51'afd7'ed55'8ccdu;
  x = (x ^ (x >> 33)) * 0xc4ce'b9fe'1a85'ec53u;
  return x ^ (x >> 33);
}

}  // namespace

Field::Field(std::string_view field_name, Value v) : name(field_name), value(std::move(v)) {}

std::string to_string(const Value& value) {
  struct Printer {
    std::string operator()(Null) const { return "null"; }
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return std::to_string(v); }
    std::string operator()(double v) const { return fmt::format("{}", v); }
    std::string operator()(const std::string& v) const { return v; }
    std::string operator()(WallTime v) const { return to_string(v, utc(), v.us() % 1'000 != 0); }
  };
  return std::visit(Printer{}, value);
}

std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t h = 0xcbf2'9ce4'8422'2325u;  // FNV-1a, then mixed
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x0000'0100'0000'01b3u;
  return mix(h + text.size());
}

std::uint64_t hash_of(const Value& value) noexcept {
  struct Hasher {
    std::uint64_t operator()(Null) const noexcept { return 0; }
    std::uint64_t operator()(bool v) const noexcept { return v ? 1 : 0; }
    std::uint64_t operator()(std::int64_t v) const noexcept { return static_cast<std::uint64_t>(v); }
    std::uint64_t operator()(double v) const noexcept { return std::bit_cast<std::uint64_t>(v); }
    std::uint64_t operator()(const std::string& v) const noexcept { return hash_of(std::string_view(v)); }
    std::uint64_t operator()(WallTime v) const noexcept { return static_cast<std::uint64_t>(v.us()); }
  };
  return mix(std::visit(Hasher{}, value) + 0x9e37'79b9'7f4a'7c15u * (value.index() + 1));
}

}  // namespace chronofault
