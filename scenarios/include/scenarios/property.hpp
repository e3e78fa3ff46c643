// A property: an observer named after the promise that it guards. It never touches what it watches.
//
// Every property has a premise: what must have happened for its promise to mean anything. One whose premise never held
// is vacuous. A violation says when, which records, and by what bound; the bound says what it is made of.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <ports/time_zone.hpp>
#include <scenarios/ability.hpp>
#include <scenarios/ledger.hpp>
#include <scenarios/obligations.hpp>
#include <scenarios/roster.hpp>

namespace chronofault::scenarios {

enum class PropertyState : std::uint8_t { held, violated, vacuous, open };
std::string_view name_of(PropertyState state) noexcept;

struct Violation {
  sim::TrueTime at;
  std::uint64_t step = 0;
  std::string message;
  std::vector<Evidence> records;  // oldest first; the last one shows it. Empty when no trace is kept
  Evidence since = 0;             // the record with which the obligation began; causes older than it are leaves
  std::string job;                // what it is about, as far as it applies
  std::optional<WallTime> fire;
  std::int64_t run = 0;
  Bound bound;  // liveness: what was not kept
};

struct PropertyResult {
  std::string name;
  PropertyState state = PropertyState::vacuous;
  std::uint64_t premises = 0;  // how often the premise held
  std::uint64_t excused = 0;   // of these, those of which the cluster was not able
  std::uint64_t open = 0;      // obligations opened before `until` and neither met nor failed at the end
  std::uint64_t violation_count = 0;
  std::vector<Violation> violations;       // the first Property::violations_most of them, in order of time
  std::vector<std::string> open_subjects;  // the first 20
};

/// How to look at ownership. Both as System has them; empty functions: nobody owns anything.
struct OwnershipView {
  std::function<std::string(std::string_view scope)> owner;  // process that is owner of record now
  /// Whether the specification lets ownership move like this: the reason why not, or nothing. May be empty.
  std::function<std::optional<std::string>(const sim::DomainRecord& taken, const std::string& before)> may_move;
};

/// What properties see and use. Lives as long as they.
struct Watched {
  Watched(const Roster& roster, Ledger& ledger, const Ability& ability, Deadlines& deadlines)
      : roster(roster), ledger(ledger), ability(ability), deadlines(deadlines) {}
  const Roster& roster;
  Ledger& ledger;
  const Ability& ability;
  Deadlines& deadlines;
  OwnershipView ownership;
  std::function<std::string(sim::ProcessId)> process_name;                  // must be set
  std::function<std::uint64_t()> step;                                      // of the kernel; may be empty
  std::function<std::string(const std::string& member)> process_of_member;  // of Event::member; empty: by its name
  std::vector<ObligationSink*> sinks;                                       // told of the obligations of all properties
  Duration settle_grace = Ability::steady_for;                              // of `settles`
  TimeZone zone = utc();                                                    // of instants in messages
  sim::TrueTime now;                                                        // kept by whoever drives
};

class Property {
 public:
  static constexpr std::size_t violations_most = 200;

  Property(std::string_view name, Watched& watched) : watched_(watched) { result_.name = name; }
  Property(const Property&) = delete;
  Property& operator=(const Property&) = delete;
  virtual ~Property() = default;

  const std::string& name() const noexcept { return result_.name; }

  /// The ledger has taken the record in already.
  virtual void on_event(const sim::DomainRecord& record, const Sighting& sighting) = 0;
  /// Before the first step, when the initial rows are there.
  virtual void on_begin() {}
  virtual void on_process(sim::ProcessId, Standing) {}
  virtual void on_operator(const OperatorAction&, const OperatorResult&, Evidence) {}
  /// All faults are healed from now on.
  virtual void on_healed() {}
  /// The obligations that it waits for; null: a safety property.
  virtual const Obligations* obligations() const { return nullptr; }
  virtual std::string describe_open(std::uint64_t) const { return {}; }

  /// The first violation of the property is told to whoever wants to stop there.
  bool violated() const noexcept { return result_.violation_count > 0; }
  /// To be called once, at the end of the run; `until`: obligations opened later count for nothing.
  PropertyResult finish(sim::TrueTime until);

 protected:
  void premise(std::uint64_t times = 1) noexcept { result_.premises += times; }
  void excuse() noexcept { ++result_.excused; }
  void violate(Violation violation);
  std::string at(WallTime t) const { return to_string(t, watched_.zone); }
  std::string at(sim::TrueTime t) const { return to_string(WallTime::from_us(t.us()), watched_.zone); }

  Watched& watched_;

 private:
  PropertyResult result_;
};

}  // namespace chronofault::scenarios
