// Which server an app belongs to (powerjob 7.2): the decisions of `elect`. The loop around them reads the app row,
// sends pings, takes the lock `server_elect_<app id>` and writes; it looks like this, at most election_tries times:
//
//   row; owner_known = probe(row)          -> active: answer it; ping: send one, judge(reply) -> answer or downCache
//   lock                                   -> not acquired: sleep, next try
//   row again; probe(row) once more        -> active or answers: unlock, answer (downCache: no second ping, 7.2.3)
//   usurp_step(...)                        -> write own address, unlock, answer
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ports/time.hpp>
#include <powerjob/profile.hpp>

namespace chronofault::powerjob {

/// draw: uniform in 0..99.
bool accurate_draw(int draw, int percentage);

/// The short cut of step 1: my own address for the asked protocol if the worker names it as its current server and the
/// draw is not accurate. current_server may be the text "null".
bool answers_at_once(bool accurate, std::string_view current_server, std::string_view my_address);

/// downCache: addresses whose ping failed during this call of elect.
class DownCache {
 public:
  bool contains(std::string_view address) const;
  void add(std::string address);

 private:
  std::vector<std::string> addresses_;
};

enum class Probe { inactive, active, ping };
/// What to do about the owner that the row names; recorded may be empty.
Probe probe(std::string_view recorded, std::string_view my_address, const DownCache& down, const Profile& profile);

struct Pong {
  Pong() = default;
  bool success = false;
  std::map<std::string, std::string> addresses;  // by protocol; V340: empty
};
/// The owner's address for the asked protocol if this reply proves it alive; none counts as down, as do a timeout and
/// an exception (pong = none).
std::optional<std::string> judge(const std::optional<Pong>& pong, std::string_view recorded, std::string_view protocol,
                                 const Profile& profile);

/// Policy patient-usurp: failed pings per address over all calls of elect of this server.
class PingHistory {
 public:
  void answered(const std::string& address);
  void failed(const std::string& address, WallTime at);
  /// At least patient_pings failures in a row whose first and last are more than patient_spread apart.
  bool exhausted(const std::string& address, const Profile& profile) const;

 private:
  struct Failures {
    int count = 0;
    WallTime first;
    WallTime last;
  };
  std::map<std::string, Failures> failures_;
};

enum class UsurpStep {
  usurp,            // write my address into the row as read
  answer_recorded,  // patient-usurp: the old owner may still live; answer its address and change nothing
  next_try,         // V511: I do not offer the asked protocol
};
UsurpStep usurp_step(std::string_view recorded, bool offers_asked_protocol, const PingHistory& history,
                     const Profile& profile);

std::string election_lock_name(std::int64_t app_id);

}  // namespace chronofault::powerjob
