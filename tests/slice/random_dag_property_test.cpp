// Slices of random DAGs against a reference that walks the graph record by record, and one large one against the clock.
#include <chrono>
#include <iostream>
#include <set>

#include <catch2/catch.hpp>

#include <support/property.hpp>

#include "pile.hpp"

using namespace pile;

namespace {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint64_t below(std::uint64_t n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return (state_ >> 33) % n;
  }

 private:
  std::uint64_t state_;
};

constexpr sim::ProcessId timers_only = 4;

Pile random_pile(std::uint64_t seed, std::size_t records, bool plain) {
  Dice dice(seed);
  Pile pile;
  const char* labels[] = {"x", "y"};
  for (std::size_t i = 0; i < records; ++i) {
    std::vector<RecordId> causes;
    for (std::uint64_t n = dice.below(3); n > 0 && i > 0; --n) {
      const std::uint64_t span = std::min<std::uint64_t>(i, 1 + dice.below(2 * i));
      causes.push_back(i - dice.below(span));
    }
    std::sort(causes.begin(), causes.end());
    causes.erase(std::unique(causes.begin(), causes.end()), causes.end());
    const auto process = static_cast<sim::ProcessId>(1 + dice.below(3));
    const std::uint64_t what = dice.below(plain ? 4 : 10);
    const std::string label = labels[dice.below(2)];
    if (what == 0) {
      pile.domain(process, EventKind::MemberLost, std::move(causes));
    } else if (what == 1) {
      pile.domain(process, EventKind::LoopPassed, std::move(causes), plain ? "loop " + std::to_string(i) : label);
    } else if (what <= 3) {
      // In a plain pile no timer is of a process that has domain records: one that began the unit of evidence is kept.
      const sim::ProcessId whose = plain && what == 3 ? timers_only : process;
      pile.add(what == 2 ? RecordKind::signal : RecordKind::expire, whose, label, std::move(causes));
    } else if (what == 4) {
      pile.add(RecordKind::fault_on, 0, label, std::move(causes));
    } else if (what == 5) {
      pile.add(RecordKind::absence, process, label, std::move(causes));
    } else if (what == 6) {
      pile.add(RecordKind::memory, process, label, std::move(causes));
    } else if (what == 7) {
      pile.add(RecordKind::deliver, process, label, std::move(causes), 1);
    } else {
      pile.add(RecordKind::send, process, label, std::move(causes), 1);
    }
  }
  return pile;
}

// All records behind one, causes of passes and of what is older than `since` not followed.
void behind(const Pile& pile, RecordId id, RecordId since, std::set<RecordId>& found) {
  const TraceView view = pile.view();
  const sim::Record& record = pile.at(id);
  const bool pass = record.kind == RecordKind::domain && view.event(record).kind == EventKind::LoopPassed;
  if (pass || id < since) return;
  for (const RecordId cause : pile.causes(id)) {
    if (found.insert(cause).second) behind(pile, cause, since, found);
  }
}

std::set<RecordId> leads_to(const Slice& slice, RecordId id) {
  std::set<RecordId> found;
  for (const RecordId cause : slice.find(id)->causes) {
    found.insert(cause);
    const std::set<RecordId> more = leads_to(slice, cause);
    found.insert(more.begin(), more.end());
  }
  return found;
}

}  // namespace

TEST_CASE("a slice keeps exactly the domain records behind the evidence, and who rests on whom") {
  support::check_property("closure", [](std::uint32_t seed) {
    Dice dice(seed);
    const std::size_t size = 2 + dice.below(40);
    const Pile pile = random_pile(seed, size, true);
    const RecordId evidence = size;
    const RecordId since = dice.below(2) == 0 ? 0 : 1 + dice.below(size);
    const Slice slice = causal_slice(pile.view(), {evidence}, since);

    std::set<RecordId> expected;
    behind(pile, evidence, since, expected);
    std::set<RecordId> ancestors = expected;
    std::erase_if(expected, [&](RecordId id) { return pile.at(id).kind != RecordKind::domain || id < since; });
    expected.insert(evidence);
    std::set<RecordId> kept;
    for (const SliceEntry& entry : slice.entries) {
      // Passes of one loop by one process for the same reasons are one; here every pass is a loop of its own.
      RC_ASSERT(entry.count == 1u);
      kept.insert(entry.record);
    }
    RC_ASSERT(kept == expected);
    RC_ASSERT(slice.ancestors == ancestors.size() + (ancestors.contains(evidence) ? 0u : 1u));
    for (const RecordId id : kept) {
      std::set<RecordId> reference;
      behind(pile, id, since, reference);
      std::erase_if(reference, [&](RecordId r) { return !kept.contains(r); });
      RC_ASSERT(leads_to(slice, id) == reference);
    }
  });
}

TEST_CASE("whatever collapses: causes are older, in the slice, and truly behind; every fault reached is there") {
  support::check_property("sound", [](std::uint32_t seed) {
    const std::size_t size = 2 + seed % 60;
    const Pile pile = random_pile(seed, size, false);
    const Slice slice = causal_slice(pile.view(), {size}, 0);
    RC_ASSERT(slice.find(size) != nullptr);
    for (const SliceEntry& entry : slice.entries) {
      std::set<RecordId> ancestors;
      if (entry.count == 1) behind(pile, entry.record, 0, ancestors);
      for (const RecordId cause : entry.causes) {
        RC_ASSERT(cause < entry.record);
        RC_ASSERT(slice.find(cause) != nullptr);
        if (entry.count == 1 && slice.find(cause)->count == 1) RC_ASSERT(ancestors.contains(cause));
      }
    }
  });
}

TEST_CASE("a slice of two million records takes seconds at most", "[slow]") {
  Pile pile;
  pile.roles = {"", "server", "worker", "worker"};
  RecordId table = 0;
  RecordId current[4] = {0, 0, 0, 0};
  RecordId moved = 0;
  while (pile.size() < 2'000'000) {
    if (pile.size() > 1'000'000 && moved == 0) {
      const RecordId fault = pile.add(RecordKind::fault_on, 0, "delay: 1s");
      moved = pile.add(RecordKind::send, 1, "Word", {fault}, 2);
    }
    for (const sim::ProcessId worker : {2u, 3u}) {
      const RecordId pass = pile.domain(worker, EventKind::LoopPassed, {}, "beat");
      std::vector<RecordId> reads{pass};
      if (current[worker] != 0) reads.insert(reads.begin(), current[worker]);
      const RecordId sent = pile.add(RecordKind::send, worker, "Heartbeat", reads, 1);
      const RecordId heard = pile.add(RecordKind::deliver, 1, "Heartbeat", {sent}, worker);
      std::vector<RecordId> known{heard};
      if (table != 0) known.insert(known.begin(), table);
      if (moved != 0) known.insert(known.begin(), std::min(moved, known.front()));
      std::sort(known.begin(), known.end());
      known.erase(std::unique(known.begin(), known.end()), known.end());
      table = pile.add(RecordKind::memory, 1, "table", known);
      const RecordId reply = pile.add(RecordKind::send, 1, "Heartbeat.reply", {table}, worker);
      const RecordId got = pile.add(RecordKind::deliver, worker, "Heartbeat.reply", {reply}, 1);
      current[worker] = pile.add(RecordKind::memory, worker, "server", {got});
    }
  }
  const RecordId end = pile.domain(1, EventKind::OutcomeRecorded, {table});
  const auto begin = std::chrono::steady_clock::now();
  const Slice slice = causal_slice(pile.view(), {end}, 0);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  std::cout << "slice of " << pile.size() << " records: " << slice.ancestors << " behind the violation, "
            << slice.entries.size() << " kept, " << took.count() << " ms\n";
  CHECK(slice.ancestors > 1'900'000);
  CHECK(slice.entries.size() < 100);
  CHECK(slice.find(moved) != nullptr);
}
