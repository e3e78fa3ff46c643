// bounded-start-rate: starts per job in any window are at most k times the book's nominal count in it, plus the queue.
//
//   window   one minute, ending at each start
//   k        2 x (1 + retries) x shards: an honest scheduler may be late with one and early with the next
//   queue    fires that were due and had not started when the window began
//   and one  for a start ahead of its time
// A job's fires are its own and those of each workflow of which it is a node. An operator's run of which nobody knows
// the fate is a fire here. A storm of redispatches or of misfired fires violates it.
//
// Premise: a job with a fire started.
#include <algorithm>
#include <deque>
#include <map>

#include <scenarios/properties.hpp>

namespace chronofault::scenarios {

namespace {

constexpr Duration window = Duration::minutes(1);

class BoundedStartRate final : public Property {
 public:
  explicit BoundedStartRate(Watched& watched) : Property("bounded-start-rate", watched) {
    counts_.resize(watched.roster.jobs().size());
    nodes_.resize(counts_.size());
    for (JobIndex j = 0; j < counts_.size(); ++j) {
      for (const std::string& node : watched.roster.job(j).nodes) {
        if (const JobIndex n = watched.roster.find(node); n != none) nodes_[j].push_back(n);
      }
    }
  }

  void on_event(const sim::DomainRecord& record, const Sighting& sighting) override {
    if (sighting.job == none) return;
    if (record.event.kind == EventKind::FireDue) due(sighting.job, record.at);
    if (record.event.kind == EventKind::RunStarted) started(sighting.job, record);
  }
  void on_operator(const OperatorAction& action, const OperatorResult& result, Evidence) override {
    const JobIndex job = watched_.roster.find(action.job);
    if (job == none || action.verb != "run" || result.kind != OperatorResult::Kind::unknown) return;
    due(job, watched_.now);
  }

 private:
  struct Count {
    std::deque<sim::TrueTime> dues;  // in the window
    std::deque<std::pair<sim::TrueTime, Evidence>> starts;
    std::int64_t due_before = 0;  // ever, before the window
    std::int64_t starts_before = 0;
    bool said = false;
  };

  void due(JobIndex job, sim::TrueTime at) {
    counts_[job].dues.push_back(at);
    for (const JobIndex node : nodes_[job]) due(node, at);
  }

  void started(JobIndex job, const sim::DomainRecord& record) {
    premise();
    Count& count = counts_[job];
    count.starts.emplace_back(record.at, record.id);
    const sim::TrueTime begin = record.at - window;
    while (!count.dues.empty() && count.dues.front() <= begin) {
      count.dues.pop_front();
      ++count.due_before;
    }
    while (count.starts.front().first <= begin) {
      count.starts.pop_front();
      ++count.starts_before;
    }
    const JobContract& contract = watched_.roster.job(job).contract;
    const std::int64_t per_fire = std::int64_t{1 + contract.retries} * std::max(1, contract.shards);
    const std::int64_t queue = std::max<std::int64_t>(0, count.due_before * per_fire - count.starts_before);
    const auto dues = static_cast<std::int64_t>(count.dues.size());
    const std::int64_t allowed = 2 * per_fire * dues + queue + per_fire;
    const auto starts = static_cast<std::int64_t>(count.starts.size());
    if (starts <= allowed) {
      count.said = false;
      return;
    }
    if (count.said) return;  // one storm is one violation
    count.said = true;
    Violation violation;
    violation.message = record.event.job + " starts " + std::to_string(starts) + " times within " + to_string(window) +
                        "; " + std::to_string(dues) + " fires were due in it and " + std::to_string(queue) +
                        " starts were in the queue: at most " + std::to_string(allowed) + " allowed";
    violation.records = {count.starts.front().second, record.id};
    violation.job = record.event.job;
    violation.run = record.event.run;
    violate(std::move(violation));
  }

  std::vector<Count> counts_;
  std::vector<std::vector<JobIndex>> nodes_;
};

}  // namespace

std::unique_ptr<Property> make_bounded_start_rate(Watched& watched) {
  return std::make_unique<BoundedStartRate>(watched);
}

}  // namespace chronofault::scenarios
