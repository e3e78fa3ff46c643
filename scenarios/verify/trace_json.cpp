#include "trace_json.hpp"

#include <fmt/format.h>

namespace chronofault::verify {

using nlohmann::json;

std::string plain_text(const std::exception& error) {
  std::string text = error.what();
  if (text.starts_with("[json.exception.")) text.erase(0, text.find("] ") + 2);
  return text;
}

void check_line(const VectorFile& file, int line, const std::function<void()>& check) {
  try {
    check();
  } catch (const BadVectors&) {
    throw;
  } catch (const std::exception& error) {
    throw BadVectors(file.path, line, plain_text(error));
  }
}

void in_step(std::size_t number, const std::function<void()>& act) {
  try {
    act();
  } catch (const BadVectors&) {
    throw;
  } catch (const std::exception& error) {
    throw Misfit(fmt::format("step {}: {}", number, plain_text(error)));
  }
}

json parse_trace(const std::string& text) {
  json trace = json::parse(text);
  if (!trace.is_object()) throw Misfit("not a JSON object");
  return trace;
}

std::string trace_id(const json& trace) {
  const json& id = need(trace, "id");
  if (id.is_number_integer()) return id.dump();
  std::string text = need_text(trace, "id");
  if (text.empty()) throw Misfit("'id' is empty");
  return text;
}

const json& trace_steps(const json& trace) {
  const json& steps = need_list(trace, "steps");
  if (steps.empty()) throw Misfit("'steps' is empty");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].is_object()) throw Misfit(fmt::format("step {}: not an object", i + 1));
  }
  return steps;
}

const json& need(const json& object, const char* key) {
  if (!object.is_object()) throw Misfit(fmt::format("no object that could have a '{}': {}", key, object.dump()));
  const auto found = object.find(key);
  if (found == object.end()) throw Misfit(fmt::format("lacks '{}'", key));
  return *found;
}

const json& need_object(const json& object, const char* key) {
  const json& value = need(object, key);
  if (!value.is_object()) throw Misfit(fmt::format("'{}' is not an object: {}", key, value.dump()));
  return value;
}

const json& need_list(const json& object, const char* key) {
  const json& value = need(object, key);
  if (!value.is_array()) throw Misfit(fmt::format("'{}' is not a list: {}", key, value.dump()));
  return value;
}

std::string need_text(const json& object, const char* key) {
  const json& value = need(object, key);
  if (!value.is_string()) throw Misfit(fmt::format("'{}' is not a text: {}", key, value.dump()));
  return value.get<std::string>();
}

std::int64_t need_integer(const json& object, const char* key, std::int64_t min, std::int64_t max) {
  const json& value = need(object, key);
  const bool beyond = value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t{INT64_MAX};
  if (!value.is_number_integer() || beyond) {
    throw Misfit(fmt::format("'{}' is not a whole number: {}", key, value.dump()));
  }
  const auto number = value.get<std::int64_t>();
  if (number < min || number > max) {
    throw Misfit(fmt::format("'{}' is {}, not in [{}, {}]", key, number, min, max));
  }
  return number;
}

void refuse_name(std::string_view what, std::string_view name, const std::string& expected) {
  throw Misfit(fmt::format("unknown {} '{}'; expected one of {}", what, name, expected));
}

}  // namespace chronofault::verify
