#include <triggers/trigger_key.hpp>

#include "utf16.hpp"

namespace chronofault::triggers {
namespace {

std::strong_ordering compare(const std::string& a, const std::string& b) {
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
