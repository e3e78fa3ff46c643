// Reading a recorded trace with the place of what is wrong in it: what every checker's format has in common. Who reads
// throws Misfit; check_line() turns it, and what the JSON library throws, into BadVectors of the file and line.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <scenarios/verify/vector_file.hpp>

namespace chronofault::verify {

/// What does not fit the format: "step 3: unknown op 'flyx'".
class Misfit : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The text of an exception for people: without the JSON library's "[json.exception...]".
std::string plain_text(const std::exception& error);

/// Runs `check`. Whatever it throws is BadVectors from here on.
void check_line(const VectorFile& file, int line, const std::function<void()>& check);
/// Runs `act`; of what it throws the text begins with "step NUMBER: ".
void in_step(std::size_t number, const std::function<void()>& act);

/// The object on a line, complete and nothing after it.
nlohmann::json parse_trace(const std::string& text);
/// Its "id": a text or a whole number. Its "steps": a list of objects, one at least.
std::string trace_id(const nlohmann::json& trace);
const nlohmann::json& trace_steps(const nlohmann::json& trace);

const nlohmann::json& need(const nlohmann::json& object, const char* key);
const nlohmann::json& need_object(const nlohmann::json& object, const char* key);
const nlohmann::json& need_list(const nlohmann::json& object, const char* key);
std::string need_text(const nlohmann::json& object, const char* key);
/// A whole number in [min, max].
std::int64_t need_integer(const nlohmann::json& object, const char* key,
                          std::int64_t min = std::numeric_limits<std::int64_t>::min(),
                          std::int64_t max = std::numeric_limits<std::int64_t>::max());

[[noreturn]] void refuse_name(std::string_view what, std::string_view name, const std::string& expected);

/// The value of a name: "unknown mode 'weird'; expected one of ephemeral, persistent".
template <class T, class C>
const T& named(const std::map<std::string, T, C>& all, const std::string& name, std::string_view what) {
  const auto found = all.find(name);
  if (found != all.end()) return found->second;
  std::string expected;
  for (const auto& [known, value] : all) expected += (expected.empty() ? "" : ", ") + known;
  refuse_name(what, name, expected);
}

}  // namespace chronofault::verify
