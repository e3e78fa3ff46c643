#include <scenarios/message_kinds.hpp>
#include <sim/zookeeper/messages.hpp>

namespace chronofault::scenarios {

std::vector<MessageKindInfo> message_kinds(const SystemInfo& info) {
  std::vector<MessageKindInfo> kinds = info.messages;
  if (info.uses_zookeeper) {
    const auto& zookeeper = sim::zookeeper_message_kinds();
    kinds.insert(kinds.end(), zookeeper.begin(), zookeeper.end());
  }
  return kinds;
}

}  // namespace chronofault::scenarios
