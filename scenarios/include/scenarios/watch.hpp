// The watch: ledger, book, properties and their deadlines, attached to one world. The runner makes one before the first
// step, tells it what no domain record says (processes, operator, healing), and asks it when the run may end.
//
//   Watch watch(plan_things, trace, kernel);            // attaches as a monitor of the trace
//   watch.begin();                                      // between steps, at `start`
//   watch.process("lz", Standing::up);                  // started, resumed; down: crashed, exited; still: paused,
//   frozen RecordId id = trace.domain(p, operator_event(action, result));  watch.operator_acted(action, result, id);
//   kernel.run_until(until);  ... heal ...  watch.healed();
//   while (watch.open_before(until) > 0 && kernel.now() < until + settle)
//     kernel.run_until(std::min(watch.next_look(until), until + settle));
//   std::vector<PropertyResult> results = watch.finish(until);
//
// It acts between steps only, through the kernel's agenda: no step number, no draw, nothing folded.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <scenarios/book.hpp>
#include <scenarios/properties.hpp>
#include <sim/trace/trace.hpp>

namespace chronofault::scenarios {

struct WatchOptions {
  WatchOptions() = default;
  sim::TrueTime start;
  std::string zone;                     // default time zone of the cluster (ClusterSpec::zone_name)
  JobBook::ZoneOf zones;                // must be set
  TimeZone message_zone = utc();        // of instants in messages
  std::vector<std::string> properties;  // empty: all
  OwnershipView ownership;
  std::function<std::string(const std::string& member)>
      process_of_member;                        // Event::member -> process; empty: same name
  Duration settle_grace = Ability::steady_for;  // `settles`: what opens sooner after the healing counts for nothing
};

class Watch final : public sim::Monitor, private BookHost {
 public:
  Watch(Roster roster, WatchOptions options, sim::Trace& trace, sim::Kernel& kernel);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  /// Members of the cast of which nothing was heard yet count as down from here on.
  void begin();
  void process(std::string_view name, Standing standing);
  /// A fault makes it unreasonable to expect anything of a scope ("": of all), until unblock(): ability.hpp.
  void block(std::string_view scope = {}) { ability_.block(scope, kernel_.now()); }
  void unblock(std::string_view scope = {}) { ability_.unblock(scope, kernel_.now()); }
  void operator_acted(const OperatorAction& action, const OperatorResult& result, RecordId record);
  void healed();

  /// Obligations opened before `until` and still open, over all properties.
  std::size_t open_before(sim::TrueTime until) const;
  /// The last instant at which one of them is due, as far as is known now; at least now + 1 s.
  sim::TrueTime last_due(sim::TrueTime until) const;
  /// The same, but never later than a minute from now: obligations are met meanwhile.
  sim::TrueTime next_look(sim::TrueTime until) const;
  /// Called at the first violation of a property; for `replay` that stops there. May be empty.
  void on_violation(std::function<void(const Property&)> told) { told_ = std::move(told); }

  std::vector<PropertyResult> finish(sim::TrueTime until);

  const Roster& roster() const noexcept { return roster_; }
  const Ledger& ledger() const noexcept { return ledger_; }
  const JobBook& book() const noexcept { return book_; }

 private:
  void on_event(const sim::DomainRecord& record) override;
  sim::TrueTime now() const override { return kernel_.now(); }
  void schedule(sim::TrueTime at, std::function<void()> act) override;
  void emit(const Event& event, RecordId cause) override;
  void arm();
  void tell();

  Roster roster_;
  sim::Trace& trace_;
  sim::Kernel& kernel_;
  Ability ability_;
  Deadlines deadlines_;
  Ledger ledger_;
  Watched watched_;
  JobBook book_;
  std::vector<std::unique_ptr<Property>> properties_;
  std::vector<bool> told_violated_;
  std::set<std::string, std::less<>> reported_;  // processes of which something was heard
  sim::TrueTime armed_ = sim::TrueTime::max();
  std::function<void(const Property&)> told_;
};

/// DESIGN 7: the largest bound among the contracts plus two of the system's longest loops.
Bound default_settle(const Roster& roster, Duration longest_loop);

}  // namespace chronofault::scenarios
