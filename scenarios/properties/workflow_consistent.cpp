// workflow-consistent: a node runs after its predecessors ended, and the workflow's outcome follows from its nodes.
//
// Against the book's own copy of each DAG. A node may start when work of each predecessor within the same workflow run
// has ended, well or not: whether a failure stops the workflow is the system's rule, and its outcome must then say so.
//   recorded success  every node's recorded outcome is success, or it never ran and was recorded as skipped
//   recorded failure  some node's recorded outcome is failure, or the workflow run was rejected, or the operator
//   stopped it
//
// Premise: a node started, or a workflow's outcome was recorded.
#include <algorithm>
#include <map>
#include <set>

#include <scenarios/properties.hpp>

namespace chronofault::scenarios {

namespace {

class WorkflowConsistent final : public Property {
 public:
  explicit WorkflowConsistent(Watched& watched) : Property("workflow-consistent", watched) {}

  void on_event(const sim::DomainRecord& record, const Sighting& sighting) override {
    if (sighting.run == none) return;
    const Event& event = record.event;
    const KnownRun& run = watched_.ledger.run(sighting.run);
    if (event.kind == EventKind::RunRejected && watched_.roster.job(sighting.job).workflow)
      rejected_.insert(sighting.run);
    if (event.kind == EventKind::RunStarted && run.parent != none) node_started(record, run);
    if (event.kind == EventKind::OutcomeRecorded && watched_.roster.job(sighting.job).workflow) {
      outcome(record, sighting.run, run);
    }
  }

 private:
  bool has_ended(const KnownRun& workflow, const std::string& node) const {
    return std::any_of(workflow.children.begin(), workflow.children.end(), [&](std::uint32_t child) {
      const KnownRun& it = watched_.ledger.run(child);
      if (watched_.roster.job(it.job).name != node) return false;
      return std::any_of(it.executions.begin(), it.executions.end(),
                         [](const Execution& w) { return w.ended.has_value(); });
    });
  }

  void node_started(const sim::DomainRecord& record, const KnownRun& run) {
    premise();
    const KnownRun& workflow = watched_.ledger.run(run.parent);
    const DeclaredJob& declared = watched_.roster.job(workflow.job);
    for (const auto& [before, after] : declared.edges) {
      if (after != record.event.job || has_ended(workflow, before)) continue;
      report(record.id, workflow, {record.id},
             "node " + after + " of " + declared.name + " run " + std::to_string(workflow.id) + " starts before " +
                 before + " has ended");
    }
  }

  void outcome(const sim::DomainRecord& record, std::uint32_t index, const KnownRun& workflow) {
    if (workflow.stopped) return;
    premise();
    const DeclaredJob& declared = watched_.roster.job(workflow.job);
    const std::string name = declared.name + " run " + std::to_string(workflow.id);
    std::map<std::string, const KnownRun*> last;  // the last run of each node
    for (const std::uint32_t child : workflow.children) {
      const KnownRun& it = watched_.ledger.run(child);
      last[watched_.roster.job(it.job).name] = &it;
    }
    const KnownRun* failed = nullptr;
    for (const auto& [node, run] : last) {
      if (run->outcome && !*run->outcome) failed = run;
    }
    if (!record.event.ok) {
      if (failed == nullptr && !rejected_.contains(index)) {
        report(record.id, workflow, {},
               name + " is recorded as a failure ('" + record.event.detail + "'), and no node failed");
      }
      return;
    }
    if (failed != nullptr) {
      report(record.id, workflow, {failed->outcome_record},
             name + " is recorded as a success, and its node " + watched_.roster.job(failed->job).name + " failed");
      return;
    }
    for (const std::string& node : declared.nodes) {
      const auto found = last.find(node);
      if (found != last.end() && found->second->outcome) continue;
      report(record.id, workflow, {}, name + " is recorded as a success, and its node " + node + " has no outcome");
      return;
    }
  }

  void report(Evidence record, const KnownRun& workflow, std::vector<Evidence> others, std::string message) {
    Violation violation;
    violation.message = std::move(message);
    violation.records = std::move(others);
    violation.records.push_back(record);
    violation.since = workflow.story.empty() ? 0 : workflow.story.front();
    violation.job = watched_.roster.job(workflow.job).name;
    violation.run = workflow.id;
    if (!workflow.fires.empty()) violation.fire = watched_.ledger.fire(workflow.fires.front()).nominal;
    violate(std::move(violation));
  }

  std::set<std::uint32_t> rejected_;
};

}  // namespace

std::unique_ptr<Property> make_workflow_consistent(Watched& watched) {
  return std::make_unique<WorkflowConsistent>(watched);
}

}  // namespace chronofault::scenarios
