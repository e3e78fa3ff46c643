#include <elastic_job/errors.hpp>
#include <elastic_job/rules/item_parameters.hpp>
#include <elastic_job/rules/job_paths.hpp>

namespace chronofault::elastic_job {

// spec: elasticjob 2.1
namespace node {
namespace {

std::string below(std::string_view parent, std::string_view name) {
  std::string node;
  node.reserve(parent.size() + 1 + name.size());
  return node.append(parent).append("/").append(name);
}
std::string mark(int item, std::string_view name) { return below(node::item(item), name); }

}  // namespace

std::string server(std::string_view ip) { return below(servers, ip); }
std::string instance(std::string_view id) { return below(instances, id); }
std::string trigger_of(std::string_view id) { return below(trigger, id); }
std::string item(int item) { return below(sharding, std::to_string(item)); }
std::string owner(int item) { return mark(item, "instance"); }
std::string running(int item) { return mark(item, "running"); }
std::string misfire(int item) { return mark(item, "misfire"); }
std::string disabled(int item) { return mark(item, "disabled"); }
std::string failover(int item) { return mark(item, "failover"); }
std::string failovering(int item) { return mark(item, "failovering"); }
std::string failover_item(int item) { return below(failover_items, std::to_string(item)); }
std::string started_item(int item) { return below(started, std::to_string(item)); }
std::string completed_item(int item) { return below(completed, std::to_string(item)); }

}  // namespace node

namespace {

/// IpUtils.IP_REGEX: four numbers of 0 to 255, without leading zeros.
bool is_dotted_address(std::string_view text) {
  int parts = 0;
  while (true) {
    const std::string_view part = text.substr(0, text.find('.'));
    if (part.empty() || part.size() > 3 || part.find_first_not_of("0123456789") != std::string_view::npos) return false;
    int value = 0;
    for (const char digit : part) value = value * 10 + (digit - '0');
    if (value > 255 || (part.size() > 1 && part.front() == '0')) return false;
    ++parts;
    if (part.size() == text.size()) return parts == 4;
    text.remove_prefix(part.size() + 1);
  }
}

bool is_child(std::string_view node, std::string_view parent, std::string_view name) {
  return node.size() == parent.size() + 1 + name.size() && node.starts_with(parent) && node[parent.size()] == '/' &&
         node.ends_with(name);
}

}  // namespace

std::string JobPaths::full(std::string_view node) const { return node::below(root_, node); }

std::string_view JobPaths::node_of(std::string_view path) const {
  if (!path.starts_with(root_) || path.size() <= root_.size() || path[root_.size()] != '/') return {};
  return path.substr(root_.size() + 1);
}

bool JobPaths::is_config(std::string_view path) const { return node_of(path) == node::config; }
bool JobPaths::is_instance(std::string_view path) const { return node_of(path).starts_with(node::instances); }
bool JobPaths::is_instance_of(std::string_view path, std::string_view id) const {
  return is_child(node_of(path), node::instances, id);
}
bool JobPaths::is_server(std::string_view path) const {
  const std::string_view node = node_of(path);
  const std::string_view parent = node::servers;
  return node.size() > parent.size() && is_child(node, parent, node.substr(parent.size() + 1)) &&
         is_dotted_address(node.substr(parent.size() + 1));
}
bool JobPaths::is_server_of(std::string_view path, std::string_view ip) const {
  return is_child(node_of(path), node::servers, ip);
}
bool JobPaths::is_leader_instance(std::string_view path) const { return node_of(path) == node::leader_instance; }
bool JobPaths::is_trigger_of(std::string_view path, std::string_view id) const {
  return is_child(node_of(path), node::trigger, id);
}
bool JobPaths::is_started_root(std::string_view path) const { return node_of(path) == node::started; }
bool JobPaths::is_completed_root(std::string_view path) const { return node_of(path) == node::completed; }

std::string JobPaths::instance_id(std::string_view path) const {
  const std::size_t skip = full(node::instances).size() + 1;
  // String.substring beyond the end.
  if (path.size() < skip) throw JavaError("StringIndexOutOfBoundsException", std::string(path));
  return std::string(path.substr(skip));
}

std::optional<int> JobPaths::item_of_running(std::string_view path) const { return item_before(path, "running"); }
std::optional<int> JobPaths::item_of_failover(std::string_view path) const { return item_before(path, "failover"); }

std::optional<int> JobPaths::item_before(std::string_view path, std::string_view last) const {
  const std::string parent = full(node::sharding);
  if (!path.starts_with(parent) || !path.ends_with(last)) return std::nullopt;
  const std::size_t from = parent.size() + 1;
  const std::size_t to = path.size() - last.size();
  if (to < from + 1) throw JavaError("StringIndexOutOfBoundsException", std::string(path));
  return parse_java_int(path.substr(from, to - 1 - from));
}

}  // namespace chronofault::elastic_job
