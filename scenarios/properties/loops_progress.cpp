// loops-progress: every declared loop passes within its bound while its process runs and is not paused.
//
// LoopDeclared begins the watch over a loop of a process's life, LoopPassed renews it. A pause or a freeze of the
// process stops the clock, which starts anew when it goes on; its death, or a bound of 0, ends the watch until the loop
// is declared again. One deadline per loop is in the queue: when it comes, the last pass decides, so a pass costs a
// look-up.
//
// Premise: a loop was declared.
#include <map>

#include <scenarios/properties.hpp>

namespace chronofault::scenarios {

namespace {

class LoopsProgress final : public Property, private DeadlineListener {
 public:
  explicit LoopsProgress(Watched& watched) : Property("loops-progress", watched) {}

  void on_event(const sim::DomainRecord& record, const Sighting&) override {
    if (record.event.kind == EventKind::LoopPassed) {
      if (const auto found = index_.find({record.process, record.event.detail}); found != index_.end()) {
        Loop& loop = loops_[found->second];
        loop.last = record.at;
        loop.record = record.id;
        loop.said = false;
        if (!loop.armed) arm(found->second);
      }
    } else if (record.event.kind == EventKind::LoopDeclared) {
      declared(record);
    }
  }

  void on_process(sim::ProcessId process, Standing standing) override {
    standing_[process] = standing;
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      Loop& loop = loops_[i];
      if (loop.process != process) continue;
      if (standing == Standing::down) loop.alive = false;
      if (standing == Standing::up && loop.alive) {
        loop.last = watched_.now;
        if (!loop.armed) arm(i);
      }
    }
  }

 private:
  struct Loop {
    sim::ProcessId process = 0;
    std::string name;
    Duration bound;
    sim::TrueTime last;
    Evidence record = 0;
    bool alive = true;
    bool armed = false;
    bool said = false;
  };

  void declared(const sim::DomainRecord& record) {
    premise();
    const auto [place, fresh] = index_.try_emplace({record.process, record.event.detail}, loops_.size());
    if (fresh) loops_.emplace_back();
    Loop& loop = loops_[place->second];
    loop.process = record.process;
    loop.name = record.event.detail;
    loop.bound = record.event.bound;
    loop.last = record.at;
    loop.record = record.id;
    loop.alive = loop.bound > Duration{};
    loop.said = false;
    if (loop.alive && !loop.armed) arm(place->second);
  }

  void arm(std::size_t index) {
    Loop& loop = loops_[index];
    loop.armed = true;
    watched_.deadlines.set(loop.last + loop.bound + Duration::us(1), *this, index);
  }

  void on_deadline(std::uint64_t index, sim::TrueTime now) override {
    Loop& loop = loops_[index];
    loop.armed = false;
    if (!loop.alive || loop.said) return;
    const auto standing = standing_.find(loop.process);
    if (standing != standing_.end() && standing->second == Standing::still) return;  // armed again when it goes on
    if (loop.last + loop.bound + Duration::us(1) > now) {
      arm(index);
      return;
    }
    loop.said = true;  // once until it passes again
    Violation violation;
    violation.message =
        "loop '" + loop.name + "' of " + watched_.process_name(loop.process) + " has not passed since " + at(loop.last);
    violation.records = {loop.record};
    violation.bound.parts = {{"declared by the loop", loop.bound}};
    violate(std::move(violation));
  }

  std::vector<Loop> loops_;
  std::map<std::pair<sim::ProcessId, std::string>, std::size_t> index_;
  std::map<sim::ProcessId, Standing> standing_;
};

}  // namespace

std::unique_ptr<Property> make_loops_progress(Watched& watched) { return std::make_unique<LoopsProgress>(watched); }

}  // namespace chronofault::scenarios
