// The case language (elasticjob 12). A case says what is given, what is called, and what is expected; nothing that it
// says may be passed over: a key that no one asked for, a call or an expectation that no one knows refuses the file.
//
//   - `calls`: what the code under test did to its collaborators, in order: all that changes something, and of the
//     questions ("exists", "zk_time") those that the list itself names. Where a case stands for a mock that was asked
//     after some calls only (job_run), just the named ones.
//   - `never`: calls that must not be among them.
//   - An entry is "verb", "verb:argument" or "verb:argument=data"; one that stops early leaves the rest open.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include <elastic_job/profile.hpp>
#include <scenarios/verify/verify.hpp>

#include "elasticjob_log.hpp"

namespace chronofault::verify::elasticjob {

using nlohmann::json;
using namespace chronofault::elastic_job;
using elastic_job::Profile;  // not that of the ports

/// Null: none.
std::optional<std::string> text_or_none(const json& value);

/// An object of which every key must be asked for.
class Facts {
 public:
  /// Null counts as empty.
  explicit Facts(const json& data);

  /// Null pointer: no such key.
  const json* find(std::string_view key) const;
  /// The first of several names for the same thing.
  const json* find_any(std::initializer_list<std::string_view> keys) const;
  /// Absent or null: `otherwise`.
  template <class T>
  T get(std::string_view key, T otherwise) const {
    return value_of(find(key), std::move(otherwise));
  }
  template <class T>
  static T value_of(const json* value, T otherwise) {
    return value == nullptr || value->is_null() ? std::move(otherwise) : value->get<T>();
  }
  const json& data() const noexcept { return data_; }
  /// Keys that nobody has asked for.
  std::vector<std::string> unread() const;

 private:
  json data_;
  mutable std::set<std::string, std::less<>> asked_;
};

/// What came out of a call.
struct Outcome {
  json values = json::object();              // by key of `expect`; of an `expect` that is no object: "result"
  std::optional<std::string> error;          // what it threw: upstream's class
  const Log* log = nullptr;                  // null: it calls nobody
  bool named_calls_only = false;             // `calls` speaks of the verbs that it names, and of no others
  std::map<std::string, std::string> words;  // entries of `calls` and `never` that mean another call in this group
};

class Case {
 public:
  /// `line`: where it begins. `group`: what it is about; the file's name, save where a file is of several.
  Case(const VectorFile& file, int line, const json& data, std::string group, const std::string& version, Tally& tally);

  const std::string& id() const noexcept { return id_; }
  /// "leader_service".
  const std::string& group() const noexcept { return group_; }
  /// The function, listener or phase that is called; `otherwise`: the file has but one.
  std::string fn(std::string_view otherwise = "") const;
  const Profile& profile() const noexcept { return profile_; }
  const Facts& all() const noexcept { return all_; }
  const Facts& given() const noexcept { return given_; }
  const json& expect() const noexcept { return expect_; }
  /// Argument number i; null: there is none, or it is null.
  json arg(std::size_t i) const;
  /// Argument 0, or what is given under `key` (later_versions names arguments).
  json arg_or_given(std::string_view key) const;

  /// Compares all that is expected, and refuses the case if anything of it was not understood.
  void compare(const Outcome& outcome);
  [[noreturn]] void bad(const std::string& what) const;
  [[noreturn]] void unknown_function() const;

 private:
  json seen_calls(const json& expected, const Outcome& outcome) const;
  json seen_never(const json& expected, const Outcome& outcome) const;
  std::string call_meant(const json& entry, const Outcome& outcome) const;
  json seen_value(const std::string& key, const json& expected, const Outcome& outcome) const;
  void refuse_unread() const;

  const VectorFile& file_;
  int line_;
  Tally& tally_;
  std::string id_;
  std::string group_;
  Profile profile_;
  Facts all_;
  Facts given_;
  json args_;
  mutable std::size_t args_read_ = 0;
  json expect_;
  std::string operation_;
};

/// "JobSystemException" of "JobSystemException: why"; "" of none.
std::string error_name(const std::exception_ptr& error);
/// `expected` as cases write it ("IllegalArgument", "index out of range").
bool is_same_error(std::string_view expected, std::string_view seen);

using CaseChecker = void (*)(Case& c);

}  // namespace chronofault::verify::elasticjob
