// A small world of ElasticJob: one ZooKeeper server, applications on machines of their own or of one host, jobs whose
// work takes a fixed time. Times in what is noted are seconds since the start.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <elastic_job/system.hpp>
#include <sim/world/world.hpp>

namespace elastic {

using namespace chronofault;
using namespace chronofault::literals;
using Lines = std::vector<std::string>;

/// One piece of work.
struct Ran {
  std::string process;
  std::string job;
  int item = 0;
  Duration at;
  std::optional<WallTime> fire;
};

class ElasticWorld : public sim::Monitor {
 public:
  static constexpr sim::TrueTime start = sim::TrueTime::from_us(1'600'000'200'000'000);  // 2020-09-13T12:30:00Z

  explicit ElasticWorld(std::string version = "3.0.0-beta-SNAPSHOT", std::uint64_t seed = 1, Duration latency = 1_ms)
      : latency_(latency), world_(options(seed), latency_, no_names(), works()) {
    cluster.profile.version = std::move(version);
    cluster.start = WallTime::from_us(start.us());
    sim::Machine& machine = add_machine("zookeeper", "10.0.9.1");
    sim::ZooKeeperEnsemble& ensemble = world_.add_zookeeper({&machine}, "zookeeper", sim::ZooKeeperOptions());
    cluster.zookeeper = ensemble.connect_string();
    world_.start_at(ensemble.process(1), start);
    world_.trace().add_monitor(*this);
    world_.net().install(partition_);
  }

  JobSpec& add_job(const std::string& name, const std::string& cron, int shards, Duration takes = 1_s) {
    JobSpec job;
    job.name = name;
    job.shards = shards;
    job.schedule.kind = cron.empty() ? ScheduleKind::on_demand : ScheduleKind::cron;
    job.schedule.cron = cron;
    cluster.jobs.push_back(std::move(job));
    work(name).takes = [takes](RandomStream&) { return takes; };
    return cluster.jobs.back();
  }
  sim::WorkDeclaration& work(const std::string& job) { return works_[job]; }

  /// On the host of `ip`; builds `jobs` (all, if empty) when it starts.
  ProcessEntry& add_application(const std::string& name, const std::string& ip, const std::string& jobs = "") {
    ProcessEntry entry;
    entry.role = "application";
    entry.name = name;
    entry.ip = ip;
    entry.port = 8080 + static_cast<int>(cluster.processes.size());
    if (!jobs.empty()) entry.keys["jobs"] = Value(jobs);
    cluster.processes.push_back(std::move(entry));
    return cluster.processes.back();
  }

  /// Makes all processes; each is started by start_at().
  void deploy() {
    REQUIRE(elastic_job::system().check(cluster).empty());
    std::map<std::string, const ProcessEntry*> entries;
    for (const ProcessEntry& entry : cluster.processes) entries[entry.name] = &entry;
    for (ProcessSpec& spec : elastic_job::system().deploy(cluster)) {
      const ProcessEntry& entry = *entries.at(spec.name);
      sim::Machine* machine = world_.machine("host-" + entry.ip);
      if (machine == nullptr) machine = &add_machine("host-" + entry.ip, entry.ip);
      sim::ProcessOptions process;
      process.name = spec.name;
      process.role = spec.role;
      world_.add_process(*machine, process, std::move(spec.make));
    }
  }
  void start_at(const std::string& name, Duration at) { world_.start_at(*world_.process(name), start + at); }
  void at(Duration when, std::function<void()> act) { world_.kernel().agenda(start + when, std::move(act)); }
  /// From then on nothing goes between the application's host and ZooKeeper: silence, no reset.
  void cut(const std::string& name) { partition_.off = &world_.process(name)->machine(); }
  void heal() { partition_.off = nullptr; }
  void kill(const std::string& name) { world_.process(name)->request_kill(sim::Ending::crash); }
  void run_until(Duration until) { world_.kernel().run_until(start + until); }

  /// The operator acts at this instant, from a machine of its own; what comes of it is in `answers`.
  void operate(Duration when, OperatorAction action) {
    sim::ProcessOptions options;
    options.name = "operator-" + std::to_string(++operators_);
    sim::Machine& desk = add_machine(options.name, "10.0.8." + std::to_string(operators_));
    sim::Process& process = world_.add_process(desk, options, [this, action](Ports& ports) {
      return std::make_unique<Operator>(ports, cluster, action, answers);
    });
    world_.start_at(process, start + when);
  }

  sim::World& world() { return world_; }
  std::optional<std::string> znode(const std::string& path) const { return world_.view().znode("/elasticjob" + path); }
  Lines children(const std::string& path) const { return world_.view().znode_children("/elasticjob" + path); }

  /// Items of the job that `process` started in [from, to), in order.
  std::multiset<int> items(const std::string& job, const std::string& process, Duration from, Duration to) const {
    std::multiset<int> items;
    for (const Ran& each : ran) {
      const bool meant = each.job == job && (process.empty() || each.process == process);
      if (meant && each.at >= from && each.at < to) items.insert(each.item);
    }
    return items;
  }
  std::multiset<int> items(const std::string& job, Duration from, Duration to) const {
    return items(job, "", from, to);
  }

  void on_event(const sim::DomainRecord& record) override {
    if (record.event.kind == EventKind::AlarmRaised) alarms.push_back(record.event.job + ": " + record.event.detail);
    if (record.event.kind == EventKind::ShardsAssigned) ++shardings[record.event.job];
    if (record.event.kind == EventKind::OutcomeRecorded) outcomes.push_back(record.event);
    if (record.event.kind != EventKind::RunStarted) return;
    Ran one;
    one.process = world_.trace().processes()[record.process].name;
    one.job = record.event.job;
    one.item = record.event.shard;
    one.at = record.at - start;
    one.fire = record.event.fire;
    ran.push_back(std::move(one));
  }

  ClusterSpec cluster;
  std::vector<Ran> ran;
  std::vector<Event> outcomes;
  std::map<std::string, int> shardings;
  Lines alarms;
  Lines answers;

 private:
  struct Operator final : Program {
    Operator(Ports& ports, const ClusterSpec& cluster, OperatorAction action, Lines& answers)
        : ports(ports), cluster(cluster), action(std::move(action)), answers(answers) {}
    Task<> main() override {
      const OperatorResult result = co_await elastic_job::system().operate(action, cluster, ports);
      answers.push_back(result.kind == OperatorResult::Kind::accepted ? "accepted" : result.reason);
    }
    Ports& ports;
    const ClusterSpec& cluster;
    OperatorAction action;
    Lines& answers;
  };
  class Latency final : public sim::LatencyModel {
   public:
    explicit Latency(Duration each) : each_(each) {}
    Duration draw(const sim::Machine&, const sim::Machine&, RandomStream&) const override { return each_; }

   private:
    Duration each_;
  };
  class Partition final : public sim::NetworkRule {
   public:
    void consider(const sim::Envelope&, sim::Fate&) override {}
    bool blocks(const sim::Machine& from, const sim::Machine& to) const override {
      return off != nullptr && (&from == off || &to == off);
    }
    RecordId record() const noexcept override { return 0; }
    const sim::Machine* off = nullptr;
  };
  static sim::WorldOptions options(std::uint64_t seed) {
    sim::WorldOptions options;
    options.seed = seed;
    options.start = start;
    return options;
  }
  static sim::Resolver no_names() {
    return [](std::string_view, const std::string&) { return std::nullopt; };
  }
  sim::WorkCatalogue works() {
    return [this](std::string_view job) -> const sim::WorkDeclaration* {
      const auto found = works_.find(std::string(job));
      return found == works_.end() ? nullptr : &found->second;
    };
  }
  sim::Machine& add_machine(const std::string& name, const std::string& ip) {
    sim::MachineOptions machine;
    machine.name = name;
    machine.ip = ip;
    machine.time_zone = &utc();
    return world_.add_machine(std::move(machine));
  }

  Latency latency_;
  Partition partition_;
  int operators_ = 0;
  std::map<std::string, sim::WorkDeclaration> works_;
  sim::World world_;
};

}  // namespace elastic
