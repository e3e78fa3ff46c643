// The kernel as an Executor of ports/task: one for each process, and one for each thread pool of a process. It holds
// back the wake-ups of what is paused or hung, makes those of an overloaded host late, and drops those of the dead.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <ports/executor.hpp>
#include <ports/task/frame.hpp>
#include <sim/kernel/time.hpp>

namespace chronofault::sim {

class Kernel;

/// What a kill request ends. Removing itself from every registry is part of kill().
class Mortal {
 public:
  virtual void kill() noexcept = 0;

 protected:
  ~Mortal() = default;
};

/// Tells trace and host of timers and resumptions.
class ExecutorObserver {
 public:
  /// A wake was enqueued; returns the record to store as its cause.
  virtual std::uint64_t armed(const Wake& wake) = 0;
  /// It is about to fire; returns the record that stands for that.
  virtual std::uint64_t fired(const Wake& wake) = 0;
  /// It was held back until now, when `by` let it go; returns the record to store as its cause instead.
  virtual std::uint64_t released(const Wake& wake, std::uint64_t by) = 0;

 protected:
  ~ExecutorObserver() = default;
};

class TaskExecutor final : public Executor {
 public:
  /// `id` goes into the digest; `clock` null: true time; `owner` null: cannot be killed.
  TaskExecutor(Kernel& kernel, std::uint32_t id, const MonoMap* clock, Mortal* owner);
  TaskExecutor(const TaskExecutor&) = delete;
  TaskExecutor& operator=(const TaskExecutor&) = delete;
  ~TaskExecutor();

  void post(Wake& wake) noexcept override;
  void at(Wake& wake, MonoTime due) noexcept override;
  void cancel(Wake& wake) noexcept override;
  /// Puts a pending timer where its changed `due` wants it; its place among equals stays.
  void move(Wake& wake) noexcept;
  MonoTime now() const noexcept override;
  bool dying() const noexcept override { return root().dead_; }
  void request_kill() noexcept override;
  void after_step(Deferred& what) noexcept override;
  bool interleaves() const noexcept override;
  Executor& pool(std::string_view name) override;
  List<Scope>& scopes() noexcept override { return root().scopes_; }

  std::uint32_t id() const noexcept { return id_; }
  const MonoMap* clock() const noexcept { return clock_; }
  FrameLedger& ledger() noexcept { return root().ledger_; }

  /// Closing holds back all wake-ups from now on; opening posts those held, in the order in which they were held. `by`
  /// is the record of what opens it.
  void close() noexcept { closed_ = true; }
  void open(std::uint64_t by = 0) noexcept;
  bool closed() const noexcept { return closed_ || (parent_ != nullptr && parent_->closed()); }
  /// What opened it last: whoever waited since before that was held back. 0: it never was closed.
  std::uint64_t opened_by() const noexcept { return opened_by_; }
  /// Of a pool: its process.
  const TaskExecutor* parent() const noexcept { return parent_; }
  /// The executor of a pool that was asked for by name before; null: there is none.
  TaskExecutor* find_pool(std::string_view name) noexcept;
  std::vector<std::string> pool_names() const;

  /// How late each wake-up is on this host just now.
  void set_lateness(Duration lateness) noexcept { root().lateness_ = lateness; }
  Duration lateness() const noexcept { return root().lateness_; }

  /// From here on every call does nothing; frames are destroyed by destroy_tasks().
  void mark_dead() noexcept { root().dead_ = true; }
  /// Destroys the tasks of all scopes, newest scope first.
  void destroy_tasks() noexcept;

  void observe(ExecutorObserver* observer) noexcept { root().observer_ = observer; }
  ExecutorObserver* observer() const noexcept { return root().observer_; }

  /// For the kernel: keeps a wake that was taken from the queue while closed.
  void hold(Wake& wake) noexcept;

 private:
  TaskExecutor(Kernel& kernel, TaskExecutor& parent);
  TaskExecutor& root() noexcept { return parent_ != nullptr ? *parent_ : *this; }
  const TaskExecutor& root() const noexcept { return parent_ != nullptr ? *parent_ : *this; }
  void claim(Wake& wake) noexcept;
  void keep(Wake& wake) noexcept;
  void release_held() noexcept;

  static constexpr std::uint32_t held_bit = 0x8000'0000;

  Kernel& kernel_;
  TaskExecutor* parent_ = nullptr;
  std::uint32_t id_;
  const MonoMap* clock_;
  Mortal* owner_;
  ExecutorObserver* observer_ = nullptr;
  FrameLedger ledger_;
  List<Scope> scopes_;
  std::map<std::string, std::unique_ptr<TaskExecutor>, std::less<>> pools_;
  std::vector<Wake*> held_;  // null: cancelled while held
  Duration lateness_;
  std::uint64_t opened_by_ = 0;
  bool closed_ = false;
  bool dead_ = false;
};

}  // namespace chronofault::sim
