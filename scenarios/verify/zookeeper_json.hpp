// Requests and answers as the recordings write them.
#pragma once

#include <functional>

#include <nlohmann/json.hpp>

#include <ports/coordination/types.hpp>

namespace chronofault::verify {

/// How a trace writes what differs from run to run.
struct Notation {
  std::function<nlohmann::json(zk::Zxid)> zxid;
  std::function<nlohmann::json(zk::SessionId)> session;  // of owners
};

/// Whether a request's "op" may be called so; all such names, for people.
bool is_operation(const std::string& name);
std::string known_operations();
/// Throws Misfit: not the name of an error, as answers have it.
void check_error(const std::string& name);

/// Throws Misfit or nlohmann::json::exception: not of the format.
zk::Op op_of(const nlohmann::json& request);
/// Without its zxid.
nlohmann::json json_of(const zk::Result& result, const Notation& notation);

}  // namespace chronofault::verify
