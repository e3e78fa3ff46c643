#include <algorithm>

#include <ports/system.hpp>

namespace chronofault {

namespace {
std::map<std::string, const System*>& registry() {
  static std::map<std::string, const System*> all;
  return all;
}
}  // namespace

bool Profile::has(std::string_view policy) const {
  return std::find(policies.begin(), policies.end(), policy) != policies.end();
}

Duration Bound::total() const {
  Duration sum;
  for (const Part& part : parts) sum += part.length;
  return sum;
}

OperatorResult OperatorResult::accepted(std::int64_t id, std::optional<WallTime> fire) {
  OperatorResult result;
  result.kind = Kind::accepted;
  result.id = id;
  result.fire = fire;
  return result;
}

OperatorResult OperatorResult::refused(std::string reason) {
  OperatorResult result;
  result.kind = Kind::refused;
  result.reason = std::move(reason);
  return result;
}

OperatorResult OperatorResult::unknown(std::string reason) {
  OperatorResult result;
  result.reason = std::move(reason);
  return result;
}

std::optional<std::vector<std::string>> System::arguments(std::string_view, const ClusterSpec&) const {
  return std::nullopt;
}

const std::map<std::string, const System*>& systems() { return registry(); }

void register_system(const System& system) { registry().insert_or_assign(system.info().name, &system); }

}  // namespace chronofault
