// What collaborators say when they are asked.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <elastic_job/registry.hpp>

#include "elasticjob_case.hpp"

namespace chronofault::verify::elasticjob {

/// Successive answers to the same question; the last one stays.
template <class T>
class Answers {
 public:
  Answers(T always) : answers_{std::move(always)} {}
  /// A list is a sequence, anything else the one answer; absent: `otherwise`. Null is an answer only to a text.
  static Answers of(const json* value, T otherwise) {
    Answers answers(std::move(otherwise));
    if (value == nullptr || (value->is_null() && !can_be_null)) return answers;
    answers.answers_.clear();
    if (value->is_array()) {
      for (const json& one : *value) answers.answers_.push_back(read(one));
    } else {
      answers.answers_.push_back(read(*value));
    }
    if (answers.answers_.empty()) throw std::invalid_argument("an empty sequence of answers");
    return answers;
  }
  /// What the next question will be answered.
  T peek() const { return answers_[std::min(given_, answers_.size() - 1)]; }
  T take() { return answers_[std::min(given_++, answers_.size() - 1)]; }

 private:
  static constexpr bool can_be_null = std::is_same_v<T, Text>;
  static T read(const json& value) {
    if constexpr (can_be_null) {
      return text_or_none(value);
    } else {
      return value.get<T>();
    }
  }

  std::vector<T> answers_;
  std::size_t given_ = 0;
};

/// A tree as far as a case tells of it. A node of which it tells data or children is there, unless it says otherwise.
struct Nodes {
  std::map<std::string, Answers<bool>> exists;
  std::map<std::string, Answers<Text>> cached;
  std::map<std::string, Answers<Text>> direct;
  std::map<std::string, std::vector<std::string>> children;

  void set_data(const std::string& node, const Answers<Text>& text) {
    cached.insert_or_assign(node, text);
    direct.insert_or_assign(node, text);
  }
};

/// Keys `exists` (also `exists_sequence`), `data` (cached and direct), `cached`, `direct`, `children`,
/// `children_unsorted`: objects by node.
void read_nodes(const Facts& given, Nodes& nodes);

/// Base of all collaborators.
class Collaborator {
 protected:
  explicit Collaborator(Log& log) : log_(log) {}
  Task<> act(std::string call) { return done(&log_, std::move(call)); }
  template <class T>
  Task<T> answer(std::string call, T value) {
    return reply<T>(&log_, std::move(call), std::move(value));
  }
  Log& log() noexcept { return log_; }

 private:
  static Task<> done(Log* log, std::string call) {
    log->say(std::move(call));
    co_return;
  }
  template <class T>
  static Task<T> reply(Log* log, std::string call, T value) {
    log->say(std::move(call));
    co_return value;
  }
  Log& log_;
};

/// "verb:argument", and "verb:argument=data".
std::string call_of(std::string_view verb, std::string_view argument);
std::string call_of(std::string_view verb, std::string_view argument, std::string_view data);

}  // namespace chronofault::verify::elasticjob
