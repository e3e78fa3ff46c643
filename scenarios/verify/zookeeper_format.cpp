#include "zookeeper_format.hpp"

#include <limits>
#include <set>

#include "trace_json.hpp"
#include "zookeeper_json.hpp"

namespace chronofault::verify {

using nlohmann::json;

namespace {

constexpr std::int64_t int_min = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t int_max = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t sleep_max_ms = 30 * 60 * 1000;  // longer than any trace is played

void optional_flag(const json& step, const char* key) {
  if (step.contains(key) && !step.at(key).is_boolean()) {
    throw Misfit(std::string("'") + key + "' is neither true nor false: " + step.at(key).dump());
  }
}

void optional_integer(const json& step, const char* key, std::int64_t min, std::int64_t max) {
  if (step.contains(key)) need_integer(step, key, min, max);
}

// A word that may be left out, and has one value otherwise.
void optional_word(const json& step, const char* key, const std::string& word) {
  if (!step.contains(key)) return;
  const std::map<std::string, bool> words{{word, true}};
  named(words, need_text(step, key), key);
}

// What a step does besides an operation of ZooKeeper's.
enum class Act { connect, reconnect, close, drop, expire, batch, wait_reaped, send, fault, sleep };

const std::map<std::string, Act>& acts() {
  static const std::map<std::string, Act> all{{"batch", Act::batch},     {"close", Act::close},
                                              {"connect", Act::connect}, {"drop", Act::drop},
                                              {"expire", Act::expire},   {"kill", Act::fault},
                                              {"pause", Act::fault},     {"reconnect", Act::reconnect},
                                              {"resume", Act::fault},    {"send", Act::send},
                                              {"settle", Act::fault},    {"sleep", Act::sleep},
                                              {"start", Act::fault},     {"wait_reaped", Act::wait_reaped}};
  return all;
}

class Steps {
 public:
  explicit Steps(int servers) : servers_(servers) {}

  void check(const json& step) {
    const std::string op = need_text(step, "op");
    const auto act = acts().find(op);
    if (act == acts().end() && !is_operation(op)) refuse_op(op);
    check_session(step, act == acts().end() ? nullptr : &act->second);
    if (act == acts().end()) {
      op_of(step);
      optional_word(step, "via", "old");
    } else {
      check_act(step, act->second);
    }
    check_answer(step, op);
  }

 private:
  [[noreturn]] static void refuse_op(const std::string& op) {
    std::string expected;
    for (const auto& [name, act] : acts()) expected += name + ", ";
    refuse_name("op", op, expected + known_operations());
  }

  void check_session(const json& step, const Act* act) {
    const std::string name = need_text(step, "s");
    if (act != nullptr && (*act == Act::fault || *act == Act::sleep)) return;
    const bool connects = act != nullptr && *act == Act::connect;
    const bool there = sessions_.contains(name);
    if (connects && there) throw Misfit("session '" + name + "' connects twice");
    if (!connects && !there) throw Misfit("session '" + name + "' has not connected");
    if (connects) sessions_.insert(name);
  }

  void check_act(const json& step, Act act) const {
    switch (act) {
      case Act::connect:
      case Act::reconnect:
        need_integer(step, "timeout", int_min, int_max);
        optional_integer(step, "to", 1, servers_);
        if (act == Act::connect) break;
        need(step, "lastZxid");
        need_object(step, "setWatches");
        optional_word(step, "passwd", "wrong");
        optional_integer(step, "zxid_ahead", int_min, int_max);
        optional_flag(step, "while_open");
        optional_flag(step, "keep_old");
        break;
      case Act::expire: {
        static const std::map<std::string, bool> ways{{"cut", true}, {"silent", true}};
        named(ways, need_text(step, "how"), "how");
        break;
      }
      case Act::batch:
        for (const json& one : need_list(step, "ops")) op_of(one);
        break;
      case Act::wait_reaped:
        need_text(step, "path");
        break;
      case Act::send:
        op_of(need_object(step, "request"));
        optional_integer(step, "wait_ms", 0, sleep_max_ms);
        break;
      case Act::fault:
        need_integer(step, "server", 1, servers_);
        optional_flag(step, "wait");
        break;
      case Act::sleep:
        need_integer(step, "ms", 0, sleep_max_ms);
        break;
      case Act::close:
      case Act::drop:
        break;
    }
  }

  static void check_answer(const json& step, const std::string& op) {
    const json& answer = need_object(step, "->");
    const std::string error = need_text(answer, "err");
    if (error != "REFUSED") check_error(error);
    if (answer.contains("events") && !answer.at("events").is_object()) throw Misfit("'events' is not an object");
    if (op == "batch") {
      for (const json& reply : need_list(answer, "replies")) check_error(need_text(reply, "err"));
    }
    if (!step.contains("may_vary")) return;
    for (const json& key : need_list(step, "may_vary")) {
      if (!key.is_string()) throw Misfit("'may_vary' names " + key.dump());
    }
  }

  int servers_;
  std::set<std::string> sessions_;
};

void check_server_settings(const json& settings) {
  need_integer(settings, "tickTime", 1, int_max);
  const std::int64_t least = need_integer(settings, "minSessionTimeout", 1, int_max);
  need_integer(settings, "maxSessionTimeout", least, int_max);
  optional_integer(settings, "initLimit", 1, int_max);
  optional_integer(settings, "syncLimit", 1, int_max);
}

void check_change(const json& change) {
  static const std::map<std::string, bool> kinds{{"create", true}, {"delete", true}, {"set", true}};
  const bool texts = change.is_array() && change.size() >= 2 && change.at(0).is_string() && change.at(1).is_string();
  if (!texts) throw Misfit("not a change [kind, path, data]: " + change.dump());
  const auto kind = change.at(0).get<std::string>();
  named(kinds, kind, "change");
  if (kind != "delete" && (change.size() < 3 || !change.at(2).is_string())) {
    throw Misfit("a change without data: " + change.dump());
  }
}

void check_curator_step(const json& step) {
  static const std::map<std::string, bool> ops{
      {"cut", true}, {"multi", true}, {"restore", true}, {"start", true}, {"wait_lost", true}};
  static const std::map<std::string, bool> caches{{"CuratorCache", true},
                                                  {"PathChildrenCache/BUILD_INITIAL_CACHE", true},
                                                  {"PathChildrenCache/NORMAL", true},
                                                  {"PathChildrenCache/POST_INITIALIZED_EVENT", true},
                                                  {"TreeCache", true}};
  const std::string op = need_text(step, "op");
  named(ops, op, "op");
  if (op == "multi") {
    for (const json& change : need_list(step, "ops")) check_change(change);
  }
  if (op == "start") named(caches, need_text(step, "cache"), "cache");
  const json& answer = need_object(step, "->");
  for (const json& state : need_list(answer, "states")) {
    if (!state.is_string()) throw Misfit("'states' names " + state.dump());
  }
  for (const json& event : need_list(answer, "events")) {
    if (!event.is_array() || event.size() < 2) throw Misfit("not an event [type, path, data]: " + event.dump());
  }
}

}  // namespace

void check_format(const json& trace) {
  static const std::map<std::string, int> servers_of_kind{{"container", 1}, {"curator", 1}, {"ensemble", 3},
                                                          {"fresh", 1},     {"random", 1},  {"scripted", 1}};
  trace_id(trace);
  const std::string kind = need_text(trace, "kind");
  const int servers = named(servers_of_kind, kind, "kind of trace");
  const json& all = trace_steps(trace);
  if (kind == "curator") {
    need_integer(trace, "sessionTimeoutMs", 1, int_max);
    need_text(trace, "path");
    for (std::size_t i = 0; i < all.size(); ++i) in_step(i + 1, [&] { check_curator_step(all[i]); });
    return;
  }
  check_server_settings(need_object(trace, "server"));
  if (servers > 1) need_integer(trace, "leader", 1, servers);
  Steps steps(servers);
  for (std::size_t i = 0; i < all.size(); ++i) in_step(i + 1, [&] { steps.check(all[i]); });
}

}  // namespace chronofault::verify
