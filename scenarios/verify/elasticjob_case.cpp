#include "elasticjob_case.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include <elastic_job/errors.hpp>

namespace chronofault::verify::elasticjob {

namespace {

/// Cases name the first version in which a rule holds; a rule of a beta or a release candidate is one of its release.
Profile profile_of(const std::string& version) {
  if (version == "documented") return Profile();
  if (version == "later") return Profile::of(Release::latest);
  if (version == "3.0.0-beta" || version == "3.0.0-RC1") return Profile::of(Release::v3_0_0);
  const auto named = version == "fixed" ? Profile::named(name_of(Release::documented), {"resharding-flag: leader-only"})
                                        : Profile::named(version, {});
  if (!named) throw std::invalid_argument(named.error());
  return *named;
}

json member_or_null(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() ? json() : *found;
}

}  // namespace

std::optional<std::string> text_or_none(const json& value) {
  if (value.is_null()) return std::nullopt;
  return value.get<std::string>();
}

Facts::Facts(const json& data) : data_(data.is_null() ? json::object() : data) {
  if (!data_.is_object()) throw std::invalid_argument("not an object: " + data_.dump());
}

const json* Facts::find(std::string_view key) const {
  asked_.emplace(key);
  const auto found = data_.find(std::string(key));
  return found == data_.end() ? nullptr : &*found;
}

const json* Facts::find_any(std::initializer_list<std::string_view> keys) const {
  const json* first = nullptr;
  for (const std::string_view key : keys) {
    const json* const found = find(key);
    if (first == nullptr) first = found;
  }
  return first;
}

std::vector<std::string> Facts::unread() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : data_.items()) {
    if (!asked_.contains(key)) keys.push_back(key);
  }
  return keys;
}

Case::Case(const VectorFile& file, int line, const json& data, std::string group, const std::string& version,
           Tally& tally)
    : file_(file),
      line_(line),
      tally_(tally),
      id_(data.at("id").get<std::string>()),
      group_(std::move(group)),
      profile_(profile_of(data.value("version", version))),
      all_(data),
      given_(member_or_null(data, "given")),
      args_(member_or_null(data, "args")),
      expect_(data.at("expect")) {
  // What names a case, and words about it.
  for (const char* const key : {"id", "version", "given", "args", "expect", "derived", "test", "note"}) all_.find(key);
  const std::string called = fn();
  operation_ = called.empty() ? file.name : fmt::format("{} {}", file.name, called);
}

std::string Case::fn(std::string_view otherwise) const {
  const json* const named = all_.find_any({"fn", "listener", "phase"});
  return named == nullptr ? std::string(otherwise) : named->get<std::string>();
}

json Case::arg(std::size_t i) const {
  args_read_ = std::max(args_read_, i + 1);
  return args_.is_array() && i < args_.size() ? args_[i] : json();
}

json Case::arg_or_given(std::string_view key) const {
  if (args_.is_array() && !args_.empty()) return arg(0);
  const json* const given = given_.find(key);
  return given == nullptr ? json() : *given;
}

void Case::bad(const std::string& what) const {
  throw BadVectors(file_.path, line_, fmt::format("case {}: {}", id_, what));
}
void Case::unknown_function() const { bad(fmt::format("unknown function '{}'", fn())); }

void Case::refuse_unread() const {
  for (const auto& [facts, where] : {std::pair(&all_, ""), std::pair(&given_, "given.")}) {
    const std::vector<std::string> unread = facts->unread();
    if (!unread.empty()) bad(fmt::format("unknown key {}{}", where, unread.front()));
  }
  if (args_.is_array() && args_.size() > args_read_) bad(fmt::format("more than {} arguments", args_read_));
}

std::string Case::call_meant(const json& entry, const Outcome& outcome) const {
  std::string text = in_our_words(entry.get<std::string>());
  if (!is_known_verb(verb_of(text))) bad(fmt::format("unknown call '{}'", entry.get<std::string>()));
  const auto other = outcome.words.find(text);
  return other == outcome.words.end() ? text : other->second;
}

json Case::seen_calls(const json& expected, const Outcome& outcome) const {
  if (outcome.log == nullptr) bad("unknown key expect.calls");
  std::vector<std::string> entries;
  std::set<std::string, std::less<>> named;
  for (const json& entry : expected) {
    entries.push_back(call_meant(entry, outcome));
    named.emplace(verb_of(entries.back()));
  }
  std::vector<std::string> seen;
  for (const std::string& call : outcome.log->calls()) {
    const std::string_view verb = verb_of(call);
    if (named.contains(verb) || (!outcome.named_calls_only && !is_question(verb))) seen.push_back(call);
  }
  const bool same = std::equal(entries.begin(), entries.end(), seen.begin(), seen.end(), is_meant);
  return same ? expected : json(seen);
}

json Case::seen_never(const json& expected, const Outcome& outcome) const {
  if (outcome.log == nullptr) bad("unknown key expect.never");
  std::vector<std::string> seen;
  for (const json& entry : expected) {
    const std::string text = call_meant(entry, outcome);
    for (const std::string& call : outcome.log->calls()) {
      if (is_meant(text, call)) seen.push_back("called: " + call);
    }
  }
  return seen.empty() ? expected : json(seen);
}

json Case::seen_value(const std::string& key, const json& expected, const Outcome& outcome) const {
  if (key == "note") return expected;
  if (key == "calls") return seen_calls(expected, outcome);
  if (key == "never") return seen_never(expected, outcome);
  if (key == "ok") return !outcome.error;
  if (key == "sleeps_ms" && outcome.log != nullptr) return outcome.log->sleeps_ms();
  if (key == "error") {
    if (!outcome.error) return nullptr;
    const bool same = expected.is_string() && is_same_error(expected.get<std::string>(), *outcome.error);
    return same ? expected : json(*outcome.error);
  }
  const auto found = outcome.values.find(key);
  if (found != outcome.values.end()) return *found;
  if (!outcome.error) bad(fmt::format("unknown key expect.{}", key));
  return nullptr;
}

void Case::compare(const Outcome& outcome) {
  refuse_unread();
  const json expected = expect_.is_object() ? expect_ : json{{"result", expect_}};
  json seen = json::object();
  for (const auto& [key, value] : expected.items()) seen[key] = seen_value(key, value, outcome);
  if (outcome.error && !expected.contains("error")) seen["error"] = *outcome.error;
  if (seen == expected) return tally_.reproduced(operation_);
  tally_.differs(Difference{file_.path, line_, id_, "", operation_, expected.dump(), seen.dump()});
}

std::string error_name(const std::exception_ptr& error) {
  const std::string text = describe(error);
  return text.substr(0, text.find(':'));
}

bool is_same_error(std::string_view expected, std::string_view seen) {
  static const std::map<std::string_view, std::string_view> descriptions{
      {"index out of range", "IndexOutOfBoundsException"},
      {"division by zero", "ArithmeticException"},
      {"/ by zero", "ArithmeticException"},
  };
  const auto described = descriptions.find(expected);
  if (described != descriptions.end()) expected = described->second;
  return seen == expected || seen == std::string(expected).append("Exception");
}

}  // namespace chronofault::verify::elasticjob
