#include <algorithm>

#include <elastic_job/round_book.hpp>

namespace chronofault::elastic_job {

std::optional<WallTime> RoundBook::newest(const std::string& job) const {
  const auto found = newest_.find(job);
  if (found == newest_.end()) return std::nullopt;
  return found->second;
}

bool RoundBook::newest_is_complete(const std::string& job) const {
  const auto newest = newest_.find(job);
  if (newest == newest_.end()) return true;
  const auto round = rounds_.find({job, newest->second});
  return round != rounds_.end() && round->second.complete();
}

std::optional<bool> RoundBook::item_ended(const std::string& job, WallTime fire, int item, int total, bool ok) {
  Round& round = rounds_[{job, fire}];
  const bool complete_before = round.complete();
  round.total = total;
  round.ended.insert_or_assign(item, ok);
  if (complete_before || !round.complete()) return std::nullopt;
  return std::all_of(round.ended.begin(), round.ended.end(), [](const auto& each) { return each.second; });
}

}  // namespace chronofault::elastic_job
