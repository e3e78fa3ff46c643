#include "zookeeper_curator.hpp"

#include "trace_json.hpp"
#include "zookeeper_curator_runner.hpp"
#include "zookeeper_world.hpp"

namespace chronofault::verify {

using nlohmann::json;

namespace {

constexpr Duration curator_limit = Duration::minutes(10);  // of simulated time

// The settings of the servers with which these traces were recorded, and an order of hash sets that has the only names
// in these traces as the recorded servers have them: a, b, c. PathChildrenCache shows it.
json server_settings() {
  return {{"tickTime", 250}, {"minSessionTimeout", 500}, {"maxSessionTimeout", 120'000}, {"orderSeed", 16}};
}

bool below(const std::string& path, const std::string& ancestor) {
  return path.size() > ancestor.size() && path.starts_with(ancestor) && path[ancestor.size()] == '/';
}

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// The order of two events of one answer may vary: they belong to siblings, or to what is below two siblings. Not that
// of new siblings in a TreeCache, which sorts them.
bool may_swap(const json& a, const json& b) {
  if (!a.at(1).is_string() || !b.at(1).is_string()) return false;
  const std::string left = a.at(1).get<std::string>();
  const std::string right = b.at(1).get<std::string>();
  if (left == right || below(left, right) || below(right, left)) return false;
  const bool both_added = a.at(0) == "NODE_ADDED" && b.at(0) == "NODE_ADDED";
  return !(both_added && parent_of(left) == parent_of(right));
}

// `seen` put into the order of `expected` as far as that may vary; what cannot be is left where it is.
json aligned(const json& expected, const json& seen) {
  std::vector<json> left(seen.begin(), seen.end());
  json order = json::array();
  for (const json& wanted : expected) {
    for (std::size_t i = 0; i < left.size(); ++i) {
      if (left[i] == wanted) {
        order.push_back(left[i]);
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(i));
        break;
      }
      if (!may_swap(left[i], wanted)) break;
    }
  }
  for (json& rest : left) order.push_back(std::move(rest));
  return order;
}

}  // namespace

void check_curator_trace(const VectorFile& file, const VectorLine& line, const json& trace, Tally& tally) {
  tally.trace();
  std::vector<json> answers;
  ZooKeeperWorld world(server_settings(), false, 1);
  // It belongs to the recorder's program and dies with it: what it holds of the process must not outlive that.
  auto runner = std::make_shared<CuratorRunner>(trace, world.address(1), &answers);
  world.play([runner = std::move(runner)](Ports& ports) { return runner->play(&ports); }, curator_limit);
  const json& steps = trace.at("steps");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::string op = steps[i].at("op").get<std::string>();
    const json& expected = steps[i].at("->");
    json seen = i < answers.size() ? answers[i] : json{{"states", "no answer"}, {"events", json::array()}};
    if (op == "start" || op == "restore") seen["events"] = aligned(expected.at("events"), seen.at("events"));
    if (expected == seen) {
      tally.reproduced(op);
    } else {
      tally.differs(
          Difference{file.path, line.number, trace_id(trace), std::to_string(i + 1), op, expected.dump(), seen.dump()});
    }
  }
}

}  // namespace chronofault::verify
