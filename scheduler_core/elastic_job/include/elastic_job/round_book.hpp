// What the test bed knows of a job's rounds and no process does: which trigger time a one-off trigger belongs to, and
// whether all items of a round have been run. Only records are made of it; nothing that ElasticJob does rests on it.
//
// Upstream has no id of a round: the instances that a cron time or a TRIGGER starts run their shares of it and do not
// know of each other. One book serves all processes of a world, and outlives them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include <ports/time.hpp>

namespace chronofault::elastic_job {

class RoundBook {
 public:
  /// execute() was called: triggers of this job belong to this round from now on.
  void executed(const std::string& job, WallTime at) { newest_.insert_or_assign(job, at); }
  std::optional<WallTime> newest(const std::string& job) const;

  /// All items of the job's newest round have been run; also where there was none.
  bool newest_is_complete(const std::string& job) const;

  /// Whether this item was the last of its round; then whether all of them ended well.
  std::optional<bool> item_ended(const std::string& job, WallTime fire, int item, int total, bool ok);

 private:
  std::map<std::string, WallTime> newest_;
  struct Round {
    Round() = default;
    int total = 0;
    std::map<int, bool> ended;  // item -> well
    bool complete() const { return total > 0 && static_cast<int>(ended.size()) >= total; }
  };
  std::map<std::pair<std::string, WallTime>, Round> rounds_;
};

}  // namespace chronofault::elastic_job
