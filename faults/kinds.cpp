#include <algorithm>
#include <array>

#include <faults/kinds.hpp>
#include <ports/assert.hpp>

namespace chronofault::faults {
namespace {

using enum FaultKind;
using enum ParamType;

constexpr std::int64_t million = 1'000'000;
constexpr std::int64_t day = 86'400 * million;
constexpr std::int64_t terabyte = std::int64_t{1} << 40;

ParamInfo stays_down() {
  return {"stays_down", boolean, false, "false", "the end of the run does not start it again", 0, 1};
}

std::vector<FaultKindInfo> process_kinds() {
  return {
      {kill, "kill", "process", Target::process, Heal::start, "", {stays_down()}, "dies at once, as by kill -9"},
      {restart,
       "restart",
       "process",
       Target::process,
       Heal::start,
       "",
       {{"down", duration, false, "0s", "time from its death to its start", 0, day}},
       "dies at once and is started again"},
      {stop,
       "stop",
       "process",
       Target::process,
       Heal::start,
       "",
       {{"patience", duration, false, "30s", "after this long what still runs is killed", 0, day}, stays_down()},
       "is asked to stop: shutdown hooks run, then it ends"},
      {start, "start", "process", Target::process, Heal::nothing, "", {}, "is started if it is down"},
      {pause,
       "pause",
       "process",
       Target::process,
       Heal::resume,
       "",
       {},
       "its tasks stand and its clocks run (garbage collection, SIGSTOP)"},
      {hang, "hang", "process", Target::pool, Heal::release, "", {}, "the pool's threads are stuck; all else goes on"},
      {FaultKind::exit,
       "exit",
       "process",
       Target::process,
       Heal::start,
       "",
       {{"code", integer, false, "1", "exit status", 0, 255}, stays_down()},
       "ends itself: shutdown hooks run, with no limit of time"},
  };
}

std::vector<FaultKindInfo> host_kinds() {
  return {
      {crash,
       "crash",
       "host",
       Target::host,
       Heal::start,
       "",
       {stays_down()},
       "all its processes die; connections are reset, new ones refused"},
      {power_loss,
       "power_loss",
       "host",
       Target::host,
       Heal::start,
       "",
       {stays_down()},
       "all its processes die; the host is silent until it is back"},
      {freeze,
       "freeze",
       "host",
       Target::host,
       Heal::resume,
       "",
       {{"thaw",
         text,
         false,
         "step",
         "wall clock at the thaw: steps to the right time, or stays behind",
         0,
         0,
         {"step", "behind"}}},
       "the virtual machine stands, and both of its clocks"},
      {cpu_load,
       "cpu_load",
       "host",
       Target::host,
       Heal::remove,
       "",
       {{"cores", cores, true, "", "demand of foreign programs", 0, 1'000'000}},
       "other programs use its cores"},
      {memory,
       "memory",
       "host",
       Target::host,
       Heal::remove,
       "",
       {{"bytes", bytes, true, "", "memory held by foreign programs", 0, 64 * terabyte}},
       "other programs use its memory; over the limit the largest process is killed"},
      {disk_full, "disk_full", "host", Target::host, Heal::remove, "", {}, "writes to its disk fail"},
      {slow,
       "slow",
       "host",
       Target::host,
       Heal::remove,
       "",
       {{"factor", ParamType::cores, true, "", "work takes so many times as long", 1'000, 1'000'000}},
       "work and wake-ups are late in proportion"},
  };
}

std::vector<FaultKindInfo> clock_kinds() {
  constexpr std::int64_t century = 36'525 * day;
  return {
      {clock_step,
       "clock_step",
       "clock",
       Target::host,
       Heal::nothing,
       "",
       {{"by", duration, true, "", "added to the wall clock, may be negative", -century, century}},
       "the wall clock jumps; monotonic time and pending timers do not"},
      {clock_offset,
       "clock_offset",
       "clock",
       Target::host,
       Heal::nothing,
       "",
       {{"to", duration, true, "", "wall clock minus true time from now on, may be negative", -century, century}},
       "the wall clock jumps to this distance from true time"},
      {clock_drift,
       "clock_drift",
       "clock",
       Target::host,
       Heal::undrift,
       "",
       {{"ppm", ppm, true, "", "so much faster than true time; negative: slower", -100'000'000, 100'000'000}},
       "both clocks run too fast or too slow; timers are re-keyed"},
      {clock_slew,
       "clock_slew",
       "clock",
       Target::host,
       Heal::undrift,
       "",
       {{"by", duration, true, "", "added to the wall clock in all, may be negative", -century, century},
        {"over", duration, true, "", "in this time, evenly", 1, century}},
       "the wall clock is pulled to another time without a jump"},
      {clock_freeze,
       "clock_freeze",
       "clock",
       Target::host,
       Heal::undrift,
       "",
       {},
       "the wall clock stands; monotonic time runs on"},
      {clock_zone,
       "clock_zone",
       "clock",
       Target::host,
       Heal::remove,
       "",
       {{"to", time_zone, true, "", "time zone from now on"}},
       "local times are those of another zone"},
  };
}

std::vector<FaultKindInfo> network_kinds() {
  return {
      {partition,
       "partition",
       "network",
       Target::link,
       Heal::remove,
       "",
       {},
       "nothing passes, on open connections neither: silence, no reset",
       true},
      {delay,
       "delay",
       "network",
       Target::link,
       Heal::remove,
       "by",
       {{"by", duration, true, "", "added to the drawn latency", 0, 7 * day}},
       "messages take longer"},
      {loss,
       "loss",
       "network",
       Target::link,
       Heal::remove,
       "share",
       {{"share", share, true, "", "share of the messages that are lost", 0, million}},
       "messages are lost; inside a connection they are sent again later"},
      {duplicate,
       "duplicate",
       "network",
       Target::link,
       Heal::remove,
       "copies",
       {{"share", share, false, "1", "share of the messages", 0, million},
        {"copies", integer, false, "2", "so often a message arrives in all", 2, 100}},
       "messages arrive more than once"},
      {reorder,
       "reorder",
       "network",
       Target::link,
       Heal::remove,
       "within",
       {{"share", share, false, "1", "share of the messages", 0, million},
        {"within", duration, true, "", "each is delayed by up to this, drawn", 1, day}},
       "messages overtake each other, except inside a connection"},
      {arrives,
       "arrives",
       "network",
       Target::message,
       Heal::nothing,
       "",
       {{"after_request", duration, true, "", "a reply: delivered so long after its request was sent", 0, 7 * day}},
       "the delivery is set to an instant"},
      {drop, "drop", "network", Target::message, Heal::nothing, "", {}, "the message is lost"},
      {slow_link,
       "slow_link",
       "network",
       Target::link,
       Heal::remove,
       "bytes_per_second",
       {{"bytes_per_second", bytes, true, "", "what passes in a second", 1, terabyte}},
       "a narrow link: messages queue behind each other"},
      {reset, "reset", "network", Target::link, Heal::nothing, "", {}, "open connections are reset at both ends"},
      {resolve,
       "resolve",
       "network",
       Target::names,
       Heal::remove,
       "",
       {{"name", text, true, "", "a name of the cluster's `names`"},
        {"zone", zone, false, "", "only for hosts of this zone"},
        {"to", text, false, "", "a process or an ip; left out: unknown host"}},
       "a name resolves to something else, or to nothing"},
  };
}

std::vector<FaultKindInfo> database_kinds() {
  return {
      {slow_statement,
       "slow_statement",
       "database",
       Target::table,
       Heal::remove,
       "",
       {{"statement",
         text,
         false,
         "any",
         "kind of statement",
         0,
         0,
         {"any", "select", "insert", "update", "upsert", "delete"}},
        {"by", duration, true, "", "added to its time at the server", 0, day},
        {"spent", text, false, "before", "before it takes effect or after", 0, 0, {"before", "after"}}},
       "statements on a table take longer"},
      {read_only, "read_only", "database", Target::database, Heal::remove, "", {}, "writes are refused", true},
      {hold_lock,
       "hold_lock",
       "database",
       Target::table,
       Heal::remove,
       "",
       {{"key", text, false, "", "text of the row's primary key; left out: every row"},
        {"mode", text, false, "exclusive", "", 0, 0, {"exclusive", "shared"}}},
       "a foreign transaction holds locks on a table",
       true},
      {lose_acknowledgement,
       "lose_acknowledgement",
       "database",
       Target::process,
       Heal::remove,
       "",
       {{"commits", integer, false, "1", "how many", 1, 1'000'000'000}},
       "its next commits are carried out, and their connections end without an answer: outcome unknown"},
      {exhaust_pool,
       "exhaust_pool",
       "database",
       Target::process,
       Heal::release,
       "",
       {},
       "all connections of its database pool are taken; who wants one waits up to connectionTimeout"},
      {failover,
       "failover",
       "database",
       Target::database,
       Heal::start,
       "",
       {{"switch_delay", duration, false, "0s", "until new connections lead to the new primary", 0, day},
        {"fencing",
         text,
         false,
         "before",
         "the old primary is killed before the promotion, late (at the switch), or never",
         0,
         0,
         {"before", "late", "never"}},
        stays_down()},
       "a replica, by default the one that has received most, becomes the primary; commits it has not received are "
       "lost"},
  };
}

std::vector<FaultKindInfo> zookeeper_kinds() {
  return {
      {slow_fsync,
       "slow_fsync",
       "zookeeper",
       Target::process,
       Heal::remove,
       "",
       {{"by", duration, true, "", "added to each flush of the transaction log", 0, day}},
       "a ZooKeeper server's disk is slow: writes wait for it, and a leader or follower may fall behind"},
      {expire_session,
       "expire_session",
       "zookeeper",
       Target::host,
       Heal::nothing,
       "",
       {},
       "the ensemble ends the sessions that clients on the host presented last, as if they had been silent so long"},
  };
}

std::vector<FaultKindInfo> catalogue() {
  std::vector<FaultKindInfo> all;
  for (auto&& group :
       {process_kinds(), host_kinds(), clock_kinds(), network_kinds(), database_kinds(), zookeeper_kinds()}) {
    all.insert(all.end(), group.begin(), group.end());
  }
  for (std::size_t i = 0; i < all.size(); ++i) CF_ASSERT(static_cast<std::size_t>(all[i].kind) == i);
  return all;
}

}  // namespace

std::string_view name_of(Heal heal) {
  static constexpr std::array<std::string_view, 6> names = {"removed", "resumed", "released",
                                                            "started", "drift 0", "nothing"};
  return names.at(static_cast<std::size_t>(heal));
}

std::string_view name_of(ParamType type) {
  static constexpr std::array<std::string_view, 10> names = {"boolean", "integer", "duration", "share", "ppm",
                                                             "cores",   "bytes",   "text",     "zone",  "time zone"};
  return names.at(static_cast<std::size_t>(type));
}

std::string_view name_of(Target target) {
  static constexpr std::array<std::string_view, 8> names = {"process", "host",  "pool",     "link",
                                                            "message", "table", "database", "names"};
  return names.at(static_cast<std::size_t>(target));
}

const ParamInfo* FaultKindInfo::param(std::string_view wanted) const {
  for (const ParamInfo& info : params) {
    if (info.name == wanted) return &info;
  }
  return nullptr;
}

const std::vector<FaultKindInfo>& fault_kinds() {
  static const std::vector<FaultKindInfo> all = catalogue();
  return all;
}

const FaultKindInfo& info_of(FaultKind kind) { return fault_kinds().at(static_cast<std::size_t>(kind)); }

const FaultKindInfo* fault_kind(std::string_view name) {
  for (const FaultKindInfo& info : fault_kinds()) {
    if (info.name == name) return &info;
  }
  return nullptr;
}

const std::vector<Selector::Kind>& accepted_selectors(Target target) {
  using Kind = Selector::Kind;
  static const std::vector<Kind> places = {Kind::name,   Kind::process, Kind::host,     Kind::zone,
                                           Kind::role,   Kind::app,     Kind::database, Kind::zookeeper,
                                           Kind::system, Kind::one_of,  Kind::all,      Kind::any_two_of};
  static const std::vector<Kind> pools = {Kind::pool, Kind::one_of, Kind::all, Kind::any_two_of};
  static const std::vector<Kind> messages = {Kind::message};
  static const std::vector<Kind> tables = {Kind::table, Kind::one_of, Kind::all, Kind::any_two_of};
  static const std::vector<Kind> servers = {Kind::database};
  static const std::vector<Kind> none;
  switch (target) {
    case Target::process:
    case Target::host:
      return places;
    case Target::pool:
      return pools;
    case Target::link:
    case Target::message:
      return messages;
    case Target::table:
      return tables;
    case Target::database:
      return servers;
    case Target::names:
      return none;
  }
  return none;
}

bool accepts(Target target, Selector::Kind kind) {
  const auto& kinds = accepted_selectors(target);
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace chronofault::faults
