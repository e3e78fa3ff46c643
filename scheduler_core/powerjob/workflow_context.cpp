#include <powerjob/json.hpp>
#include <powerjob/workflow_context.hpp>

namespace chronofault::powerjob {

std::string to_json(const StringMap& map) {
  Json json{Json::Object()};
  for (const auto& [key, value] : map) json.add(key, value);
  return json.dump();
}

std::optional<StringMap> parse_string_map(const std::string& json) {
  const auto parsed = Json::parse(json);
  const Json::Object* members = parsed ? parsed->get<Json::Object>() : nullptr;
  if (members == nullptr) return std::nullopt;
  StringMap map;
  for (const auto& [key, value] : *members) {
    if (value.get<Json::Array>() != nullptr || value.get<Json::Object>() != nullptr) return std::nullopt;
    const std::string* text = value.get<std::string>();
    map[key] = text != nullptr ? *text : value.dump();
  }
  return map;
}

std::string merged_context(const std::string& context, const StringMap& added) {
  StringMap merged = parse_string_map(context).value_or(StringMap());
  for (const auto& [key, value] : added) merged[key] = value;
  return to_json(merged);
}

}  // namespace chronofault::powerjob
