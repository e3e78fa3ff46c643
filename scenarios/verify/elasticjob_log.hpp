// What the code under test asked of its collaborators, and when; and the words in which cases speak of that.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <ports/clock.hpp>

namespace chronofault::verify::elasticjob {

/// "verb", "verb:argument", "verb:argument=data".
class Log {
 public:
  explicit Log(const Clock& clock) : clock_(clock) {}
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  void say(std::string call);
  const std::vector<std::string>& calls() const noexcept { return calls_; }
  /// How long it slept between two calls, in ms: collaborators take no time.
  const std::vector<std::int64_t>& sleeps_ms() const noexcept { return sleeps_ms_; }
  int count(std::string_view verb) const;

 private:
  const Clock& clock_;
  MonoTime last_;
  std::vector<std::string> calls_;
  std::vector<std::int64_t> sleeps_ms_;
};

std::string_view verb_of(std::string_view call);
/// A question changes nothing, and counts only where a case names it.
bool is_question(std::string_view verb);
bool is_known_verb(std::string_view verb);
/// The entry of a case with the verb that is used here: upstream has several names for the same thing.
std::string in_our_words(std::string_view entry);
/// `seen` is what `entry` says, as far as it goes.
bool is_meant(std::string_view entry, std::string_view seen);

/// "0,1".
std::string joined(const std::vector<int>& items);

}  // namespace chronofault::verify::elasticjob
