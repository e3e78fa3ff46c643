#include "planted_system.hpp"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include <ports/clock.hpp>
#include <ports/events.hpp>
#include <ports/host.hpp>

namespace planted {
namespace {

using namespace chronofault;

struct Member {
  explicit Member(int number) : number(number) {}
  int number;
  char ballast[100] = {};  // each in a block of its own
};
using Members = std::vector<const Member*>;

enum class Defect { none, pointer_order, hash_order, uninitialised_read };

// What nobody wrote, in blocks of many sizes: one alone may look the same in two processes.
std::size_t read_junk() {
  std::size_t junk = 0;
  std::vector<void*> blocks;
  for (std::size_t size = 64; size < 4'000; size += size / 2) {
    blocks.push_back(std::malloc(size));  // NOLINT(cppcoreguidelines-no-malloc)
    auto* const memory = static_cast<volatile unsigned char*>(blocks.back());
    for (std::size_t i = 0; i < size; ++i) junk = junk * 31 + memory[i];
  }
  for (void* block : blocks) std::free(block);  // NOLINT(cppcoreguidelines-no-malloc)
  return junk;
}

Members told_first(Members members, Defect defect) {
  if (defect == Defect::pointer_order) std::sort(members.begin(), members.end(), std::less<const Member*>());
  if (defect == Defect::hash_order) {
    std::unordered_map<const Member*, int> given;
    for (const Member* member : members) given[member] = member->number;
    members.clear();
    for (const auto& [member, number] : given) members.push_back(member);
  }
  if (defect == Defect::uninitialised_read) {
    const std::size_t junk = read_junk();
    const auto key = [junk](const Member* m) {
      return (static_cast<std::size_t>(m->number) + 1) * (junk | 1) % 65'521;
    };
    std::sort(members.begin(), members.end(), [&](const Member* a, const Member* b) { return key(a) < key(b); });
  }
  return members;
}

class Node final : public Program {
 public:
  Node(Ports& ports, Defect defect) : ports_(ports), defect_(defect) {
    for (int i = 0; i < 12; ++i) members_.push_back(std::make_unique<Member>(i));
  }
  Task<> main() override {
    for (int second = 0; second < 30; ++second) {
      co_await ports_.clock.sleep_for(Duration::seconds(1));
      Members all;
      for (const auto& member : members_) all.push_back(member.get());
      // All is well for a while: what differs has to be found.
      const Defect defect = second < 10 ? Defect::none : defect_;
      for (const Member* member : told_first(std::move(all), defect)) {
        Event event(EventKind::MemberSeen);
        event.member = "member-" + std::to_string(member->number);
        ports_.events.emit(event);
      }
    }
  }

 private:
  Ports& ports_;
  Defect defect_;
  std::vector<std::unique_ptr<Member>> members_;
};

class Planted final : public System {
 public:
  Planted() {
    info_.name = "planted";
    info_.versions = {{"V1", "", ""}};
    info_.policies = {{"pointer-order", "", ""}, {"hash-order", "", ""}, {"uninitialised-read", "", ""}};
    Role node;
    node.list = "nodes";
    node.name = "node";
    info_.roles = {node};
  }
  const SystemInfo& info() const override { return info_; }
  std::vector<Objection> check(const ClusterSpec&) const override { return {}; }
  std::vector<TableSpec> tables(const Profile&) const override { return {}; }
  std::vector<InitialRow> initial_rows(const ClusterSpec&) const override { return {}; }
  std::vector<ProcessSpec> deploy(const ClusterSpec& cluster) const override {
    Defect defect = Defect::none;
    if (cluster.profile.has("pointer-order")) defect = Defect::pointer_order;
    if (cluster.profile.has("hash-order")) defect = Defect::hash_order;
    if (cluster.profile.has("uninitialised-read")) defect = Defect::uninitialised_read;
    std::vector<ProcessSpec> all;
    for (const ProcessEntry& entry : cluster.processes) {
      ProcessSpec spec;
      spec.name = entry.name;
      spec.role = entry.role;
      spec.make = [defect](Ports& ports) { return std::make_unique<Node>(ports, defect); };
      all.push_back(std::move(spec));
    }
    return all;
  }
  JobContract contract(const JobSpec&, const ClusterSpec&) const override { return {}; }
  JobContract contract(const WorkflowSpec&, const ClusterSpec&) const override { return {}; }
  Duration longest_loop(const Profile&) const override { return Duration::seconds(1); }
  Task<OperatorResult> operate(OperatorAction, const ClusterSpec&, Ports&) const override { return refuse(); }
  std::vector<std::string> resolve(const Selector&, const StateView&) const override { return {}; }
  std::string owner(std::string_view, const StateView&) const override { return {}; }
  std::string scope_of(std::string_view, const ClusterSpec&) const override { return {}; }

 private:
  static Task<OperatorResult> refuse() { co_return OperatorResult::refused("takes no orders"); }
  SystemInfo info_;
};

}  // namespace

const System& system() {
  static const Planted planted;
  return planted;
}

}  // namespace planted
