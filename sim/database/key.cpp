#include <array>
#include <bit>
#include <variant>

#include <sim/database/key.hpp>

namespace chronofault::sim {

namespace {

class KeyWriter {
 public:
  /// First bytes. Around those of 0 there are eight on each side: for numbers of that many bytes.
  enum First : unsigned char {
    null = 0x08,
    flag = 0x10,
    zero = 0x28,
    real = 0x40,
    text = 0x50,
    instant_zero = 0x68,
    above_all = 0xFE
  };

  explicit KeyWriter(KeyBytes& key) : key_(key) {}

  void operator()(Null) { put(null); }
  void operator()(bool v) { put(flag + (v ? 1U : 0U)); }
  void operator()(std::int64_t v) { put_whole(zero, v); }
  void operator()(double v) {
    const auto bits = std::bit_cast<std::uint64_t>(v == 0 ? 0.0 : v);
    constexpr std::uint64_t sign = std::uint64_t{1} << 63;
    put_number(real, (bits & sign) != 0 ? ~bits : bits | sign, 8);
  }
  void operator()(const std::string& v) {
    put(text);
    for (std::size_t from = 0;;) {
      const std::size_t zero_at = v.find('\0', from);
      key_.append(v, from, zero_at - from);
      if (zero_at == std::string::npos) break;
      put(0);
      put(0xFF);
      from = zero_at + 1;
    }
    put(0);
    put(1);
  }
  void operator()(WallTime v) { put_whole(instant_zero, v.us()); }

 private:
  void put(std::uint64_t byte) { key_.push_back(static_cast<char>(byte)); }
  void put_whole(unsigned kind_of_zero, std::int64_t v) {
    const auto digits = static_cast<std::uint64_t>(v < 0 ? ~v : v);
    const unsigned length = (static_cast<unsigned>(std::bit_width(digits)) + 7) / 8;
    put_number(v < 0 ? kind_of_zero - 1 - length : kind_of_zero + length, static_cast<std::uint64_t>(v), length);
  }
  void put_number(unsigned kind, std::uint64_t of, unsigned length) {
    std::array<char, 9> bytes{static_cast<char>(kind)};
    for (unsigned i = 0; i < length; ++i) bytes[length - i] = static_cast<char>(of >> (8 * i) & 0xFF);
    key_.append(bytes.data(), length + 1);
  }

  KeyBytes& key_;
};

}  // namespace

void append(KeyBytes& key, const Value& value) { std::visit(KeyWriter(key), value); }

KeyBytes bytes_of(const Key& key) {
  KeyBytes bytes;
  for (const Value& value : key) append(bytes, value);
  return bytes;
}

KeyBytes after(std::string_view prefix) {
  KeyBytes end(prefix);
  end.push_back(static_cast<char>(KeyWriter::above_all));
  return end;
}

bool null_follows(std::string_view key, std::string_view prefix) noexcept {
  return static_cast<unsigned char>(key[prefix.size()]) == KeyWriter::null;
}

}  // namespace chronofault::sim
