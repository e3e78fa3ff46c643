#include <powerjob/json.hpp>
#include <powerjob/lifecycle.hpp>

namespace chronofault::powerjob {

namespace {

tl::expected<std::optional<WallTime>, std::string> instant(const Json& object, const char* key) {
  const Json* value = object.find(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  const std::int64_t* ms = value->get<std::int64_t>();
  if (ms == nullptr) return tl::unexpected(std::string("lifecycle: ") + key + " must be milliseconds since 1970");
  return WallTime::from_ms(*ms);
}

}  // namespace

tl::expected<LifeCycle, std::string> parse_lifecycle(const std::string& json) {
  LifeCycle lifecycle;
  if (json.empty()) return lifecycle;
  const auto parsed = Json::parse(json);
  if (!parsed) return tl::unexpected("lifecycle: " + parsed.error());
  if (parsed->is_null()) return lifecycle;
  if (parsed->get<Json::Object>() == nullptr) return tl::unexpected(std::string("lifecycle: an object is expected"));
  const auto start = instant(*parsed, "start");
  const auto end = instant(*parsed, "end");
  if (!start) return tl::unexpected(start.error());
  if (!end) return tl::unexpected(end.error());
  lifecycle.start = *start;
  lifecycle.end = *end;
  return lifecycle;
}

std::string to_json(const LifeCycle& lifecycle) {
  Json json{Json::Object()};
  if (lifecycle.start) json.add("start", lifecycle.start->ms());
  if (lifecycle.end) json.add("end", lifecycle.end->ms());
  return json.dump();
}

}  // namespace chronofault::powerjob
