#include "zookeeper_json.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "trace_json.hpp"

namespace chronofault::verify {

using nlohmann::json;
using zk::OpCode;

namespace {

const std::map<std::string, OpCode>& op_codes() {
  static const std::map<std::string, OpCode> codes = [] {
    std::map<std::string, OpCode> all;
    for (const OpCode code : {OpCode::create,
                              OpCode::create2,
                              OpCode::create_container,
                              OpCode::create_ttl,
                              OpCode::del,
                              OpCode::exists,
                              OpCode::get_data,
                              OpCode::set_data,
                              OpCode::get_acl,
                              OpCode::set_acl,
                              OpCode::get_children,
                              OpCode::get_children2,
                              OpCode::sync,
                              OpCode::check,
                              OpCode::multi,
                              OpCode::multi_read,
                              OpCode::check_watches,
                              OpCode::remove_watches,
                              OpCode::add_watch,
                              OpCode::get_ephemerals,
                              OpCode::get_all_children_number}) {
      all.emplace(zk::name_of(code), code);
    }
    return all;
  }();
  return codes;
}

zk::CreateMode create_mode(const std::string& text) {
  static const std::map<std::string, zk::CreateMode> modes{
      {"persistent", zk::CreateMode::persistent},
      {"ephemeral", zk::CreateMode::ephemeral},
      {"persistent_sequential", zk::CreateMode::persistent_sequential},
      {"ephemeral_sequential", zk::CreateMode::ephemeral_sequential},
      {"container", zk::CreateMode::container},
      {"ttl", zk::CreateMode::ttl},
      {"sequential_ttl", zk::CreateMode::ttl_sequential}};
  return named(modes, text, "mode");
}

zk::WatcherType watcher_type(const std::string& text) {
  static const std::map<std::string, zk::WatcherType> types{
      {"children", zk::WatcherType::children}, {"data", zk::WatcherType::data}, {"any", zk::WatcherType::any}};
  return named(types, text, "type");
}

json json_of(const zk::Stat& stat, const Notation& notation) {
  json out;
  out["czxid"] = notation.zxid(stat.czxid);
  out["mzxid"] = notation.zxid(stat.mzxid);
  out["pzxid"] = notation.zxid(stat.pzxid);
  out["version"] = stat.version;
  out["cversion"] = stat.cversion;
  out["aversion"] = stat.aversion;
  out["dataLength"] = stat.data_length;
  out["numChildren"] = stat.num_children;
  out["owner"] = stat.ephemeral_owner == 0 ? json(0) : notation.session(stat.ephemeral_owner);
  return out;
}

json sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

void add_content(const zk::Result& result, const Notation& notation, json& out) {
  switch (result.op) {
    case OpCode::create:
    case OpCode::sync:
      out["path"] = result.path;
      break;
    case OpCode::create2:
    case OpCode::create_container:
    case OpCode::create_ttl:
      out["path"] = result.path;
      out["stat"] = json_of(result.stat, notation);
      break;
    case OpCode::exists:
    case OpCode::set_data:
    case OpCode::set_acl:
      out["stat"] = json_of(result.stat, notation);
      break;
    case OpCode::get_data:
      out["data"] = result.data ? json(*result.data) : json();
      out["stat"] = json_of(result.stat, notation);
      break;
    case OpCode::get_acl: {
      json& entries = out["acl"] = json::array();
      for (const zk::Acl& entry : result.acl.value()) {
        entries.push_back({{"perms", entry.perms}, {"scheme", entry.scheme}, {"id", entry.id}});
      }
      out["stat"] = json_of(result.stat, notation);
      break;
    }
    case OpCode::get_children2:
      out["stat"] = json_of(result.stat, notation);
      [[fallthrough]];
    case OpCode::get_children:
      out["children"] = sorted(result.names);
      break;
    case OpCode::get_ephemerals:
      out["paths"] = sorted(result.names);
      break;
    case OpCode::get_all_children_number:
      out["count"] = result.count;
      break;
    case OpCode::multi:
    case OpCode::multi_read: {
      json& members = out["results"] = json::array();
      // The members of a failed multi say no more than their errors.
      const bool failed =
          result.op == OpCode::multi && std::any_of(result.results.begin(), result.results.end(),
                                                    [](const zk::Result& r) { return r.error != zk::Code::ok; });
      for (const zk::Result& member : result.results) {
        json one;
        one["err"] = zk::name_of(member.error);
        if (!failed && member.error == zk::Code::ok) {
          one["op"] = zk::name_of(member.op);
          add_content(member, notation, one);
        }
        members.push_back(std::move(one));
      }
      break;
    }
    default:
      break;
  }
}

}  // namespace

bool is_operation(const std::string& name) { return op_codes().contains(name); }

std::string known_operations() {
  std::string names;
  for (const auto& [name, code] : op_codes()) names += (names.empty() ? "" : ", ") + name;
  return names;
}

void check_error(const std::string& name) {
  static const std::map<std::string, zk::Code> codes = [] {
    using zk::Code;
    std::map<std::string, Code> all;
    for (const Code code : {Code::ok,
                            Code::runtime_inconsistency,
                            Code::connection_loss,
                            Code::marshalling_error,
                            Code::unimplemented,
                            Code::operation_timeout,
                            Code::bad_arguments,
                            Code::no_node,
                            Code::no_auth,
                            Code::bad_version,
                            Code::no_children_for_ephemerals,
                            Code::node_exists,
                            Code::not_empty,
                            Code::session_expired,
                            Code::invalid_acl,
                            Code::auth_failed,
                            Code::session_moved,
                            Code::no_watcher,
                            Code::request_timeout,
                            Code::quota_exceeded}) {
      all.emplace(zk::name_of(code), code);
    }
    return all;
  }();
  named(codes, name, "error");
}

zk::Op op_of(const json& request) {
  constexpr std::int64_t int_min = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t int_max = std::numeric_limits<std::int32_t>::max();
  zk::Op op(named(op_codes(), need_text(request, "op"), "op"));
  const bool of_members = op.code == OpCode::multi || op.code == OpCode::multi_read;
  if (of_members) {
    for (const json& member : need_list(request, "ops")) op.members.push_back(op_of(member));
    return op;
  }
  op.path = need_text(request, "path");
  if (request.contains("data") && !request["data"].is_null()) op.data = need_text(request, "data");
  if (zk::is_create(op.code)) op.mode = create_mode(need_text(request, "mode"));
  if (op.code == OpCode::add_watch) {
    static const std::map<std::string, zk::AddWatchMode> modes{
        {"persistent", zk::AddWatchMode::persistent}, {"persistent_recursive", zk::AddWatchMode::persistent_recursive}};
    op.watch_mode = named(modes, need_text(request, "mode"), "mode");
  }
  if (request.contains("version")) {
    op.version = static_cast<std::int32_t>(need_integer(request, "version", int_min, int_max));
  }
  if (request.contains("ttl")) op.ttl_ms = need_integer(request, "ttl");
  op.watch = request.value("watch", false);
  if (request.contains("type")) op.watcher_type = watcher_type(need_text(request, "type"));
  if (request.contains("acl")) {
    op.acl.emplace();
    for (const json& entry : need_list(request, "acl")) {
      const std::int64_t perms = need_integer(entry, "perms", int_min, int_max);
      op.acl->emplace_back(static_cast<int>(perms), need_text(entry, "scheme"), need_text(entry, "id"));
    }
  }
  return op;
}

json json_of(const zk::Result& result, const Notation& notation) {
  json out;
  out["err"] = zk::name_of(result.error);
  if (result.error == zk::Code::ok) add_content(result, notation, out);
  return out;
}

}  // namespace chronofault::verify
