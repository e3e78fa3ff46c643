// The toy does what it says, so that the sweeps over it mean something.
#include "lease_toy.hpp"

#include <map>
#include <string>

#include <catch2/catch.hpp>

namespace {

using namespace toy;

struct Watch final : sim::Monitor {
  void on_event(const sim::DomainRecord& record) override {
    if (record.event.kind == EventKind::OwnershipTaken) owner = record.event.member;
    if (record.event.kind == EventKind::OwnershipTaken) taken_at = record.at;
    if (record.event.kind == EventKind::OutcomeRecorded) ++(record.event.ok ? done : failed);
    if (record.event.kind == EventKind::RunStarted) ++started[record.event.member];
  }
  std::string owner;
  TrueTime taken_at;
  int done = 0;
  int failed = 0;
  std::map<std::string, int> started;
};

TEST_CASE("the toy: one server holds the lease, all workers work, and a dead holder is replaced", "[design:5]") {
  ToyOptions options;
  options.trace = true;
  Toy toy(options);
  Watch watch;
  toy.cluster.trace.add_monitor(watch);
  toy.run_to_step(5'000);
  const std::string first = watch.owner;
  CHECK_FALSE(first.empty());
  CHECK(watch.done > 100);
  CHECK(watch.started.size() == 4);
  std::map<std::string, int> seen;
  for (const sim::Record& record : toy.cluster.trace.records()) {
    if (record.kind == sim::RecordKind::deliver) ++seen[toy.cluster.trace.text(record.label)];
  }
  for (const std::string label :
       {"Acquire", "Acquire.reply", "Beat", "Submit", "Submit.reply", "Run", "Run.reply", "Progress", "Seen"}) {
    CAPTURE(label);
    CHECK(seen[label] > 20);
  }
  const TrueTime struck = toy.cluster.kernel.now();
  toy.cluster.process(first).request_kill(sim::Ending::crash);
  toy.cluster.kernel.settle();
  const int before = watch.done;
  toy.run_to_step(10'000);
  CHECK(watch.owner != first);
  CHECK(watch.taken_at - struck < 3_s);
  CHECK(watch.done > before + 100);
}

}  // namespace
