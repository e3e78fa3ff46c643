// A scalar as rows, messages and records carry it, with one textual form and one digest form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <ports/time.hpp>

namespace chronofault {

using Null = std::monostate;
/// Null, boolean, integer, real, text, instant of a wall clock. Compared by alternative first, then by value.
using Value = std::variant<Null, bool, std::int64_t, double, std::string, WallTime>;

struct Field {
  Field(std::string_view name, Value value);  // not inline: g++ 12 then sees uninitialized alternatives where none are
  std::string_view name;                      // of static storage
  Value value;
};
using Fields = std::vector<Field>;

/// "null", "true", "42", "1.5", the text itself, or the instant in UTC with as many decimals as it needs.
std::string to_string(const Value& value);

/// 64 bits that differ when kind or content differs, the same on every machine.
std::uint64_t hash_of(const Value& value) noexcept;
std::uint64_t hash_of(std::string_view text) noexcept;

}  // namespace chronofault
