#include "values.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <faults/pattern.hpp>
#include <ports/assert.hpp>

namespace chronofault::scenarios {
namespace {

std::string_view expected_of(std::optional<ScalarType> type) {
  if (!type) return "a value or a draw";
  switch (*type) {
    case ScalarType::boolean:
      return "true or false";
    case ScalarType::integer:
      return "a whole number";
    case ScalarType::decimal:
      return "a number such as 0.02 or 2%";
    case ScalarType::duration:
      return "a duration such as 90s, 1.5h or 200us, or a sum of such and names of `let`";
    case ScalarType::instant:
      return "an instant such as 2022-02-24T10:59:00+08:00, 11:00:21.938 or +90s";
    case ScalarType::bytes:
      return "a size such as 200MiB";
    case ScalarType::text:
      return "a text";
  }
  return "";
}

std::string_view noun_of(std::optional<ScalarType> type) {
  static constexpr std::array<std::string_view, 7> nouns = {"boolean", "whole number", "number", "duration",
                                                            "instant", "size",         "text"};
  return type ? nouns.at(static_cast<std::size_t>(*type)) : "value";
}

std::optional<Scalar> made(ScalarType type, std::int64_t number) { return Scalar{type, number, ""}; }

bool is_time(ScalarType type) { return type == ScalarType::duration || type == ScalarType::instant; }

/// An integer may stand where a decimal or a size is meant, and 0 for a duration.
std::optional<Scalar> converted(Scalar scalar, std::optional<ScalarType> type) {
  if (!type || scalar.type == *type) return scalar;
  if (scalar.type != ScalarType::integer) return std::nullopt;
  if (*type == ScalarType::bytes && scalar.number >= 0) return made(*type, scalar.number);
  if (*type == ScalarType::duration && scalar.number == 0) return made(*type, 0);
  constexpr std::int64_t most = INT64_MAX / 4'000'000;
  if (*type == ScalarType::decimal && scalar.number <= most && scalar.number >= -most) {
    return made(*type, scalar.number * 1'000'000);
  }
  return std::nullopt;
}

constexpr std::array<std::string_view, 4> draw_keys = {"uniform", "choose", "weighted", "exponential"};

}  // namespace

bool Values::is_draw(const Node& node) {
  return node.is_map() && node.entries.size() == 1 &&
         std::find(draw_keys.begin(), draw_keys.end(), node.entries.front().first.text) != draw_keys.end();
}

RandomStream& Values::stream(const std::string& path) {
  const bool named = path.starts_with("let/") || path.starts_with("starts/");
  return streams_->stream(named ? path : "draw/" + path);
}

std::uint64_t Values::below(std::uint64_t n, const std::string& path) {
  if (streams_ == nullptr) return std::min(probe_.option, n - 1);
  return stream(path).below(n);
}

std::uint64_t Values::pick(std::uint64_t n, const std::string& path) {
  options_ = std::max(options_, n);
  return below(n, path);
}

Duration Values::start_of(const std::string& process) {
  return Duration::ms(static_cast<std::int64_t>(below(30'000, "starts/" + process)));
}

std::optional<Scalar> Values::term(std::string_view text) const {
  if (!text.empty() && text.front() == '+' && frame_) {
    const auto after = term(text.substr(1));
    if (!after || after->type != ScalarType::duration) return std::nullopt;
    return made(ScalarType::instant, (frame_->start + Duration::us(after->number)).us());
  }
  if (const auto found = names_.find(text); found != names_.end()) return found->second;
  if (const auto integer = parse_integer(text)) return made(ScalarType::integer, *integer);
  if (const auto duration = parse_duration(text)) return made(ScalarType::duration, duration->count_us());
  if (const auto decimal = parse_decimal(text)) return made(ScalarType::decimal, *decimal);
  if (const auto bytes = parse_bytes(text)) return made(ScalarType::bytes, *bytes);
  if (frame_) {
    if (const auto instant = parse_instant(text, *frame_)) return made(ScalarType::instant, instant->us());
  } else if (const auto dated = parse_dated(text, nullptr)) {
    return made(ScalarType::instant, dated->us());
  }
  return std::nullopt;
}

std::optional<Scalar> Values::expression(std::string_view text) const {
  if (auto alone = term(text)) return alone;
  ScalarType type = ScalarType::integer;
  std::int64_t sum = 0;
  int instants = 0;
  std::int64_t sign = 1;
  for (bool first = true; !text.empty(); first = false) {
    const std::size_t plus = text.find(" + ");
    const std::size_t minus = text.find(" - ");
    const std::size_t end = std::min(plus, minus);
    std::string_view word = text.substr(0, end);
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    const auto part = term(word);
    if (!part || part->type == ScalarType::boolean || part->type == ScalarType::text) return std::nullopt;
    // An instant is a point among durations; all else adds to its own kind.
    const ScalarType kind = part->type == ScalarType::instant ? ScalarType::duration : part->type;
    if (part->type == ScalarType::instant) instants += static_cast<int>(sign);
    if (first) type = kind;
    if (kind != type || __builtin_add_overflow(sum, sign * part->number, &sum)) return std::nullopt;
    if (end == std::string_view::npos) break;
    sign = plus < minus ? 1 : -1;
    text.remove_prefix(end + 3);
    if (text.empty()) return std::nullopt;
  }
  if (instants == 1) return made(ScalarType::instant, sum);
  if (instants != 0) return std::nullopt;
  return made(type, sum);
}

namespace {

/// A literal of the type but for the size of its number: the range that it leaves. Empty: it is no such literal.
std::string range_left(std::string_view text, std::optional<ScalarType> type) {
  std::string_view unit = text;
  if (unit.starts_with('-')) unit.remove_prefix(1);
  const std::size_t digits = std::min(unit.find_first_not_of("0123456789"), unit.size());
  if (digits == 0 || !type) return {};
  const std::string same = "1" + std::string(unit.substr(digits));
  if (type == ScalarType::bytes && parse_bytes(same)) return "a size from 0B to " + bytes_text(literal_max >> 40 << 40);
  const std::int64_t days = literal_max / Duration::hours(24).count_us();
  if (type == ScalarType::duration && parse_duration(same)) return fmt::format("a duration of at most {}d", days);
  if (type == ScalarType::integer && parse_integer(same)) return fmt::format("a number of at most {}", literal_max);
  return {};
}

}  // namespace

void Values::mismatch(const Node& node, Type type) {
  if (node.is_scalar() && !expression(node.text)) {
    if (std::string range = range_left(node.text, type); !range.empty()) {
      problems_.add(node.place, described(node) + " is out of range", std::move(range));
      return;
    }
  }
  std::vector<std::string> names;
  for (const auto& [name, value] : names_) names.push_back(name);
  std::string nearest = node.is_scalar() && is_name(node.text) ? nearest_name(node.text, names) : "";
  problems_.add(node.place, described(node) + " is no " + std::string(noun_of(type)), std::string(expected_of(type)),
                std::move(nearest));
}

std::optional<Scalar> Values::literal(const Node& node, Type type) {
  if (!node.is_scalar()) {
    mismatch(node, type);
    return std::nullopt;
  }
  if (type == ScalarType::text) return Scalar{ScalarType::text, 0, node.text};
  if (type == ScalarType::boolean || !type) {
    if (const auto flag = parse_boolean(node.text)) return made(ScalarType::boolean, *flag ? 1 : 0);
  }
  if (auto value = expression(node.text)) {
    if (auto right = converted(*value, type)) return right;
  }
  if (!type) return Scalar{ScalarType::text, 0, node.text};
  mismatch(node, type);
  return std::nullopt;
}

std::optional<Scalar> Values::scalar(const Node& node, const std::string& path, Type type) {
  if (!node.is_map()) return literal(node, type);
  if (!is_draw(node)) {
    const Node& at = node.entries.empty() ? node : node.entries.front().first;
    static const std::vector<std::string> keys(draw_keys.begin(), draw_keys.end());
    problems_.add(at.place, "a map where a single value belongs",
                  std::string(expected_of(type)) + ", or one of uniform, choose, weighted or exponential",
                  at.is_scalar() ? nearest_name(at.text, keys) : "");
    return std::nullopt;
  }
  const auto& [key, operand] = node.entries.front();
  if (key.text == "uniform") return uniform(operand, path, type);
  if (key.text == "exponential") return exponential(operand, path, type);
  return key.text == "choose" ? chosen(operand, path, type) : weighted(operand, path, type);
}

std::optional<Scalar> Values::uniform(const Node& operand, const std::string& path, Type type) {
  if (!operand.is_list() || operand.items.size() != 2) {
    problems_.add(operand.place, "uniform over " + described(operand), "[lowest, highest]");
    return std::nullopt;
  }
  const auto low = literal(operand.items[0], type);
  const auto high = literal(operand.items[1], type);
  if (!low || !high) return std::nullopt;
  if (low->type != high->type || low->type == ScalarType::text || low->type == ScalarType::boolean) {
    problems_.add(operand.place,
                  "uniform between a " + std::string(noun_of(low->type)) + " and a " + std::string(noun_of(high->type)),
                  "two numbers, durations or instants");
    return std::nullopt;
  }
  if (low->number > high->number) {
    problems_.add(operand.place, "uniform from " + printed(*low) + " to " + printed(*high), "the lower bound first");
    return std::nullopt;
  }
  const std::int64_t span = high->number - low->number;
  const bool readable = is_time(low->type) && low->number % 1'000 == 0 && span % 1'000 == 0 && span >= 1'000'000;
  const std::int64_t step = readable ? 1'000 : 1;
  const auto index = below(static_cast<std::uint64_t>(span / step) + 1, path);
  return made(low->type, low->number + static_cast<std::int64_t>(index) * step);
}

std::optional<Scalar> Values::exponential(const Node& operand, const std::string& path, Type type) {
  const Node* const mean_node = operand.is_map() ? operand.find("mean") : &operand;
  const Node* const max_node = operand.find("max");
  const std::size_t known = (mean_node != nullptr ? 1u : 0u) + (max_node != nullptr ? 1u : 0u);
  if (mean_node == nullptr || (operand.is_map() && operand.entries.size() != known)) {
    problems_.add(operand.place, "exponential of " + described(operand), "a mean, or {mean: 5s, max: 1min}");
    return std::nullopt;
  }
  if (!type || *type != ScalarType::integer) type = ScalarType::duration;
  const auto mean = literal(*mean_node, type);
  const auto max = max_node != nullptr ? literal(*max_node, type) : std::optional<Scalar>(made(*type, INT64_MAX / 4));
  if (!mean || !max) return std::nullopt;
  if (mean->number <= 0 || mean->number > INT64_MAX / 400 || max->number < 0) {
    problems_.add(mean_node->place, "exponential with the mean " + printed(*mean), "a mean above 0");
    return std::nullopt;
  }
  std::int64_t number = 0;
  if (streams_ == nullptr) {
    number = probe_.option == 0 ? mean->number : mean->number * 8;
  } else {
    number = draw_exponential(stream(path), Duration::us(mean->number)).count_us();
    if (is_time(*type) && mean->number >= 1'000'000) number -= number % 1'000;
  }
  return made(*type, std::min(number, max->number));
}

std::optional<Scalar> Values::chosen(const Node& operand, const std::string& path, Type type) {
  if (!operand.is_list() || operand.items.empty()) {
    problems_.add(operand.place, "choose from " + described(operand), "a list with at least one entry");
    return std::nullopt;
  }
  for (const Node& item : operand.items) {
    if (!item.is_map() && !literal(item, type)) return std::nullopt;
  }
  const auto index = pick(operand.items.size(), path);
  return scalar(operand.items[index], path + "/" + std::to_string(index + 1), type);
}

std::optional<std::vector<std::int64_t>> Values::weights_of(const Node& operand) {
  std::vector<std::int64_t> weights;
  std::int64_t sum = 0;
  for (const auto& [key, weight] : operand.entries) {
    const auto parsed = weight.is_scalar() ? parse_integer(weight.text) : std::nullopt;
    if (!parsed || *parsed < 0 || *parsed > 1'000'000'000) {
      problems_.add(weight.place, "the weight " + described(weight), "a whole number from 0 to 1000000000");
      return std::nullopt;
    }
    weights.push_back(*parsed);
    sum += *parsed;
  }
  if (sum == 0) {
    problems_.add(operand.place, "weighted over " + described(operand), "a map {value: weight}, some weight above 0");
    return std::nullopt;
  }
  return weights;
}

std::optional<Scalar> Values::weighted(const Node& operand, const std::string& path, Type type) {
  const auto weights = weights_of(operand);
  if (!weights) return std::nullopt;
  std::vector<Scalar> options;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < weights->size(); ++i) {
    const auto option = literal(operand.entries[i].first, type);
    if (!option) return std::nullopt;
    options.push_back(*option);
    sum += static_cast<std::uint64_t>((*weights)[i]);
  }
  if (streams_ == nullptr) return options[pick(options.size(), path)];
  std::uint64_t drawn = below(sum, path);
  std::size_t i = 0;
  while (drawn >= static_cast<std::uint64_t>((*weights)[i])) drawn -= static_cast<std::uint64_t>((*weights)[i++]);
  return options[i];
}

std::string Values::printed(const Scalar& scalar) const {
  switch (scalar.type) {
    case ScalarType::boolean:
      return scalar.number != 0 ? "true" : "false";
    case ScalarType::integer:
      return std::to_string(scalar.number);
    case ScalarType::decimal:
      return decimal_text(scalar.number, 6);
    case ScalarType::duration:
      return to_string(Duration::us(scalar.number));
    case ScalarType::instant:
      return faults::quoted(
          faults::to_string(sim::TrueTime::from_us(scalar.number), frame_ ? frame_->utc_offset : Duration{}));
    case ScalarType::bytes:
      return bytes_text(scalar.number);
    case ScalarType::text:
      break;
  }
  return faults::quoted(scalar.text);
}

std::optional<std::int64_t> Values::integer(const Node& node, const std::string& path, std::int64_t low,
                                            std::int64_t high) {
  const auto value = scalar(node, path, ScalarType::integer);
  if (!value) return std::nullopt;
  if (value->number >= low && value->number <= high) return value->number;
  std::string range = "from " + std::to_string(low) + " to " + std::to_string(high);
  if (high == INT64_MAX) range = "of at least " + std::to_string(low);
  problems_.add(node.place, std::to_string(value->number) + " is out of range", "a whole number " + range);
  return std::nullopt;
}

std::optional<std::int64_t> Values::decimal(const Node& node, const std::string& path, std::int64_t low,
                                            std::int64_t high) {
  const auto value = scalar(node, path, ScalarType::decimal);
  if (!value) return std::nullopt;
  if (value->number >= low && value->number <= high) return value->number;
  problems_.add(node.place, printed(*value) + " is out of range",
                "a number from " + decimal_text(low, 6) + " to " + decimal_text(high, 6));
  return std::nullopt;
}

std::optional<bool> Values::boolean(const Node& node, const std::string& path) {
  const auto value = scalar(node, path, ScalarType::boolean);
  if (!value) return std::nullopt;
  return value->number != 0;
}

std::optional<Duration> Values::duration(const Node& node, const std::string& path, Duration low) {
  const auto value = scalar(node, path, ScalarType::duration);
  if (!value) return std::nullopt;
  const Duration d = Duration::us(value->number);
  if (d >= low) return d;
  problems_.add(node.place,
                low == Duration{} ? "the duration " + to_string(d) + " is negative"
                                  : "the duration " + to_string(d) + " is too short",
                "a duration of at least " + to_string(low));
  return std::nullopt;
}

std::optional<sim::TrueTime> Values::instant(const Node& node, const std::string& path) {
  const auto value = scalar(node, path, ScalarType::instant);
  if (!value) return std::nullopt;
  return sim::TrueTime::from_us(value->number);
}

std::optional<std::int64_t> Values::bytes(const Node& node, const std::string& path) {
  const auto value = scalar(node, path, ScalarType::bytes);
  if (!value) return std::nullopt;
  return value->number;
}

std::optional<std::string> Values::text(const Node& node, const std::string& path) {
  auto value = scalar(node, path, ScalarType::text);
  if (!value) return std::nullopt;
  return std::move(value->text);
}

std::optional<std::string> Values::name(const Node& node, const std::string& path, const std::string& what,
                                        const std::vector<std::string>& names) {
  auto value = text(node, path);
  if (!value || std::find(names.begin(), names.end(), *value) != names.end()) return value;
  problems_.add(node.place, "'" + *value + "' is no " + what, names.empty() ? "(there is none)" : listed(names),
                nearest_name(*value, names));
  return std::nullopt;
}

std::optional<Distribution> Values::distribution(const Node& node) {
  using Kind = Distribution::Kind;
  Distribution d;
  std::vector<const Node*> operands;
  if (!node.is_map()) {
    operands = {&node};
  } else if (!is_draw(node)) {
    scalar(node, "", ScalarType::duration);  // says what is wrong
    return std::nullopt;
  } else {
    const auto& [key, operand] = node.entries.front();
    if (key.text == "exponential") {
      d.kind = Kind::exponential;
      operands = {operand.is_map() ? operand.find("mean") : &operand};
      if (const Node* max = operand.find("max")) operands.push_back(max);
    } else if (key.text == "weighted") {
      d.kind = Kind::weighted;
      auto weights = weights_of(operand);
      if (!weights) return std::nullopt;
      d.weights = std::move(*weights);
      for (const auto& [value, weight] : operand.entries) operands.push_back(&value);
    } else {
      d.kind = key.text == "uniform" ? Kind::uniform : Kind::choose;
      for (const Node& item : operand.items) operands.push_back(&item);
    }
    if (operands.empty() || operands.front() == nullptr || (d.kind == Kind::uniform && operands.size() != 2)) {
      problems_.add(operand.place, key.text + " of " + described(operand), "durations");
      return std::nullopt;
    }
  }
  d.values.clear();
  for (const Node* operand : operands) {
    if (operand->is_map()) {
      problems_.add(operand->place, "a draw inside a draw of the run", "a duration");
      return std::nullopt;
    }
    const auto value = duration(*operand, "");
    if (!value) return std::nullopt;
    d.values.push_back(*value);
  }
  if (d.kind == Kind::uniform && d.values[0] > d.values[1]) {
    problems_.add(operands[0]->place, "uniform from " + to_string(d.values[0]) + " to " + to_string(d.values[1]),
                  "the lower bound first");
    return std::nullopt;
  }
  if (d.kind == Kind::exponential && d.values[0] == Duration{}) {
    problems_.add(operands[0]->place, "exponential with the mean 0s", "a mean above 0");
    return std::nullopt;
  }
  return d;
}

}  // namespace chronofault::scenarios
