#include <algorithm>

#include <powerjob/rules/election.hpp>

namespace chronofault::powerjob {

bool accurate_draw(int draw, int percentage) { return draw < percentage; }

bool answers_at_once(bool accurate, std::string_view current_server, std::string_view my_address) {
  return !accurate && current_server == my_address;
}

bool DownCache::contains(std::string_view address) const {
  return std::find(addresses_.begin(), addresses_.end(), address) != addresses_.end();
}

void DownCache::add(std::string address) {
  if (!contains(address)) addresses_.push_back(std::move(address));
}

Probe probe(std::string_view recorded, std::string_view my_address, const DownCache& down, const Profile& profile) {
  if (down.contains(recorded) || recorded.empty()) return Probe::inactive;
  if (!profile.self_ping && recorded == my_address) return Probe::active;
  return Probe::ping;
}

std::optional<std::string> judge(const std::optional<Pong>& pong, std::string_view recorded, std::string_view protocol,
                                 const Profile& profile) {
  if (!pong || !pong->success) return std::nullopt;
  if (!profile.pong_carries_addresses) return std::string(recorded);
  const auto found = pong->addresses.find(std::string(protocol));
  if (found == pong->addresses.end()) return std::nullopt;
  return found->second;
}

void PingHistory::answered(const std::string& address) { failures_.erase(address); }

void PingHistory::failed(const std::string& address, WallTime at) {
  Failures& failures = failures_[address];
  if (failures.count == 0) failures.first = at;
  failures.last = at;
  ++failures.count;
}

bool PingHistory::exhausted(const std::string& address, const Profile& profile) const {
  const auto found = failures_.find(address);
  if (found == failures_.end()) return false;
  const Failures& failures = found->second;
  return failures.count >= profile.patient_pings && failures.last - failures.first > profile.patient_spread;
}

UsurpStep usurp_step(std::string_view recorded, bool offers_asked_protocol, const PingHistory& history,
                     const Profile& profile) {
  if (profile.usurp_needs_asked_protocol && !offers_asked_protocol) return UsurpStep::next_try;
  const bool patience = profile.patient_usurp && !recorded.empty();
  if (patience && !history.exhausted(std::string(recorded), profile)) return UsurpStep::answer_recorded;
  return UsurpStep::usurp;
}

std::string election_lock_name(std::int64_t app_id) { return "server_elect_" + std::to_string(app_id); }

}  // namespace chronofault::powerjob
