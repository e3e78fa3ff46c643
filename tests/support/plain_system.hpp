// A system that has no rules of its own: nothing is due, owned or ordered. What a test needs of one, it overrides.
#pragma once

#include <ports/system.hpp>

namespace support {

class PlainSystem : public chronofault::System {
 public:
  const chronofault::SystemInfo& info() const override { return info_; }
  std::vector<chronofault::Objection> check(const chronofault::ClusterSpec&) const override { return {}; }
  std::vector<chronofault::TableSpec> tables(const chronofault::Profile&) const override { return {}; }
  std::vector<chronofault::InitialRow> initial_rows(const chronofault::ClusterSpec&) const override { return {}; }
  std::vector<chronofault::ProcessSpec> deploy(const chronofault::ClusterSpec&) const override { return {}; }
  chronofault::JobContract contract(const chronofault::JobSpec&, const chronofault::ClusterSpec&) const override {
    return {};
  }
  chronofault::JobContract contract(const chronofault::WorkflowSpec&, const chronofault::ClusterSpec&) const override {
    return {};
  }
  chronofault::Duration longest_loop(const chronofault::Profile&) const override {
    return chronofault::Duration::seconds(1);
  }
  chronofault::Task<chronofault::OperatorResult> operate(chronofault::OperatorAction, const chronofault::ClusterSpec&,
                                                         chronofault::Ports&) const override {
    return refuse();
  }
  std::vector<std::string> resolve(const chronofault::Selector&, const chronofault::StateView&) const override {
    return {};
  }
  std::string owner(std::string_view, const chronofault::StateView&) const override { return {}; }
  std::string scope_of(std::string_view, const chronofault::ClusterSpec&) const override { return {}; }

 protected:
  chronofault::SystemInfo info_;

 private:
  static chronofault::Task<chronofault::OperatorResult> refuse() {
    co_return chronofault::OperatorResult::refused("takes no orders");
  }
};

}  // namespace support
