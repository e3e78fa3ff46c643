// Message bodies. A message is a plain struct that names its kind and visits its fields; everything else (digest,
// printing, copying by a duplicating network) follows from that:
//
//   struct Ping {
//     static constexpr std::string_view kind = "Ping";
//     WallTime current_time;
//     template <class V> void fields(V&& visit) const { visit("currentTime", current_time); }
//   };
//   Body body = body_of(Ping{now});   if (const Ping* ping = body.as<Ping>()) ...
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ports/value.hpp>

namespace chronofault {

namespace detail {
inline Value to_value(bool v) { return v; }
template <std::integral I>
  requires(!std::same_as<I, bool>)
Value to_value(I v) {
  return static_cast<std::int64_t>(v);
}
inline Value to_value(double v) { return v; }
inline Value to_value(std::string v) { return v; }
inline Value to_value(std::string_view v) { return std::string(v); }
inline Value to_value(WallTime v) { return v; }
inline Value to_value(Duration v) { return v.count_us(); }
inline Value to_value(const Value& v) { return v; }
template <class E>
  requires std::is_enum_v<E>
Value to_value(E v) {
  return static_cast<std::int64_t>(v);
}
template <class T>
Value to_value(const std::vector<T>& items) {
  std::string text;
  for (const T& item : items) {
    if (!text.empty()) text += ',';
    text += to_string(to_value(item));
  }
  return text;
}
template <class T>
Value to_value(const std::optional<T>& v) {
  return v ? to_value(*v) : Value(Null{});
}

struct BodyBase {
  virtual ~BodyBase() = default;
  virtual std::string_view kind() const noexcept = 0;
  virtual std::uint64_t hash() const = 0;
  virtual Fields fields() const = 0;
  virtual std::unique_ptr<BodyBase> clone() const = 0;
};

template <class M>
struct BodyOf final : BodyBase {
  explicit BodyOf(M m) : message(std::move(m)) {}
  std::string_view kind() const noexcept override { return M::kind; }
  std::uint64_t hash() const override {
    if constexpr (requires { message.hash(); }) return message.hash();  // one that needs no text built for it
    std::uint64_t h = hash_of(M::kind);
    message.fields([&h](std::string_view, const auto& v) { h = (h ^ hash_of(to_value(v))) * 0x9e37'79b9'7f4a'7c15u; });
    return h;
  }
  Fields fields() const override {
    Fields all;
    message.fields([&all](std::string_view name, const auto& v) { all.emplace_back(name, to_value(v)); });
    return all;
  }
  std::unique_ptr<BodyBase> clone() const override { return std::make_unique<BodyOf>(message); }
  M message;
};
}  // namespace detail

/// An owned, immutable message of any kind; move-only. Empty after a move.
class Body {
 public:
  Body() = default;
  explicit Body(std::unique_ptr<detail::BodyBase> content) : content_(std::move(content)) {}

  explicit operator bool() const noexcept { return content_ != nullptr; }
  std::string_view kind() const noexcept { return content_ ? content_->kind() : std::string_view(); }
  std::uint64_t hash() const { return content_ ? content_->hash() : 0; }
  Fields fields() const { return content_ ? content_->fields() : Fields(); }
  Body clone() const { return content_ ? Body(content_->clone()) : Body(); }

  /// The message if it is an M, else null. Kinds are compared by their text.
  template <class M>
  const M* as() const noexcept {
    if (kind() != M::kind) return nullptr;
    return &static_cast<const detail::BodyOf<M>&>(*content_).message;
  }

 private:
  std::unique_ptr<detail::BodyBase> content_;
};

template <class M>
Body body_of(M message) {
  return Body(std::make_unique<detail::BodyOf<M>>(std::move(message)));
}

}  // namespace chronofault
