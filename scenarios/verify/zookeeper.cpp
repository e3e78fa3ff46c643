#include "zookeeper.hpp"

#include <algorithm>
#include <set>

#include "trace_json.hpp"
#include "zookeeper_curator.hpp"
#include "zookeeper_format.hpp"
#include "zookeeper_runner.hpp"

namespace chronofault::verify {

using nlohmann::json;

namespace {

constexpr Duration trace_limit = Duration::minutes(30);  // of simulated time

bool is_zxid_key(const std::string& key) {
  return key == "zxid" || key == "lastZxid" || key == "czxid" || key == "mzxid" || key == "pzxid";
}

// Visits every [epoch, counter] of an ensemble's trace.
template <class F>
void for_each_zxid(json& value, const F& visit) {
  if (value.is_array()) {
    for (json& one : value) for_each_zxid(one, visit);
  } else if (value.is_object()) {
    for (auto& [key, one] : value.items()) {
      if (is_zxid_key(key) && one.is_array()) {
        visit(one);
      } else {
        for_each_zxid(one, visit);
      }
    }
  }
}

// An election may take more than one round: epochs are numbered as they are seen.
void number_epochs(std::vector<json>& answers) {
  std::set<std::int64_t> found;
  for (json& answer : answers) for_each_zxid(answer, [&](json& zxid) { found.insert(zxid[0].get<std::int64_t>()); });
  for (json& answer : answers) {
    for_each_zxid(answer,
                  [&](json& zxid) { zxid[0] = std::distance(found.begin(), found.find(zxid[0].get<std::int64_t>())); });
  }
}

json sorted_events(json events) {
  for (auto& [session, list] : events.items()) std::sort(list.begin(), list.end());
  return events;
}

struct Pair {
  json expected;
  json seen;
};

// Both sides without what the format leaves free.
Pair compared(const json& step, json seen) {
  Pair pair{step.at("->"), std::move(seen)};
  const std::string op = step.at("op").get<std::string>();
  if (op == "reconnect") {  // what the client sent is part of the request
    pair.expected["lastZxid"] = step.at("lastZxid");
    pair.expected["setWatches"] = step.at("setWatches");
  }
  for (const json& key : step.value("may_vary", json::array())) {
    pair.expected.erase(key.get<std::string>());
    pair.seen.erase(key.get<std::string>());
  }
  if (op == "close" || op == "expire") {
    for (json* side : {&pair.expected, &pair.seen}) {
      if (side->contains("events")) (*side)["events"] = sorted_events((*side)["events"]);
    }
  }
  return pair;
}

void check_trace(const VectorFile& file, const VectorLine& line, Tally& tally) {
  const json trace = parse_trace(line.text);
  check_format(trace);
  const std::string kind = trace.at("kind").get<std::string>();
  if (kind == "curator") {
    check_curator_trace(file, line, trace, tally);
    return;
  }
  tally.trace();
  ZooKeeperWorld world(trace.at("server"), kind == "container", kind == "ensemble" ? 3 : 1);
  std::vector<json> answers;
  ZooKeeperRunner runner(trace, world, &answers);
  world.play([&runner](Ports& ports) { return runner.play(&ports); }, trace_limit);
  if (kind == "ensemble") number_epochs(answers);
  const json& steps = trace.at("steps");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string op = steps[i].at("op").get<std::string>();
    const Pair pair = compared(steps[i], i < answers.size() ? answers[i] : json{{"err", "no answer"}});
    if (pair.expected == pair.seen) {
      tally.reproduced(op);
    } else {
      tally.differs(Difference{file.path, line.number, trace_id(trace), std::to_string(i + 1), op, pair.expected.dump(),
                               pair.seen.dump()});
    }
  }
}

}  // namespace

void verify_zookeeper(const VectorFile& file, Tally& tally) {
  if (!file.lines_are_cases) throw BadVectors(file.path, 0, "not a file of ZooKeeper traces");
  for (const VectorLine& line : file.lines) {
    check_line(file, line.number, [&] { check_trace(file, line, tally); });
  }
}

}  // namespace chronofault::verify
