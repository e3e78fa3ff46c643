#include <charconv>
#include <optional>

#include <ports/assert.hpp>
#include <powerjob/json.hpp>

namespace chronofault::powerjob {

namespace {

constexpr int deepest = 64;

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  tl::expected<Json, std::string> document() {
    Json value;
    if (!read(value, 0)) return tl::unexpected(error_);
    blanks();
    if (at_ != text_.size()) {
      fail("nothing may follow the value");
      return tl::unexpected(error_);
    }
    return value;
  }

 private:
  bool fail(std::string what) {
    if (error_.empty()) error_ = "JSON, byte " + std::to_string(at_) + ": " + std::move(what);
    return false;
  }
  void blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    blanks();
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view w) {
    if (text_.substr(at_, w.size()) != w) return false;
    at_ += w.size();
    return true;
  }

  bool read(Json& out, int depth) {
    if (depth > deepest) return fail("nested too deeply");
    blanks();
    const char c = peek();
    if (c == '{') return object(out, depth);
    if (c == '[') return array(out, depth);
    if (c == '"') {
      std::string text;
      if (!string(text)) return false;
      out = Json(std::move(text));
      return true;
    }
    if (word("null")) return out = Json(), true;
    if (word("true")) return out = Json(true), true;
    if (word("false")) return out = Json(false), true;
    return number(out);
  }

  bool object(Json& out, int depth) {
    ++at_;
    Json::Object members;
    if (!take('}')) {
      do {
        blanks();
        std::string key;
        if (peek() != '"') return fail("a key in quotes is expected");
        if (!string(key)) return false;
        if (!take(':')) return fail("':' is expected");
        Json value;
        if (!read(value, depth + 1)) return false;
        members.emplace_back(std::move(key), std::move(value));
      } while (take(','));
      if (!take('}')) return fail("',' or '}' is expected");
    }
    out = Json(std::move(members));
    return true;
  }

  bool array(Json& out, int depth) {
    ++at_;
    Json::Array items;
    if (!take(']')) {
      do {
        Json value;
        if (!read(value, depth + 1)) return false;
        items.push_back(std::move(value));
      } while (take(','));
      if (!take(']')) return fail("',' or ']' is expected");
    }
    out = Json(std::move(items));
    return true;
  }

  bool number(Json& out) {
    const std::size_t begin = at_;
    const auto digits = [this] {
      const std::size_t first = at_;
      while (peek() >= '0' && peek() <= '9') ++at_;
      return at_ - first;
    };
    if (peek() == '-') ++at_;
    const bool leading_zero = peek() == '0';
    const std::size_t whole = digits();
    if (whole == 0 || (leading_zero && whole > 1)) {
      at_ = begin;
      return fail("a value is expected");
    }
    bool real = false;
    if (peek() == '.') {
      real = true;
      ++at_;
      if (digits() == 0) return fail("a digit is expected");
    }
    if (peek() == 'e' || peek() == 'E') {
      real = true;
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (digits() == 0) return fail("a digit is expected");
    }
    const std::string_view text = text_.substr(begin, at_ - begin);
    std::int64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (real || parsed.ec != std::errc{}) {
      out = Json(Json::Real{std::string(text)});
    } else {
      out = Json(value);
    }
    return true;
  }

  bool string(std::string& out) {
    ++at_;
    while (true) {
      if (at_ >= text_.size()) return fail("the text has no end");
      const char c = text_[at_];
      if (static_cast<unsigned char>(c) < 0x20) return fail("a control character must be escaped");
      ++at_;
      if (c == '"') return true;
      if (c != '\\') {
        out += c;
      } else if (!escape(out)) {
        return false;
      }
    }
  }

  bool escape(std::string& out) {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char c = peek();
    const std::size_t i = letters.find(c);
    if (at_ < text_.size() && i != std::string_view::npos) {
      out += meanings[i];
      ++at_;
      return true;
    }
    if (c != 'u') return fail("no such escape");
    ++at_;
    std::optional<std::uint32_t> code = hex4();
    if (code && *code >= 0xD800 && *code < 0xDC00 && word("\\u")) {
      const std::optional<std::uint32_t> low = hex4();
      if (!low || *low < 0xDC00 || *low >= 0xE000) return fail("half of a surrogate pair");
      code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
    }
    if (!code) return fail("four hexadecimal digits are expected");
    if (*code >= 0xD800 && *code < 0xE000) return fail("half of a surrogate pair");
    append_utf8(out, *code);
    return true;
  }

  std::optional<std::uint32_t> hex4() {
    const std::string_view digits = text_.substr(at_, 4);
    std::uint32_t value = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 4 || parsed.ptr != digits.data() + 4) return std::nullopt;
    at_ += 4;
    return value;
  }

  static void append_utf8(std::string& out, std::uint32_t code) {
    const auto byte = [&out](std::uint32_t b) { out += static_cast<char>(static_cast<unsigned char>(b)); };
    if (code < 0x80) {
      byte(code);
    } else if (code < 0x800) {
      byte(0xC0 | code >> 6);
      byte(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      byte(0xE0 | code >> 12);
      byte(0x80 | (code >> 6 & 0x3F));
      byte(0x80 | (code & 0x3F));
    } else {
      byte(0xF0 | code >> 18);
      byte(0x80 | (code >> 12 & 0x3F));
      byte(0x80 | (code >> 6 & 0x3F));
      byte(0x80 | (code & 0x3F));
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string error_;
};

void write_string(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (u < 0x20) {
      out += "\\u00";
      out += hex[u >> 4];
      out += hex[u & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void write(std::string& out, const Json& json) {
  if (json.is_null()) {
    out += "null";
  } else if (const bool* b = json.get<bool>()) {
    out += *b ? "true" : "false";
  } else if (const std::int64_t* n = json.get<std::int64_t>()) {
    out += std::to_string(*n);
  } else if (const Json::Real* real = json.get<Json::Real>()) {
    out += real->text;
  } else if (const std::string* text = json.get<std::string>()) {
    write_string(out, *text);
  } else if (const Json::Array* items = json.get<Json::Array>()) {
    out += '[';
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (i != 0) out += ',';
      write(out, (*items)[i]);
    }
    out += ']';
  } else {
    const Json::Object& members = *json.get<Json::Object>();
    out += '{';
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (i != 0) out += ',';
      write_string(out, members[i].first);
      out += ':';
      write(out, members[i].second);
    }
    out += '}';
  }
}

}  // namespace

Json::Json() noexcept = default;
Json::Json(bool value) : content_(value) {}
Json::Json(std::int64_t value) : content_(value) {}
Json::Json(Real value) : content_(std::move(value)) {}
Json::Json(std::string value) : content_(std::move(value)) {}
Json::Json(Array value) : content_(std::move(value)) {}
Json::Json(Object value) : content_(std::move(value)) {}
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

tl::expected<Json, std::string> Json::parse(std::string_view text) { return Reader(text).document(); }

std::string Json::dump() const {
  std::string out;
  write(out, *this);
  return out;
}

const Json* Json::find(std::string_view key) const {
  const Object* members = get<Object>();
  if (members == nullptr) return nullptr;
  for (auto it = members->rbegin(); it != members->rend(); ++it) {
    if (it->first == key) return &it->second;
  }
  return nullptr;
}

Json& Json::add(std::string key, Json value) {
  if (is_null()) content_ = Object();
  Object* members = std::get_if<Object>(&content_);
  CF_ASSERT(members != nullptr);
  members->emplace_back(std::move(key), std::move(value));
  return *this;
}

}  // namespace chronofault::powerjob
