#include <algorithm>
#include <array>

#include <ports/value.hpp>
#include <sim/trace/trace.hpp>

namespace chronofault::sim {

std::string_view name_of(RecordKind kind) noexcept {
  static constexpr std::array<std::string_view, 19> names{
      "send",      "deliver",   "drop",         "dead_letter", "arm",     "expire",     "signal",
      "statement", "operation", "session",      "memory",      "absence", "connection", "process",
      "fault_on",  "fault_off", "fault_missed", "domain",      ""};
  return names[static_cast<std::size_t>(kind)];
}

namespace {

constexpr std::array<std::string_view, 13> step_kind_names{"",           "start",     "sleep", "acquire",    "notify",
                                                           "receive",    "interrupt", "tick",  "interleave", "deliver",
                                                           "connection", "lock",      "world"};

std::uint64_t hash_of_event(const Event& event) {
  std::uint64_t h = static_cast<std::uint64_t>(event.kind);
  const auto fold = [&h](std::uint64_t word) {
    h = (h ^ word) * 0x9e37'79b9'7f4a'7c15u;
    h ^= h >> 29;
  };
  fold(hash_of(std::string_view(event.job)));
  fold(event.fire ? static_cast<std::uint64_t>(event.fire->us()) : ~std::uint64_t{0});
  fold(static_cast<std::uint64_t>(event.run));
  fold(static_cast<std::uint64_t>(event.parent_run));
  fold(hash_of(std::string_view(event.node)));
  fold(static_cast<std::uint64_t>(event.shard));
  fold(static_cast<std::uint64_t>(event.attempt));
  fold(hash_of(std::string_view(event.scope)));
  fold(hash_of(std::string_view(event.member)));
  fold(event.ok ? 1 : 0);
  fold(static_cast<std::uint64_t>(event.bound.count_us()));
  fold(hash_of(std::string_view(event.detail)));
  return h;
}

}  // namespace

Trace::Trace(Kernel& kernel) : kernel_(kernel) {
  for (std::size_t i = 1; i < step_kind_names.size(); ++i) timer_labels_[i] = label(step_kind_names[i]);
}

ProcessId Trace::add_process(std::string name, std::string host) {
  const auto id = static_cast<ProcessId>(processes_.size());
  process_of_name_[name] = id;
  processes_.push_back(ProcessInfo{std::move(name), std::move(host)});
  return id;
}

const ProcessId* Trace::find_process(std::string_view name) const noexcept {
  const auto found = process_of_name_.find(name);
  return found == process_of_name_.end() ? nullptr : &found->second;
}

void Trace::name_address(std::string address, ProcessId process) { process_of_address_[std::move(address)] = process; }

ProcessId Trace::process_at(std::string_view address) const noexcept {
  const auto found = process_of_address_.find(address);
  return found == process_of_address_.end() ? 0 : found->second;
}

Label Trace::label(std::string_view text) {
  if (text.empty()) return 0;
  const auto found = label_of_.find(text);
  if (found != label_of_.end()) return found->second;
  const auto made = static_cast<Label>(labels_.size());
  labels_.emplace_back(text);
  label_of_.emplace(std::string(text), made);
  return made;
}

RecordId Trace::append(Record record, std::span<const RecordId> causes) {
  record.id = records_.size() + 1;
  record.step = kernel_.steps();
  record.at = kernel_.now();
  record.first_cause = causes_.size();
  record.cause_count = static_cast<std::uint32_t>(causes.size());
  causes_.insert(causes_.end(), causes.begin(), causes.end());
  records_.push_back(record);
  return record.id;
}

void Trace::collect_causes(RecordId extra) {
  scratch_.clear();
  const auto cite = [this](RecordId id) {
    if (id != 0) scratch_.push_back(id);
  };
  cite(extra);
  cite(kernel_.current_cause());
  if (const Fiber* fiber = kernel_.current_fiber()) {
    cite(fiber->unit.trigger);
    scratch_.insert(scratch_.end(), fiber->unit.reads.begin(), fiber->unit.reads.end());
  }
  std::sort(scratch_.begin(), scratch_.end());
  scratch_.erase(std::unique(scratch_.begin(), scratch_.end()), scratch_.end());
}

RecordId Trace::world(RecordKind kind, ProcessId process, Label label, ProcessId peer, std::uint64_t detail,
                      RecordId cause) {
  if (!kept_) return 0;
  collect_causes(cause);
  return world_because(kind, process, label, peer, detail, scratch_);
}

RecordId Trace::world_because(RecordKind kind, ProcessId process, Label label, ProcessId peer, std::uint64_t detail,
                              std::span<const RecordId> causes) {
  if (!kept_) return 0;
  Record record;
  record.kind = kind;
  record.process = process;
  record.label = label;
  record.peer = peer;
  record.detail = detail;
  return append(record, causes);
}

RecordId Trace::domain(ProcessId process, const Event& event) {
  const std::uint64_t hash = hash_of_event(event);
  domain_digest_.fold(hash, process);
  // The job book emits between steps: what it says is part of the behaviour, but not of the run.
  if (kernel_.current_executor() != nullptr) kernel_.digest().fold(hash);
  DomainRecord out;
  out.step = kernel_.steps();
  out.at = kernel_.now();
  out.process = process;
  out.event = event;
  if (kept_) {
    collect_causes(0);
    Record record;
    record.kind = RecordKind::domain;
    record.process = process;
    record.label = label(name_of(event.kind));
    record.detail = events_.size();
    events_.push_back(event);
    out.id = append(record, scratch_);
  }
  for (Monitor* monitor : monitors_) monitor->on_event(out);
  return out.id;
}

RecordId Trace::fault(RecordKind kind, std::string_view text, ProcessId process, RecordId cause) {
  if (!kept_) return 0;
  const std::array<RecordId, 1> causes{cause};
  return world_because(kind, process, label(text), 0, 0,
                       std::span<const RecordId>(causes.data(), cause == 0 ? 0u : 1u));
}

void Trace::complete_fault(RecordId fault, std::string_view text) {
  if (fault != 0) records_[fault - 1].label = label(text);
}

void Trace::begin_unit(RecordId trigger) noexcept {
  Fiber* fiber = kernel_.current_fiber();
  if (!kept_ || fiber == nullptr) return;
  fiber->unit.reads.clear();
  fiber->unit.trigger = trigger != 0 ? trigger : kernel_.current_cause();
  if (trigger == 0) return;
  kernel_.set_current_cause(trigger);
  for (const TaskExecutor* at = kernel_.current_executor(); at != nullptr; at = at->parent()) {
    if (trigger < at->opened_by()) fiber->unit.reads.push_back(at->opened_by());
  }
}

void Trace::read(RecordId record) noexcept {
  Fiber* fiber = kernel_.current_fiber();
  if (!kept_ || fiber == nullptr || record == 0) return;
  // A loop reads the same few records again and again; looking back a little keeps the list short.
  auto& reads = fiber->unit.reads;
  const std::size_t look_back = std::min<std::size_t>(reads.size(), 8);
  if (std::find(reads.end() - static_cast<std::ptrdiff_t>(look_back), reads.end(), record) != reads.end()) return;
  reads.push_back(record);
}

void Trace::disturbed(Label message_kind, ProcessId from, RecordId send) {
  if (kept_) disturbed_[{from, message_kind}].push_back(send);
}

void Trace::rerouted(ProcessId process, Label message_kind, RecordId write) {
  if (kept_) rerouted_[{process, message_kind}] = write;
}

void Trace::interrupted(ProcessId process, RecordId what) {
  if (!kept_) return;
  interrupted_[process].push_back(what);
  down_[process] = what;
}

RecordId Trace::down_since(ProcessId process) const noexcept {
  const auto found = down_.find(process);
  return found == down_.end() ? 0 : found->second;
}

RecordId Trace::last_interruption(ProcessId process) const noexcept {
  const auto found = interrupted_.find(process);
  return found == interrupted_.end() ? 0 : found->second.back();
}

// Who sent the nearest message of that kind on which the record rests. It stands a few records back: each hop between
// processes costs three.
ProcessId Trace::sender_of(Label message_kind, RecordId record) const {
  constexpr std::size_t far = 64;
  std::vector<RecordId> reached{record};
  for (std::size_t next = 0; next < reached.size() && next < far; ++next) {
    const Record& at = this->record(reached[next]);
    if (at.kind == RecordKind::deliver && at.label == message_kind) return at.peer;
    for (const RecordId cause : causes(at)) {
      if (std::find(reached.begin(), reached.end(), cause) == reached.end()) reached.push_back(cause);
    }
  }
  return 0;
}

void Trace::absent(ProcessId process, const Absence& absence) {
  if (!kept_) return;
  const Label kind = label(absence.message_kind);
  const Label hello = label(absence.hello_kind);
  collect_causes(0);
  std::vector<RecordId> causes = scratch_;
  const auto cite_since = [&causes](const std::vector<RecordId>& records, RecordId last) {
    for (auto it = std::upper_bound(records.begin(), records.end(), last); it != records.end(); ++it) {
      causes.push_back(*it);
    }
  };
  for (const Absence::Subject& subject : absence.subjects) {
    const ProcessId renewer = subject.met != 0 ? sender_of(hello, subject.met) : process_at(subject.renewer);
    if (subject.last != 0) causes.push_back(subject.last);
    if (const auto found = disturbed_.find({renewer, kind}); found != disturbed_.end()) {
      cite_since(found->second, subject.last);
    }
    if (const auto found = interrupted_.find(renewer); found != interrupted_.end()) {
      cite_since(found->second, subject.last);
    }
    if (const auto found = rerouted_.find({renewer, kind}); found != rerouted_.end() && found->second > subject.last) {
      causes.push_back(found->second);
    }
  }
  std::sort(causes.begin(), causes.end());
  causes.erase(std::unique(causes.begin(), causes.end()), causes.end());
  read(world_because(RecordKind::absence, process, kind, 0, absence.subjects.size(), causes));
}

void Trace::no_reply(ProcessId process, std::string_view request_kind, ProcessId peer, RecordId since) {
  if (!kept_) return;
  const Label request = label(request_kind);
  const Label reply = label(std::string(request_kind) + ".reply");
  collect_causes(since);
  std::vector<RecordId> causes = scratch_;
  const auto cite_since = [&](const std::vector<RecordId>& records) {
    causes.insert(causes.end(), std::upper_bound(records.begin(), records.end(), since), records.end());
  };
  if (const auto found = disturbed_.find({process, request}); found != disturbed_.end()) cite_since(found->second);
  if (const auto found = disturbed_.find({peer, reply}); found != disturbed_.end()) cite_since(found->second);
  if (const auto found = interrupted_.find(peer); found != interrupted_.end()) cite_since(found->second);
  if (const RecordId down = down_since(peer); down != 0) causes.push_back(down);
  std::sort(causes.begin(), causes.end());
  causes.erase(std::unique(causes.begin(), causes.end()), causes.end());
  read(world_because(RecordKind::absence, process, reply, peer, 1, causes));
}

ProcessId Trace::process_of(const Wake& wake) noexcept { return static_cast<const TaskExecutor*>(wake.owner)->id(); }

std::uint64_t Trace::armed(const Wake& wake) {
  if (!kept_) return 0;
  if (wake.timer) return world(RecordKind::arm, process_of(wake), timer_labels_[static_cast<std::size_t>(wake.kind)]);
  // A spawned task starts with what its parent rests on.
  if (wake.kind == StepKind::start && wake.fiber != nullptr && kernel_.current_fiber() != nullptr) {
    wake.fiber->unit.reads = kernel_.current_fiber()->unit.reads;
    wake.fiber->unit.trigger = kernel_.current_fiber()->unit.trigger;
    return kernel_.current_cause();
  }
  if (kernel_.current_fiber() == nullptr) return kernel_.current_cause();
  return world(RecordKind::signal, process_of(wake), timer_labels_[static_cast<std::size_t>(wake.kind)]);
}

std::uint64_t Trace::fired(const Wake& wake) {
  if (!kept_) return 0;
  RecordId cause = wake.cause;
  if (wake.timer) {
    const std::array<RecordId, 1> causes{wake.cause};
    cause = world_because(RecordKind::expire, process_of(wake), timer_labels_[static_cast<std::size_t>(wake.kind)], 0,
                          0, std::span<const RecordId>(causes.data(), wake.cause == 0 ? 0u : 1u));
  }
  if (wake.fiber != nullptr && cause != 0) {
    if (wake.kind == StepKind::start) {
      if (wake.fiber->unit.trigger == 0) wake.fiber->unit.trigger = cause;
    } else {
      wake.fiber->unit.reads.push_back(cause);
    }
  }
  return cause;
}

std::uint64_t Trace::released(const Wake& wake, std::uint64_t by) {
  if (!kept_ || by == 0) return wake.cause;
  const std::array<RecordId, 2> causes{wake.cause, by};
  const RecordId let_go =
      world_because(RecordKind::signal, process_of(wake), timer_labels_[static_cast<std::size_t>(wake.kind)], 0, 0,
                    std::span<const RecordId>(causes).subspan(wake.cause == 0 ? 1 : 0));
  // A task that was to start has its trigger already.
  if (wake.kind == StepKind::start && wake.fiber != nullptr) wake.fiber->unit.reads.push_back(let_go);
  return let_go;
}

}  // namespace chronofault::sim
