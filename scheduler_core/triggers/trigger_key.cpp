#include <algorithm>

#include <triggers/trigger_key.hpp>

#include "utf16.hpp"

namespace chronofault::triggers {
namespace {

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// String.compareTo: by UTF-16 units, which is by bytes where texts part among ASCII characters.
std::strong_ordering compare(const std::string& a, const std::string& b) {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const bool begins_there = in_a == a.begin() || is_ascii(in_a[-1]);
  if (begins_there && (in_a == a.end() || is_ascii(*in_a)) && (in_b == b.end() || is_ascii(*in_b))) return a <=> b;
  return to_utf16(a).compare(to_utf16(b)) <=> 0;
}

}  // namespace

std::strong_ordering operator<=>(const TriggerKey& a, const TriggerKey& b) {
  if (a.group != b.group) {
    if (a.group == default_group) return std::strong_ordering::less;
    if (b.group == default_group) return std::strong_ordering::greater;
    return compare(a.group, b.group);
  }
  return compare(a.name, b.name);
}

std::strong_ordering operator<=>(const TriggerOrder& a, const TriggerOrder& b) {
  if (a.next != b.next) {
    if (!a.next) return std::strong_ordering::greater;
    if (!b.next) return std::strong_ordering::less;
    return *a.next <=> *b.next;
  }
  if (a.priority != b.priority) return b.priority <=> a.priority;
  return a.key <=> b.key;
}

}  // namespace chronofault::triggers
