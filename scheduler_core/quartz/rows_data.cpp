// Texts in rows where upstream has serialized objects: JOB_DATA, and CALENDAR in rows_calendar.cpp.
#include <quartz/tables.hpp>

namespace chronofault::quartz {

namespace {

void append_escaped(std::string& text, const std::string& part) {
  for (const char c : part) {
    if (c == '\\' || c == '=') text += '\\';
    text += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
}

}  // namespace

std::optional<std::string> to_text(const JobData& data) {
  if (data.empty()) return std::nullopt;
  std::string text;
  for (const auto& [key, value] : data) {
    append_escaped(text, key);
    text += '=';
    append_escaped(text, value);
    text += '\n';
  }
  return text;
}

JobData data_from_text(const std::optional<std::string>& text) {
  JobData data;
  if (!text) return data;
  std::string key;
  std::string part;
  bool in_value = false;
  for (std::size_t i = 0; i < text->size(); ++i) {
    const char c = (*text)[i];
    if (c == '\\' && i + 1 < text->size()) {
      const char escaped = (*text)[++i];
      part += escaped == 'n' ? '\n' : escaped;
    } else if (c == '=' && !in_value) {
      key = std::exchange(part, {});
      in_value = true;
    } else if (c == '\n' && in_value) {
      data[std::exchange(key, {})] = std::exchange(part, {});
      in_value = false;
    } else {
      part += c;
    }
  }
  if (in_value || !part.empty()) throw UnreadableRow("JOB_DATA ends within an entry");
  return data;
}

}  // namespace chronofault::quartz
