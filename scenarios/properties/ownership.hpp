// The owner of record of each scope, asked from outside at the instants that matter, and until when others were it.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <scenarios/property.hpp>

namespace chronofault::scenarios {

class OwnerRecords {
 public:
  explicit OwnerRecords(const Watched& watched) : watched_(watched) {}

  struct Scope {
    bool known = false;
    std::string owner;                           // as last seen; empty: nobody
    std::map<std::string, sim::TrueTime> until;  // others: the last instant at which they may have been it
    Evidence moved = 0;                          // the OwnershipTaken with which it came to the present owner
  };

  /// Asks who it is now. `record`: the OwnershipTaken that may have moved it; 0: none.
  Scope& look(std::string_view scope, Evidence record = 0) {
    Scope& it = scopes_.try_emplace(std::string(scope)).first->second;
    std::string now = watched_.ownership.owner ? watched_.ownership.owner(scope) : std::string();
    if (it.known && now != it.owner) {
      it.until[it.owner] = watched_.now;
      it.moved = 0;
    }
    it.known = true;
    it.owner = std::move(now);
    if (record != 0) it.moved = record;
    return it;
  }
  /// Scopes of the roster's jobs.
  std::vector<std::string> scopes() const {
    std::vector<std::string> all;
    for (const DeclaredJob& job : watched_.roster.jobs()) {
      if (!job.scope.empty() && std::find(all.begin(), all.end(), job.scope) == all.end()) all.push_back(job.scope);
    }
    return all;
  }
  void look_at_all() {
    if (!watched_.ownership.owner) return;
    for (const std::string& scope : scopes()) look(scope);
  }
  const Scope* find(std::string_view scope) const {
    const auto found = scopes_.find(scope);
    return found == scopes_.end() ? nullptr : &found->second;
  }

 private:
  const Watched& watched_;
  std::map<std::string, Scope, std::less<>> scopes_;
};

}  // namespace chronofault::scenarios
