#include <algorithm>
#include <array>
#include <span>

#include <sim/host/machine.hpp>
#include <sim/host/process.hpp>

namespace chronofault::sim {

Machine::Machine(Kernel& kernel, Trace& trace, MachineOptions options)
    : trace_(trace),
      options_(std::move(options)),
      clock_(kernel, kernel.now(), options_.clock_offset, options_.time_zone != nullptr ? *options_.time_zone : utc()) {
}

void Machine::wall_changed(RecordId fault, bool sets) {
  if (!trace_.kept()) return;
  const std::array<RecordId, 2> causes{wall_because_, fault};
  const std::span<const RecordId> cited = std::span(causes).subspan(sets || wall_because_ == 0 ? 1 : 0);
  wall_because_ = trace_.world_because(RecordKind::memory, 0, trace_.label("wall clock"), 0, 0, cited);
}

void Machine::power_off(RecordId cause) {
  if (!powered_) return;
  powered_ = false;
  for (Process* process : processes_) {
    if (process->alive()) process->request_kill(Ending::power, cause);
  }
}

void Machine::freeze(RecordId cause) {
  if (clock_.frozen()) return;
  clock_.freeze();
  for (Process* process : processes_) {
    if (!process->alive()) continue;
    process->executor()->close();
    trace_.interrupted(process->id(),
                       trace_.world(RecordKind::process, process->id(), trace_.label("frozen"), 0, 0, cause));
    process->tell(LifeChange::stopped);
  }
}

void Machine::thaw(Thaw how, RecordId cause) {
  if (!clock_.frozen()) return;
  clock_.thaw(how);
  for (Process* process : processes_) {
    if (!process->alive()) continue;
    const RecordId thawed = trace_.world(RecordKind::process, process->id(), trace_.label("thawed"), 0, 0, cause);
    if (process->paused()) continue;
    process->executor()->open(thawed);
    process->tell(LifeChange::resumed);
  }
}

void Machine::begin(Busy& busy, Process& process) {
  busy.process = &process;
  busy.since = clock_.mono();
  demand_ += busy.milli_cores;
  work_memory_ += busy.memory;
  process.add_work_memory(busy.memory);
  busy_.push_back(busy.hook);
  arm(busy);
  load_changed();
  check_memory();
}

void Machine::end(Busy& busy) noexcept {
  if (!busy.hook.linked()) return;
  busy.hook.unlink();
  busy.wake.cancel();
  demand_ -= busy.milli_cores;
  work_memory_ -= busy.memory;
  busy.process->add_work_memory(-busy.memory);
  load_changed();
}

void Machine::grew(Process& process) {
  process.executor()->set_lateness(lateness());
  check_memory();
}

void Machine::set_extra_load(int milli_cores) {
  extra_load_ = milli_cores;
  load_changed();
}

void Machine::set_extra_memory(std::int64_t bytes) {
  extra_memory_ = bytes;
  check_memory();
}

void Machine::set_slowness(std::int64_t milli) {
  CF_ASSERT(milli >= 1'000);
  slowness_ = milli;
  load_changed();
}

std::int64_t Machine::memory_used() const noexcept {
  std::int64_t used = extra_memory_;
  for (const Process* process : processes_) used += process->memory();
  return used;
}

HostMetrics Machine::metrics(const Process& process) const {
  HostMetrics m;
  m.cores = options_.cores;
  m.load = static_cast<double>(demand_milli_cores()) / 1'000.0;
  m.memory_total = options_.memory;
  m.memory_used = memory_used();
  m.process_memory_max = options_.memory / 4;  // the JVM's default maximum heap
  m.process_memory_used = process.memory();
  m.disk_total = options_.disk;
  for (const auto& [path, content] : files_) m.disk_used += static_cast<std::int64_t>(content.size());
  if (disk_full_) m.disk_used = m.disk_total;
  return m;
}

void Machine::load_changed() {
  const std::int64_t crowding = std::max<std::int64_t>(1'000, demand_milli_cores() / options_.cores);
  const std::int64_t factor = crowding * slowness_ / 1'000;
  if (factor == factor_) return;
  busy_.for_each([this](Busy& busy) { settle_busy(busy); });
  factor_ = factor;
  busy_.for_each([this](Busy& busy) {
    if (!busy.wake.pending() || busy.wake.postponed) return;  // postponed: it is done, and only noticed late
    busy.wake.cancel();
    arm(busy);
  });
  for (Process* process : processes_) {
    if (process->alive()) process->executor()->set_lateness(lateness());
  }
}

void Machine::settle_busy(Busy& busy) noexcept {
  const Duration elapsed = clock_.mono() - busy.since;
  busy.since = clock_.mono();
  busy.remaining = std::max(Duration{}, busy.remaining - elapsed * 1'000 / factor_);
}

void Machine::arm(Busy& busy) noexcept {
  const Duration stretched = Duration::us((busy.remaining.count_us() * factor_ + 999) / 1'000);
  busy.wake.fiber->executor().at(busy.wake, clock_.mono() + stretched);
}

void Machine::check_memory() {
  // The kernel's out-of-memory killer: the largest resident size goes, until the rest fits; ties by order of creation.
  std::int64_t used = memory_used();
  std::vector<const Process*> doomed;
  while (used > options_.memory) {
    Process* victim = nullptr;
    for (Process* process : processes_) {
      if (!process->alive() || std::find(doomed.begin(), doomed.end(), process) != doomed.end()) continue;
      if (victim == nullptr || process->memory() > victim->memory()) victim = process;
    }
    if (victim == nullptr) return;
    doomed.push_back(victim);
    used -= victim->memory();
    victim->request_kill(Ending::crash, trace_.world(RecordKind::process, victim->id(), trace_.label("out of memory")));
  }
}

}  // namespace chronofault::sim
