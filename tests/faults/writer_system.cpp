#include "writer_system.hpp"

#include <algorithm>
#include <stdexcept>

#include <ports/database/typed.hpp>

namespace writers {

namespace {

constexpr Duration period = Duration::ms(100);

struct Entry {
  static constexpr std::string_view table = "entry";
  std::int64_t id = 0;
  std::int64_t number = 0;
  template <class V>
  static void columns(V&& visit) {
    visit("id", &Entry::id, db::generated_key);
    visit("number", &Entry::number);
  }
};

TableSpec entry_table() {
  TableSpec spec = db::table_spec<Entry>();
  ColumnSpec made("made", ColumnType::datetime);
  made.nullable = true;
  made.default_now = true;
  spec.columns.push_back(made);
  return spec;
}

TableSpec total_table() {
  TableSpec spec("total");
  spec.columns = {{"id", ColumnType::integer}, {"sum", ColumnType::integer}};
  spec.primary_key = {"id"};
  return spec;
}

class Client final : public Program {
 public:
  Client(Ports& ports, std::string role, std::vector<Attempt>& attempts)
      : ports_(ports), role_(std::move(role)), attempts_(attempts) {}

  Task<> main() override {
    db::PoolOptions options;
    options.maximum_pool_size = 4;
    options.minimum_idle = 1;
    ports_.database.configure(options);
    const MonoTime start = ports_.clock.mono();
    for (std::int64_t number = 1;; ++number) {
      Attempt attempt;
      attempt.number = number;
      const MonoTime begun = ports_.clock.mono();
      attempt.at = begun - start;
      try {
        if (role_ == "writer") co_await write(number);
        if (role_ == "updater") co_await add();
        if (role_ == "reader") attempt.number = co_await read();
        attempt.outcome = "ok";
      } catch (const db::ConnectionLost& lost) {
        attempt.outcome = lost.outcome_unknown ? "unknown" : "connection_lost";
      } catch (const db::DatabaseError& error) {
        attempt.outcome = db::name_of(error.error);
      }
      attempt.took = ports_.clock.mono() - begun;
      attempts_.push_back(attempt);
      co_await ports_.clock.sleep_for(period);
    }
  }

 private:
  Task<> write(std::int64_t number) {
    db::Statement insert = db::Insert("entry", {"number"}, {Value(number)});
    co_await ports_.database.transact(std::move(insert));
  }
  Task<> add() {
    const db::Assignments set(1, db::Assignment::add("sum", 1));
    db::Statement update = db::Update("total", db::Where("pk", {Value(std::int64_t{1})}), set);
    co_await ports_.database.execute(std::move(update));
  }
  /// The largest number.
  Task<std::int64_t> read() {
    db::PooledConnection connection = co_await ports_.database.acquire_replica();
    db::Select last("entry");
    last.order_by.emplace_back("number", true);
    last.limit = 1;
    db::Statement select = std::move(last);
    const db::Result result = co_await connection->execute(std::move(select));
    co_return result.rows.empty() ? 0 : std::get<std::int64_t>(result.rows.front()["number"]);
  }

  Ports& ports_;
  std::string role_;
  std::vector<Attempt>& attempts_;
};

}  // namespace

class Run::WriterSystem final : public System {
 public:
  explicit WriterSystem(std::map<std::string, std::vector<Attempt>>* attempts) : attempts_(attempts) {
    info_.name = "writers";
    info_.versions = {{"V1", "1", ""}};
    for (const char* name : {"writer", "updater", "reader"}) {
      Role role;
      role.name = name;
      role.list = role.name + "s";
      role.default_port = 1'000;
      info_.roles.push_back(role);
    }
    info_.uses_database = true;
  }

  const SystemInfo& info() const override { return info_; }
  std::vector<Objection> check(const ClusterSpec&) const override { return {}; }
  std::vector<TableSpec> tables(const Profile&) const override { return {entry_table(), total_table()}; }
  std::vector<InitialRow> initial_rows(const ClusterSpec&) const override {
    return {InitialRow("total", {{"id", std::int64_t{1}}, {"sum", std::int64_t{0}}})};
  }
  std::vector<ProcessSpec> deploy(const ClusterSpec& cluster) const override {
    std::vector<ProcessSpec> specs;
    for (const ProcessEntry& entry : cluster.processes) {
      std::vector<Attempt>& attempts = (*attempts_)[entry.name];
      specs.push_back({entry.role, entry.name, [role = entry.role, &attempts](Ports& ports) {
                         return std::make_unique<Client>(ports, role, attempts);
                       }});
    }
    return specs;
  }
  JobContract contract(const JobSpec&, const ClusterSpec&) const override { return {}; }
  JobContract contract(const WorkflowSpec&, const ClusterSpec&) const override { return {}; }
  Duration longest_loop(const Profile&) const override { return Duration::seconds(1); }
  Task<OperatorResult> operate(OperatorAction, const ClusterSpec&, Ports&) const override { return refuse(); }
  std::vector<std::string> resolve(const Selector&, const StateView&) const override { return {}; }
  std::string owner(std::string_view, const StateView&) const override { return {}; }
  std::string scope_of(std::string_view, const ClusterSpec&) const override { return {}; }

 private:
  static Task<OperatorResult> refuse() { co_return OperatorResult::refused("runs nothing"); }
  SystemInfo info_;
  std::map<std::string, std::vector<Attempt>>* attempts_;
};

namespace {

std::string text(const std::string& database, const std::string& faults) {
  return "scenario: writers\nsystem: writers\nstart: 2024-03-01T09:00:00Z\nuntil: +60s\ncluster:\n  database: " +
         database +
         "\n  writers: [{name: w, starts: 1s}]\n  updaters: [{name: u, starts: 1s}]\n  readers: [{name: r, starts: "
         "1s}]\nfaults: " +
         faults + "\nexpect: [{property: settles, seeds: none}]\n";
}

scenarios::World world_of(const System& system) {
  scenarios::World world;
  world.systems = {{"writers", &system}};
  return world;
}

}  // namespace

Run::Run(const std::string& database, const std::string& faults, std::uint64_t seed, Duration look_every)
    : system_(std::make_unique<WriterSystem>(&attempts_)) {
  const scenarios::World world = world_of(*system_);
  const scenarios::ReadResult scenario = scenarios::read_scenario_text(text(database, faults), "s.yaml", "", "", world);
  if (!scenario) throw std::runtime_error(scenario.error().text());
  auto drawn = scenarios::make_plan(*scenario, scenario->variants.front().name, seed, world);
  if (!drawn) throw std::runtime_error(drawn.error().text());
  // Every run is one of a plan that was printed and read again.
  const scenarios::ReadResult again = scenarios::read_scenario_text(print(*drawn), "plan.yaml", "", "", world);
  if (!again) throw std::runtime_error(again.error().text());
  auto plan = scenarios::make_plan(*again, again->variants.front().name, seed, world);
  if (!plan) throw std::runtime_error(plan.error().text());
  run_ = std::make_unique<scenarios::ScenarioRun>(*plan);
  for (Duration at; look_every > Duration() && at < Duration::seconds(60); at += look_every) {
    run_->world().kernel().agenda(plan->start + at, [this] {
      for (const std::string& table : run_->world().storage()->tables()) run_->world().storage()->committed(table);
    });
  }
  run_->run();
}

Run::~Run() = default;

std::vector<Attempt> Run::between(const std::string& process, Duration from, Duration to) const {
  std::vector<Attempt> all;
  for (const Attempt& attempt : attempts_.at(process)) {
    if (attempt.at >= from && attempt.at < to) all.push_back(attempt);
  }
  return all;
}

std::size_t Run::count(const std::string& process, const std::string& outcome) const {
  const std::vector<Attempt>& all = attempts_.at(process);
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const Attempt& a) { return a.outcome == outcome; }));
}

std::vector<std::int64_t> Run::numbers(const std::string& outcome) const {
  std::vector<std::int64_t> all;
  for (const Attempt& attempt : attempts_.at("w")) {
    if (attempt.outcome == outcome) all.push_back(attempt.number);
  }
  return all;
}

std::vector<std::int64_t> Run::stored(std::size_t server) const {
  std::vector<std::int64_t> all;
  for (const db::Row& row : run_->world().database()->storage(server).committed("entry")) {
    all.push_back(std::get<std::int64_t>(row["number"]));
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<std::string> Run::struck() const {
  std::vector<std::string> all;
  for (const faults::Strike& strike : run_->strikes()) all.push_back(strike.missed ? "missed" : strike.text);
  return all;
}

std::string problems(const std::string& database, const std::string& faults) {
  std::map<std::string, std::vector<Attempt>> attempts;
  const Run::WriterSystem system(&attempts);
  const scenarios::World world = world_of(system);
  const scenarios::ReadResult scenario = scenarios::read_scenario_text(text(database, faults), "s.yaml", "", "", world);
  return scenario ? "" : scenario.error().text();
}

}  // namespace writers
