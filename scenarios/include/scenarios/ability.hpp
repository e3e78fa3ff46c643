// The fairness under which liveness is promised: a cluster that has nobody to run a job owes nobody a run.
//
// A scope is able while, for each role of which members serve it, at least one of them is up and neither paused nor
// frozen, and nothing blocks it (a path that is cut, a database that is down: whoever knows says so with block()). It
// counts as steady once it has been able for `steady_for` without a break: the time that upstream's members need to
// find each other. Deadlines run only while the scope is steady: a break starts them anew.
//
// A member of which nothing was ever heard is taken for a member that is up; so a run that reports no lives has no
// excuses. A runner that reports them says `down` for each member that does not start at once.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <scenarios/roster.hpp>
#include <sim/kernel/time.hpp>

namespace chronofault::scenarios {

/// What a process does at present. `still`: paused, or its host is frozen.
enum class Standing : std::uint8_t { down, up, still };

class Ability {
 public:
  /// powerjob 9.1 P1: "at its expected time and for 60 s before it".
  static constexpr Duration steady_for = Duration::seconds(60);

  Ability(const Roster& roster, sim::TrueTime start);

  void changed(std::string_view process, Standing standing, sim::TrueTime at);
  /// Holds up a scope, or all of them ("") until as many unblock() of the same scope.
  void block(std::string_view scope, sim::TrueTime at);
  void unblock(std::string_view scope, sim::TrueTime at);

  /// Since when the scope is able without a break; TrueTime::max(): it is not.
  sim::TrueTime able_since(std::string_view scope) const;
  /// The instant from which a deadline counts that would count from `t` in a steady world; TrueTime::max(): not now.
  sim::TrueTime counts_from(std::string_view scope, sim::TrueTime t) const;
  /// A deadline that counts from `t` has been running since `t` without a break.
  bool steady_at(std::string_view scope, sim::TrueTime t) const { return counts_from(scope, t) == t; }

 private:
  struct Scope {
    std::map<std::string, int> up;  // role -> members up
    int blocked = 0;
    sim::TrueTime since;
    bool from_the_start = true;  // able since the first instant: steady without waiting
  };
  struct Member {
    std::string role;
    std::vector<std::string> scopes;
    bool up = true;
  };
  void review(Scope& scope, sim::TrueTime at) const;

  sim::TrueTime start_;
  std::map<std::string, Scope, std::less<>> scopes_;
  std::map<std::string, Member, std::less<>> members_;
  int blocked_all_ = 0;
};

}  // namespace chronofault::scenarios
