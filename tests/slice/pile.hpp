// Traces made by hand.
#pragma once

#include <string>
#include <vector>

#include <scenarios/slice.hpp>

namespace pile {

using namespace chronofault;
using namespace chronofault::scenarios;
using sim::RecordKind;

class Pile {
 public:
  RecordId add(RecordKind kind, sim::ProcessId process, const std::string& label, std::vector<RecordId> causes = {},
               sim::ProcessId peer = 0) {
    sim::Record record;
    record.id = records_.size() + 1;
    record.at = sim::TrueTime::from_us(static_cast<std::int64_t>(record.id) * 1000);
    record.kind = kind;
    record.process = process;
    record.peer = peer;
    record.label = label_of(label);
    record.first_cause = causes_.size();
    record.cause_count = static_cast<std::uint32_t>(causes.size());
    causes_.insert(causes_.end(), causes.begin(), causes.end());
    records_.push_back(record);
    return record.id;
  }
  RecordId domain(sim::ProcessId process, Event event, std::vector<RecordId> causes = {}) {
    const RecordId id = add(RecordKind::domain, process, std::string(name_of(event.kind)), std::move(causes));
    records_.back().detail = events_.size();
    events_.push_back(std::move(event));
    return id;
  }
  RecordId domain(sim::ProcessId process, EventKind kind, std::vector<RecordId> causes = {},
                  const std::string& detail = "") {
    Event event(kind);
    event.detail = detail;
    return domain(process, event, std::move(causes));
  }
  const sim::Record& at(RecordId id) const { return records_[id - 1]; }
  std::span<const RecordId> causes(RecordId id) const {
    return {causes_.data() + at(id).first_cause, at(id).cause_count};
  }
  std::size_t size() const { return records_.size(); }

  /// Lives as long as the pile, and until the next add().
  TraceView view() const {
    TraceView view;
    view.records = records_;
    view.causes = [this](const sim::Record& r) {
      return std::span<const RecordId>(causes_.data() + r.first_cause, r.cause_count);
    };
    view.event = [this](const sim::Record& r) -> const Event& { return events_[r.detail]; };
    view.text = [this](sim::Label label) -> const std::string& { return labels_[label]; };
    view.process = [this](sim::ProcessId id) { return id < names.size() ? names[id] : "p" + std::to_string(id); };
    view.role = [this](sim::ProcessId id) { return id < roles.size() ? roles[id] : std::string(); };
    return view;
  }
  std::vector<std::string> names{"world"};
  std::vector<std::string> roles{""};

 private:
  sim::Label label_of(const std::string& text) {
    for (sim::Label i = 0; i < labels_.size(); ++i) {
      if (labels_[i] == text) return i;
    }
    labels_.push_back(text);
    return static_cast<sim::Label>(labels_.size() - 1);
  }
  std::vector<sim::Record> records_;
  std::vector<RecordId> causes_;
  std::vector<Event> events_;
  std::vector<std::string> labels_{""};
};

}  // namespace pile
