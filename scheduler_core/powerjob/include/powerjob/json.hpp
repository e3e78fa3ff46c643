// JSON, as much as PowerJob's columns need: read strictly, written without blanks, objects in the order of their keys'
// appearance. Numbers are 64-bit integers or, with a fraction or an exponent, kept as their text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

namespace chronofault::powerjob {

class Json {
 public:
  struct Real {
    std::string text;
  };
  using Array = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;

  // Out of line, with the destructor: g++ 12 warns of the variant's inlined one where there is nothing to warn of.
  Json() noexcept;
  Json(bool value);
  Json(std::int64_t value);
  Json(Real value);
  Json(std::string value);
  Json(Array value);
  Json(Object value);
  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();

  /// The error names the byte offset. Nesting deeper than 64 is refused.
  static tl::expected<Json, std::string> parse(std::string_view text);
  std::string dump() const;

  bool is_null() const { return std::holds_alternative<std::monostate>(content_); }
  template <class T>
  const T* get() const {
    return std::get_if<T>(&content_);
  }
  /// The member of an object; null if there is none, or if this is no object. A repeated key: the last.
  const Json* find(std::string_view key) const;
  /// Adds a member to an object (a null value becomes one first).
  Json& add(std::string key, Json value);

 private:
  std::variant<std::monostate, bool, std::int64_t, Real, std::string, Array, Object> content_;
};

}  // namespace chronofault::powerjob
