#include <algorithm>

#include <scenarios/ability.hpp>

namespace chronofault::scenarios {

using sim::TrueTime;

Ability::Ability(const Roster& roster, TrueTime start) : start_(start) {
  scopes_[""];
  for (const DeclaredJob& job : roster.jobs()) scopes_[job.scope];
  for (const CastMember& cast : roster.cast()) {
    Member& member = members_[cast.name];
    member.role = cast.role;
    member.scopes = cast.scopes;
    // What serves one scope alone serves the cluster as a whole too.
    if (!member.scopes.empty()) member.scopes.emplace_back("");
    for (auto& [name, scope] : scopes_) {
      const bool serves =
          member.scopes.empty() || std::find(member.scopes.begin(), member.scopes.end(), name) != member.scopes.end();
      if (serves) ++scope.up[member.role];
    }
  }
  for (auto& [name, scope] : scopes_) scope.since = start;
}

void Ability::review(Scope& scope, TrueTime at) const {
  const bool able = scope.blocked + blocked_all_ == 0 &&
                    std::all_of(scope.up.begin(), scope.up.end(), [](const auto& role) { return role.second > 0; });
  if (!able) {
    scope.since = TrueTime::max();
    scope.from_the_start = false;
  } else if (scope.since == TrueTime::max()) {
    scope.since = at;
  }
}

void Ability::changed(std::string_view process, Standing standing, TrueTime at) {
  const auto found = members_.find(process);
  if (found == members_.end()) return;
  Member& member = found->second;
  const bool up = standing == Standing::up;
  if (up == member.up) return;
  member.up = up;
  for (auto& [name, scope] : scopes_) {
    const bool serves =
        member.scopes.empty() || std::find(member.scopes.begin(), member.scopes.end(), name) != member.scopes.end();
    if (!serves) continue;
    scope.up[member.role] += up ? 1 : -1;
    review(scope, at);
  }
}

void Ability::block(std::string_view scope, TrueTime at) {
  if (scope.empty()) {
    ++blocked_all_;
    for (auto& [name, each] : scopes_) review(each, at);
  } else if (const auto found = scopes_.find(scope); found != scopes_.end()) {
    ++found->second.blocked;
    review(found->second, at);
  }
}

void Ability::unblock(std::string_view scope, TrueTime at) {
  if (scope.empty()) {
    if (blocked_all_ == 0) return;
    --blocked_all_;
    for (auto& [name, each] : scopes_) review(each, at);
  } else if (const auto found = scopes_.find(scope); found != scopes_.end() && found->second.blocked > 0) {
    --found->second.blocked;
    review(found->second, at);
  }
}

TrueTime Ability::able_since(std::string_view scope) const {
  const auto found = scopes_.find(scope);
  return found == scopes_.end() ? start_ : found->second.since;
}

TrueTime Ability::counts_from(std::string_view scope, TrueTime t) const {
  const auto found = scopes_.find(scope);
  if (found == scopes_.end()) return t;
  if (found->second.since == TrueTime::max()) return TrueTime::max();
  if (found->second.from_the_start) return t;
  return std::max(t, found->second.since + steady_for);
}

}  // namespace chronofault::scenarios
