// A machine: zone, address, cores, memory, clocks and files of its own, and the processes that live on it.
//
// Load: while demand is at most the cores, code takes no time. Above, declared work stretches by demand / cores, and
// every wake-up on the machine is late in proportion: (demand / cores - 1) x scheduling_quantum. Memory above the limit
// ends the process with the largest resident size.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <ports/host.hpp>
#include <sim/host/host_clock.hpp>
#include <sim/trace/trace.hpp>

namespace chronofault::sim {

class Process;

struct MachineOptions {
  std::string name;
  std::string zone;
  std::string ip;
  int cores = 4;
  std::int64_t memory = std::int64_t{8} << 30;
  std::int64_t disk = std::int64_t{100} << 30;
  Duration clock_offset;  // wall clock against true time
  const TimeZone* time_zone = nullptr;
  Duration scheduling_quantum = Duration::ms(10);
};

/// Work under way on a machine: a sleep that stretches with the load.
class Busy {
 public:
  Busy(Duration nominal, int milli_cores, std::int64_t memory)
      : remaining(nominal), milli_cores(milli_cores), memory(memory) {}
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

  Duration remaining;  // of unloaded time, at `since`
  int milli_cores;
  std::int64_t memory;
  MonoTime since;
  Process* process = nullptr;
  Wake wake{StepKind::sleep};
  Hook hook{this};
};

class Machine {
 public:
  Machine(Kernel& kernel, Trace& trace, MachineOptions options);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  const MachineOptions& options() const noexcept { return options_; }
  const std::string& name() const noexcept { return options_.name; }
  HostClock& clock() noexcept { return clock_; }
  const HostClock& clock() const noexcept { return clock_; }

  void add(Process& process) { processes_.push_back(&process); }
  void remove(Process& process) noexcept { std::erase(processes_, &process); }
  const std::vector<Process*>& processes() const noexcept { return processes_; }
  int next_pid() noexcept { return next_pid_++; }

  /// False while the power is off: the host answers nothing.
  bool powered() const noexcept { return powered_; }
  /// Powered and not frozen: connects and messages reach it.
  bool reachable() const noexcept { return powered_ && !clock_.frozen(); }

  // What the wall clock and the zone show may be a fault's doing: who reads them rests on its record. Sleeps that end
  // at another time because of a drift do not.
  /// The fault has set the wall clock, or (`sets` false) moved it from what it showed before.
  void wall_changed(RecordId fault, bool sets);
  void zone_changed(RecordId fault) noexcept { zone_because_ = fault; }
  /// 0: nobody has touched it.
  RecordId wall_because() const noexcept { return wall_because_; }
  RecordId zone_because() const noexcept { return zone_because_; }

  /// Power loss: every process ends at once and silently; nothing starts until power_on().
  void power_off(RecordId cause);
  void power_on() noexcept { powered_ = true; }
  /// VM freeze: clocks and processes stop.
  void freeze(RecordId cause);
  void thaw(Thaw how, RecordId cause);

  // Load.
  void begin(Busy& busy, Process& process);
  void end(Busy& busy) noexcept;
  /// A process started: it takes memory, and its wake-ups are as late as everybody's here.
  void grew(Process& process);
  /// Extra demand that belongs to nobody's work (a fault), in thousandths of a core.
  void set_extra_load(int milli_cores);
  void set_extra_memory(std::int64_t bytes);
  int extra_load() const noexcept { return extra_load_; }
  std::int64_t extra_memory() const noexcept { return extra_memory_; }
  /// Everything here takes `milli` thousandths of its time: 1000 is the usual.
  void set_slowness(std::int64_t milli);
  std::int64_t demand_milli_cores() const noexcept { return demand_ + extra_load_; }
  std::int64_t memory_used() const noexcept;
  HostMetrics metrics(const Process& process) const;

  // Files survive every crash.
  std::map<std::string, std::string, std::less<>>& files() noexcept { return files_; }
  void set_disk_full(bool full) noexcept { disk_full_ = full; }
  bool disk_full() const noexcept { return disk_full_; }

 private:
  friend class BusyAwaiter;
  void load_changed();
  Duration lateness() const noexcept { return options_.scheduling_quantum * (factor_ - 1'000) / 1'000; }
  void settle_busy(Busy& busy) noexcept;
  void arm(Busy& busy) noexcept;
  void check_memory();

  Trace& trace_;
  MachineOptions options_;
  HostClock clock_;
  std::vector<Process*> processes_;
  std::map<std::string, std::string, std::less<>> files_;
  List<Busy> busy_;
  std::int64_t demand_ = 0;  // thousandths of a core
  std::int64_t work_memory_ = 0;
  std::int64_t factor_ = 1'000;  // demand / cores x slowness in thousandths, at least 1000
  int extra_load_ = 0;
  std::int64_t slowness_ = 1'000;
  std::int64_t extra_memory_ = 0;
  int next_pid_ = 1'000;
  bool powered_ = true;
  bool disk_full_ = false;
  RecordId wall_because_ = 0;
  RecordId zone_because_ = 0;
};

}  // namespace chronofault::sim
