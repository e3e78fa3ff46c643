// settles: every obligation opened later than heal plus the system's grace is met.
//
// The obligations are those of no-lost-run and no-stuck-run; heal is the instant at which the runner has taken back the
// last fault. Premise: an obligation was opened after heal plus grace.
#include <optional>

#include <scenarios/properties.hpp>

namespace chronofault::scenarios {

namespace {

class Settles final : public Property, private ObligationSink {
 public:
  explicit Settles(Watched& watched) : Property("settles", watched) { watched.sinks.push_back(this); }

  void on_event(const sim::DomainRecord&, const Sighting&) override {}
  void on_healed() override { from_ = watched_.now + watched_.settle_grace; }

 private:
  void opened(sim::TrueTime at) override {
    if (from_ && at > *from_) premise();
  }
  void failed(sim::TrueTime opened, const std::string& what, const std::vector<std::uint64_t>& records,
              std::uint64_t since) override {
    if (!from_ || opened <= *from_) return;
    Violation violation;
    violation.message = "after all faults were healed: " + what;
    violation.records = records;
    violation.since = since;
    violation.bound.parts = {{"grace after healing", watched_.settle_grace}};
    violate(std::move(violation));
  }

  std::optional<sim::TrueTime> from_;
};

}  // namespace

std::unique_ptr<Property> make_settles(Watched& watched) { return std::make_unique<Settles>(watched); }

}  // namespace chronofault::scenarios
